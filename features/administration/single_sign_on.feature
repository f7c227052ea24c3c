Feature: Configuring single sign-on
  In organisations with a directory of their own, a configuration decides who gets which role on signing in. One wrong
  word in it shuts everybody out or lets everybody in; so what is stored must be what was meant, and what is wrong must
  not be stored at all.

  Background:
    Given Ada, an administrator, is signed in

  Rule: An administrator sees what is in force

    @SSO-1 @exclusive @requires_admin @severity:critical
    Scenario: Read the configuration
      Given the catalog has an SSO configuration
      When Ada reads the SSO configuration
      Then she is shown the text to the letter, when it was stored and by whom

    @SSO-2 @exclusive @requires_admin @severity:normal
    Scenario: Read the configuration when there is none
      Given the catalog has no SSO configuration
      When Ada reads the SSO configuration
      Then she is told that there is none

  Rule: What is stored is what was given

    @SSO-3 @exclusive @requires_admin @severity:critical
    Scenario Outline: Store a configuration <kind>
      Given the catalog has no SSO configuration
      When Ada stores an SSO configuration <kind>
      Then the registry has that configuration, stored by Ada just now
      And nobody can choose another default role

      Examples:
        | kind                            |
        | with nothing but a default role |
        | that maps a group to roles      |
        | that appoints administrators    |

    @SSO-3 @exclusive @requires_admin @severity:normal
    Scenario: Change the configuration that one has read
      Given the catalog has an SSO configuration
      When Ada reads the SSO configuration
      And she changes what she has read and stores it
      Then the registry has that configuration, stored by Ada just now

    @SSO-5 @exclusive @requires_admin @severity:critical
    Scenario: Remove the configuration
      Given the catalog has an SSO configuration
      When Ada removes the SSO configuration
      Then the registry has no SSO configuration
      And an administrator can choose the default role again

    @SSO-5 @exclusive @requires_admin @severity:normal
    Scenario: Read the configuration after removing it
      Given the catalog has an SSO configuration
      When Ada removes the SSO configuration
      And she reads the SSO configuration
      Then she is told that there is none

  Rule: What is in force decides who comes in, and with what

    @SSO-3 @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: Sign in as somebody whose group is mapped
      Given the catalog has no SSO configuration
      When Ada stores an SSO configuration that maps a group to roles
      And the new colleague, of the mapped group, signs in through single sign-on
      Then the registry has the new colleague with the role "user" and the further roles "viewer"
      And the new colleague can write to the packages bucket
      And the new colleague cannot read the restricted bucket

    @SSO-3 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: Sign in as somebody whose group is not mapped
      Given the catalog has no SSO configuration
      When Ada stores an SSO configuration that maps a group to roles
      And the new colleague, of another group, signs in through single sign-on
      Then the registry has the new colleague with the role "viewer" and no other
      And the new colleague cannot write to the packages bucket

    @SSO-3 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario Outline: Sign in under a configuration that appoints administrators as <somebody>
      Given the catalog has no SSO configuration
      When Ada stores an SSO configuration that appoints administrators
      And the new colleague, <somebody>, signs in through single sign-on
      Then the registry has the new colleague as an active user <rights> admin rights

      Examples:
        | somebody            | rights  |
        | one of the stewards | with    |
        | of another group    | without |

    @SSO-3 @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: Sign in again under a configuration that maps one's group no more
      Given the catalog has an SSO configuration
      And the new colleague, one of the stewards, has signed in through single sign-on
      When Ada stores an SSO configuration with nothing but a default role
      And the new colleague, one of the stewards, signs in through single sign-on
      Then the registry has the new colleague with the role "viewer" and no other
      And the new colleague can only read the packages bucket

    @SSO-3 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: Give a role by hand that the configuration decides
      Given the catalog has an SSO configuration
      And the new colleague, of another group, has signed in through single sign-on
      When Ada gives the new colleague the role "user"
      Then she is refused
      And the registry has the new colleague with the role "viewer" and no other
      And the new colleague cannot write to the packages bucket

    @SSO-5 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: Sign in again after the configuration was removed
      Given the catalog has an SSO configuration
      And the new colleague, one of the stewards, has signed in through single sign-on
      When Ada removes the SSO configuration
      And the new colleague, of another group, signs in through single sign-on
      Then the registry has the new colleague with the role "user" and the further roles "viewer"
      And the new colleague can write to the packages bucket

    @SSO-5 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: Give a role by hand after removing the configuration
      Given the catalog has an SSO configuration
      And the new colleague, one of the stewards, has signed in through single sign-on
      When Ada removes the SSO configuration
      And she gives the new colleague the role "viewer"
      Then the registry has the new colleague with the role "viewer" and no other
      And the new colleague cannot write to the packages bucket

  Rule: What is wrong is not stored, and what was in force stays so

    @SSO-4 @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: Sign in after a wrong configuration was refused
      Given the catalog has an SSO configuration
      When Ada stores a wrong SSO configuration, one that maps to an unknown role
      And the new colleague, one of the stewards, signs in through single sign-on
      Then Ada is refused
      And the registry has the new colleague with the role "user" and the further roles "viewer"
      And the new colleague can write to the packages bucket

    @SSO-4 @exclusive @requires_admin @severity:critical
    Scenario Outline: Store a configuration that <flaw>
      Given the catalog has an SSO configuration
      When Ada stores a wrong SSO configuration, one that <flaw>
      Then she is refused with a ValidationError
      And the registry still has the configuration that it had

      Examples:
        | flaw                                  |
        | is text that is neither YAML nor JSON |
        | is text without structure             |
        | is empty                              |
        | has no version                        |
        | has an unknown version                |
        | has a number for a version            |
        | has no default role                   |
        | has an unknown default role           |
        | maps to an unknown role               |
        | maps to no role                       |
        | maps with a schema that is none       |
        | has an unknown setting                |
