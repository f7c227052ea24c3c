Feature: Who may administer
  Admin rights are the keys to everybody's access. They must open every door of administration to those who have them
  and none to those who have not, from the moment that they are given or taken.

  Rule: Admin rights hold from the moment that they are given until they are taken

    @USER-6 @requires_admin @smoke @severity:blocker @embedded_only
    Scenario: Make a colleague an administrator
      Given Ada, an administrator, is signed in
      And there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada makes the new colleague an administrator
      And the new colleague lists the users
      Then the users of this test environment and the new colleague are listed as the registry has them
      And the registry has the new colleague as an active user with admin rights
      And she is shown the new colleague as the registry has them

    @USER-7 @requires_admin @severity:blocker @embedded_only
    Scenario: Take a colleague's admin rights
      Given Ada, an administrator, is signed in
      And there is a new colleague with the role "viewer"
      And the new colleague is an administrator
      And the new colleague has signed in
      When Ada takes the admin rights of the new colleague
      And the new colleague lists the users
      Then the new colleague is refused with a PermissionError
      And the registry has the new colleague as an active user without admin rights

    @USER-6 @requires_admin @severity:critical @embedded_only
    Scenario: Admin rights open no buckets
      Given Ada, an administrator, is signed in
      And there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada makes the new colleague an administrator
      Then the new colleague can only read the packages bucket
      And the new colleague cannot read the restricted bucket

  Rule: Nobody shuts themselves out

    @USER-7 @USER-8 @USER-11 @requires_admin @severity:critical
    Scenario Outline: An administrator sets out to <act> her own account
      Given Ada, an administrator, is signed in
      When she sets out to <act> her own account
      Then she is refused
      And she is still an active administrator

      Examples:
        | act                        |
        | delete                     |
        | deactivate                 |
        | take the admin rights from |

  Rule: Who is no administrator changes nothing and sees nothing of administration

    @USER-14 @severity:blocker
    Scenario Outline: A data scientist tries to <act>
      Given there is a new colleague with the role "viewer"
      And Dana, a data scientist, is signed in
      When Dana tries to <act>
      Then she is refused with a PermissionError
      And nothing has changed for the new colleague, for others or for single sign-on

      Examples:
        | act                                       |
        | list the users                            |
        | look the new colleague up                 |
        | create a user                             |
        | delete the new colleague                  |
        | change the new colleague's e-mail address |
        | make the new colleague an administrator   |
        | deactivate the new colleague              |
        | reset the new colleague's password        |
        | set the new colleague's role              |
        | add a role to the new colleague           |
        | remove a role from the new colleague      |
        | list the roles                            |
        | read the SSO configuration                |
        | set the SSO configuration                 |
