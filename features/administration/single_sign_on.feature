Feature: Configuring single sign-on
  In organizations with their own directory, a configuration decides who gets which role when they sign in. One wrong
  word in it can lock everybody out or let everybody in, so it must be stored exactly as it was written, and a
  configuration with a mistake must not be stored at all.

  Background:
    Given Ada, an administrator, is signed in

  Rule: An administrator sees the current configuration

    @SSO-1 @exclusive @requires_admin @severity:critical
    Scenario: The SSO configuration is shown as it was stored
      Given an SSO configuration
      When Ada reads the SSO configuration
      Then she sees the exact text of the SSO configuration, its date and its author
      And the SSO configuration is unchanged

    @SSO-2 @exclusive @requires_admin @severity:normal
    Scenario: Reading the SSO configuration is not an error when there is none
      Given there is no SSO configuration
      When Ada reads the SSO configuration
      Then she sees that there is no SSO configuration

  Rule: The registry stores exactly what it was given

    @SSO-3 @exclusive @requires_admin @severity:critical
    Scenario Outline: An SSO configuration can <kind>
      Given there is no SSO configuration
      When Ada stores this SSO configuration:
        """
        <configuration>
        """
      Then the registry has the SSO configuration that Ada stored, with its date and its author
      And Ada sees the exact text of the SSO configuration, its date and its author
      And an administrator cannot change the default role

      Examples:
        | kind                     | configuration                                                                                                                                                                      |
        | have only a default role | {version: "1.0", default_role: viewer, mappings: []}                                                                                                                               |
        | map a group to roles     | {version: "1.0", default_role: viewer, mappings: [{schema: {type: object, properties: {department: {const: Forschung & Züchtung}}}, roles: [user, viewer], admin: null}]}          |
        | appoint administrators   | {version: "1.0", default_role: viewer, union_roles: true, mappings: [{schema: {type: object, required: [steward]}, roles: [admin], admin: true}, {schema: true, roles: [viewer]}]} |

    @SSO-3 @exclusive @requires_admin @severity:normal
    Scenario: An SSO configuration can be read, edited and stored again
      Given an SSO configuration
      When Ada changes the default role in the SSO configuration to the role "user"
      Then the registry has the SSO configuration that Ada stored, with its date and its author

    @SSO-5 @exclusive @requires_admin @severity:critical
    Scenario: Without an SSO configuration the default role can be changed again
      Given an SSO configuration
      When Ada removes the SSO configuration
      Then there is no SSO configuration
      And an administrator can change the default role

    @SSO-5 @exclusive @requires_admin @severity:normal
    Scenario: A removed SSO configuration is no longer shown
      Given an SSO configuration
      When Ada removes the SSO configuration
      And she reads the SSO configuration
      Then she sees that there is no SSO configuration

  Rule: The current configuration decides who gets in, and with which roles

    @SSO-3 @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: Members of a mapped group get its roles
      Given there is no SSO configuration
      When Ada stores this SSO configuration:
        """
        version: "1.0"
        default_role: viewer
        mappings:
          - schema: {type: object, properties: {department: {const: Forschung & Züchtung}}}
            roles: [user, viewer]
            admin: null
        """
      And Nora signs in through single sign-on with these claims:
        | claim      | value                |
        | department | Forschung & Züchtung |
      Then the registry's users include:
        | name | role | further roles |
        | Nora | user | viewer        |
      And Nora has this access to S3:
        | bucket     | access         |
        | packages   | read and write |
        | restricted | none           |

    @SSO-3 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: Everybody else gets the default role
      Given there is no SSO configuration
      When Ada stores this SSO configuration:
        """
        version: "1.0"
        default_role: viewer
        mappings:
          - schema: {type: object, properties: {department: {const: Forschung & Züchtung}}}
            roles: [user, viewer]
            admin: null
        """
      And Nora signs in through single sign-on with these claims:
        | claim      | value    |
        | department | Einkauf  |
        | groups     | [buyers] |
      Then the registry's users include:
        | name | role   | further roles |
        | Nora | viewer |               |
      And Nora has this access to S3:
        | bucket   | access |
        | packages | read   |

    @SSO-3 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: Only members of a mapped group become administrators
      Given there is no SSO configuration
      When Ada stores this SSO configuration:
        """
        version: "1.0"
        default_role: viewer
        union_roles: true
        mappings:
          - schema: {type: object, required: [steward]}
            roles: [admin]
            admin: true
          - schema: true
            roles: [viewer]
        """
      And Nora signs in through single sign-on with these claims:
        | claim      | value              |
        | department | Einkauf            |
        | groups     | [buyers, stewards] |
        | steward    | true               |
      And Mira signs in through single sign-on with these claims:
        | claim      | value    |
        | department | Einkauf  |
        | groups     | [buyers] |
      Then the registry's users include:
        | name | active | admin |
        | Nora | yes    | yes   |
        | Mira | yes    | no    |

    @SSO-3 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: Members of a group that is given a new role have it from their next sign-in
      Given an SSO configuration
      And a role "clinical" that may read the restricted bucket
      And Nora has signed in through single sign-on with these claims:
        | claim  | value      |
        | groups | [stewards] |
      When Ada stores this SSO configuration:
        """
        version: "1.0"
        default_role: viewer
        mappings:
          - schema: {type: object, properties: {groups: {contains: {const: stewards}}}, required: [groups]}
            roles: [clinical]
        """
      And Nora signs in through single sign-on with these claims:
        | claim  | value      |
        | groups | [stewards] |
      Then the registry's users include:
        | name | active | role     |
        | Nora | yes    | clinical |
      And Nora has this access to S3:
        | bucket     | access |
        | restricted | read   |
        | packages   | none   |

    @SSO-3 @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: A member of a group that is no longer mapped gets the default role
      Given an SSO configuration
      And Nora has signed in through single sign-on with these claims:
        | claim  | value              |
        | groups | [buyers, stewards] |
      When Ada stores this SSO configuration:
        """
        version: "1.0"
        default_role: viewer
        mappings: []
        """
      And Nora signs in through single sign-on with these claims:
        | claim  | value              |
        | groups | [buyers, stewards] |
      Then the registry's users include:
        | name | role   | further roles |
        | Nora | viewer |               |
      And Nora has this access to S3:
        | bucket   | access |
        | packages | read   |

    @SSO-5 @exclusive @requires_admin @severity:normal @embedded_only
    Scenario: Without an SSO configuration an administrator sets the roles
      Given an SSO configuration
      And Nora has signed in through single sign-on with these claims:
        | claim  | value              |
        | groups | [buyers, stewards] |
      When Ada removes the SSO configuration
      And she gives Nora the role "viewer"
      Then the registry's users include:
        | name | role   | further roles |
        | Nora | viewer |               |
      And Nora has this access to S3:
        | bucket   | access |
        | packages | read   |

  Rule: A configuration with a mistake is refused, and the current one stays

    @SSO-4 @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: A refused configuration changes nobody's roles
      Given this SSO configuration:
        """
        version: "1.0"
        default_role: viewer
        mappings:
          - schema: {type: object, properties: {groups: {contains: {const: stewards}}}, required: [groups]}
            roles: [user, viewer]
            admin: false
        """
      When Ada stores this SSO configuration:
        """
        version: "1.0"
        default_role: viewer
        mappings:
          - schema: true
            roles: [viewer, no_such_role]
        """
      And Nora signs in through single sign-on with these claims:
        | claim  | value              |
        | groups | [buyers, stewards] |
      Then Ada is refused
      And the registry's users include:
        | name | role | further roles |
        | Nora | user | viewer        |
      And Nora has this access to S3:
        | bucket   | access         |
        | packages | read and write |

    @SSO-4 @exclusive @requires_admin @severity:critical
    Scenario Outline: An SSO configuration is refused if it <flaw>
      Given an SSO configuration
      When Ada stores this SSO configuration:
        """
        <configuration>
        """
      Then she is refused: invalid
      And the SSO configuration is unchanged

      Examples:
        | flaw                        | configuration                                                                                     |
        | is neither YAML nor JSON    | version: [1.0                                                                                     |
        | is text without structure   | let everybody in                                                                                  |
        | is blank                    |                                                                                                   |
        | is empty                    | {}                                                                                                |
        | has no version              | {default_role: viewer, mappings: []}                                                              |
        | has an unknown version      | {version: "2.0", default_role: viewer, mappings: []}                                              |
        | has a number for a version  | {version: 1.0, default_role: viewer, mappings: []}                                                |
        | has no default role         | {version: "1.0", mappings: []}                                                                    |
        | has an unknown default role | {version: "1.0", default_role: no_such_role, mappings: []}                                        |
        | maps to an unknown role     | {version: "1.0", default_role: viewer, mappings: [{schema: true, roles: [viewer, no_such_role]}]} |
        | maps to no role             | {version: "1.0", default_role: viewer, mappings: [{schema: true, roles: []}]}                     |
        | maps with an invalid schema | {version: "1.0", default_role: viewer, mappings: [{schema: {type: person}, roles: [viewer]}]}     |
        | has an unknown setting      | {version: "1.0", default_role: viewer, default_rule: viewer, mappings: []}                        |
