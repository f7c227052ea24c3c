Feature: Who can administer
  Admin rights control everybody's access. Those who have them must be able to administer everything, and those who do
  not, nothing, from the moment the rights are granted or revoked.

  Rule: Admin rights apply from the moment they are granted until they are revoked

    @USER-6 @requires_admin @smoke @severity:blocker @embedded_only
    Scenario: A user who becomes an administrator can list the users
      Given Ada, an administrator, is signed in
      And Nora, a new colleague with the role "viewer", is signed in
      When Ada makes Nora an administrator
      And Nora lists the users
      Then Nora sees the current details of Ada, Dana, Lee, Sam and Nora
      And the registry's users include:
        | name | active | admin |
        | Nora | yes    | yes   |
      And every user other than Nora is unchanged
      And Ada sees the current details of Nora

    @USER-7 @requires_admin @severity:blocker @embedded_only
    Scenario: A user who is no longer an administrator cannot list the users
      Given Ada, an administrator, is signed in
      And Nora, a new administrator, is signed in
      When Ada revokes the admin rights of Nora
      And Nora lists the users
      Then Nora is refused: not allowed
      And the registry's users include:
        | name | active | admin |
        | Nora | yes    | no    |
      And every user other than Nora is unchanged

    @USER-6 @requires_admin @severity:critical @embedded_only
    Scenario: A second administrator can administer, and the role "admin" alone lets nobody do so
      Given Ada, an administrator, is signed in
      And Rita, a new administrator, is signed in
      And Mira, a new colleague with the role "admin", is signed in
      When Rita lists the users
      And Mira lists the users
      Then Rita sees the current details of Ada, Rita and Mira
      And Mira is refused: not allowed
      And the registry's users include:
        | name | role  | admin | signed in later |
        | Rita | admin | yes   |                 |
        | Mira | admin | no    | yes             |

    @USER-6 @requires_admin @severity:critical @embedded_only
    Scenario: Admin rights give no access to buckets
      Given Ada, an administrator, is signed in
      And Nora, a new colleague with the role "viewer", is signed in
      When Ada makes Nora an administrator
      Then Nora has this access to S3:
        | bucket     | access |
        | packages   | read   |
        | restricted | none   |

  Rule: Administrators cannot lock themselves out

    @USER-7 @USER-8 @USER-11 @requires_admin @severity:critical
    Scenario Outline: Administrators cannot <change>
      Given Ada, an administrator, is signed in
      When she <act>
      Then she is refused
      And the registry's users include:
        | name | active | admin |
        | Ada  | yes    | yes   |

      Examples:
        | change                     | act                                         |
        | delete themselves          | deletes her own account                     |
        | deactivate themselves      | deactivates her own account                 |
        | give up their admin rights | revokes the admin rights of her own account |

  Rule: Only administrators can administer a catalog

    @USER-14 @severity:blocker
    Scenario Outline: A data scientist cannot <change>
      Given a new colleague Nora with the role "viewer"
      And Dana, a data scientist, is signed in
      When Dana <act>
      Then she is refused: not allowed
      And users and single sign-on are unchanged

      Examples:
        | change                        | act                                                                        |
        | list the users                | lists the users                                                            |
        | look up a user                | looks up Nora                                                              |
        | create a user                 | creates a user for Mira with the role "viewer" and the further role "user" |
        | delete a user                 | deletes Nora                                                               |
        | change an e-mail address      | changes the e-mail address of Nora to a new one                            |
        | make someone an administrator | makes Nora an administrator                                                |
        | deactivate a user             | deactivates Nora                                                           |
        | reset a password              | resets the password of Nora                                                |
        | set a role                    | gives Nora the role "admin"                                                |
        | add a role                    | adds the role "admin" to Nora                                              |
        | remove a role                 | removes the role "viewer" from Nora, with the role "user" as the fallback  |
        | list the roles                | lists the roles                                                            |
        | read the SSO configuration    | reads the SSO configuration                                                |

    @USER-14 @severity:blocker
    Scenario: A data scientist cannot change the SSO configuration
      Given a new colleague Nora with the role "viewer"
      And Dana, a data scientist, is signed in
      When Dana stores this SSO configuration:
        """
        version: "1.0"
        default_role: viewer
        mappings: []
        """
      Then she is refused: not allowed
      And the message does not name "viewer"
      And users and single sign-on are unchanged
