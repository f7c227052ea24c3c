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

  Rule: What is wrong is not stored, and what was in force stays so

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
