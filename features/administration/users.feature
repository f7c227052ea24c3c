Feature: Looking after users
  An administrator decides who works with a catalog. What she does there must be true at once and for real: whoever is
  created can sign in, whoever is shut out cannot, and a mistake in a form changes nothing.

  Background:
    Given Ada, an administrator, is signed in

  Rule: An administrator sees who may use the catalog

    @USER-1 @requires_admin @smoke @severity:critical
    Scenario: List the users
      Given there is a new colleague with the role "viewer" and the further roles "user"
      When Ada lists the users
      Then the users of this test environment and the new colleague are listed as the registry has them

    @USER-2 @requires_admin @severity:critical
    Scenario: Look a user up
      Given there is a new colleague with the role "viewer" and the further roles "user", "service"
      When Ada looks the new colleague up
      Then she is shown the new colleague as the registry has them

    @USER-2 @requires_admin @severity:normal
    Scenario: Look up an administrator who was deactivated
      Given there is a new colleague with the role "viewer"
      And the new colleague is an administrator
      And the new colleague was deactivated
      When Ada looks the new colleague up
      Then she is shown the new colleague as the registry has them

    @USER-1 @USER-2 @requires_admin @severity:critical @embedded_only
    Scenario Outline: See in <place> when a user last signed in
      Given there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada <looks>
      Then she is shown that the new colleague signed in after joining, and when

      Examples:
        | place    | looks                     |
        | the list | lists the users           |
        | a user   | looks the new colleague up |

    @USER-1 @USER-2 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario Outline: See in <place> that a user signs in through single sign-on only
      Given the catalog has an SSO configuration
      And the new colleague, one of the stewards, has signed in through single sign-on
      When Ada <looks>
      Then she is shown that the new colleague signs in through single sign-on only

      Examples:
        | place    | looks                     |
        | the list | lists the users           |
        | a user   | looks the new colleague up |

    @USER-2 @requires_admin @severity:critical
    Scenario: Look up a user who is not there
      Given there is a new colleague with the role "viewer"
      And the new colleague was deleted
      When Ada looks the new colleague up
      Then she is refused with a NotFoundError
      And the error names the new colleague

  Rule: Whoever is created can begin to work

    @USER-3 @requires_admin @smoke @severity:blocker @embedded_only
    Scenario: Create a user
      When Ada creates a user for the new colleague with the role "viewer"
      Then she is shown the new colleague as the registry has them
      And the registry has the new colleague as an active user without admin rights
      And the registry has the new colleague with the role "viewer" and no other
      And the new colleague signs in with a password of their own choice
      And the new colleague can only read the packages bucket

    @USER-3 @requires_admin @severity:critical @embedded_only
    Scenario: Create a user with several roles
      When Ada creates a user for the new colleague with the role "user" and the further roles "viewer", "service"
      Then she is shown the new colleague as the registry has them
      And the registry has the new colleague with the role "user" and the further roles "viewer", "service"
      And the new colleague signs in with a password of their own choice
      And the new colleague can write to the packages bucket

    @USER-3 @requires_admin @severity:normal @embedded_only
    Scenario Outline: Create a user whose name has <oddity>
      Given an applicant whose user name has <oddity>
      When Ada creates a user for the new colleague with the role "viewer"
      Then she is shown the new colleague as the registry has them
      And the new colleague signs in with a password of their own choice
      And the new colleague can read the packages bucket

      Examples:
        | oddity                            |
        | a leading underscore              |
        | capitals                          |
        | a capital and digits              |
        | words of SQL                      |
        | words of JavaScript               |
        | a word for nothing                |
        | as many characters as are allowed |

    @USER-3 @requires_admin @severity:normal @embedded_only
    Scenario Outline: Create a user whose e-mail address has <oddity>
      Given an applicant whose e-mail address has <oddity>
      When Ada creates a user for the new colleague with the role "viewer"
      Then she is shown the new colleague as the registry has them
      And the new colleague signs in with a password of their own choice

      Examples:
        | oddity                     |
        | an apostrophe              |
        | a plus sign                |
        | umlauts                    |
        | letters from right to left |
        | capitals                   |
        | many parts                 |

  Rule: What breaks the rules creates nobody

    @USER-4 @requires_admin @severity:critical
    Scenario: Create a user under a name that is taken
      Given there is a new colleague with the role "viewer"
      When Ada creates another user of the same name
      Then she is refused with a ValidationError
      And the error names the field that is wrong
      And nobody was created
      And the new colleague is as before

    @USER-4 @requires_admin @severity:normal
    Scenario: Create a user with an e-mail address that is taken
      Given there is a new colleague with the role "viewer"
      When Ada creates another user of the same e-mail address
      Then she is refused with a ValidationError
      And the error names the field that is wrong
      And nobody was created
      And the new colleague is as before

    @USER-3 @exclusive @requires_admin @severity:normal @embedded_only
    Scenario: Create a user while no mail can be sent
      Given no mail can be sent
      When Ada creates a user for the new colleague with the role "viewer"
      Then she is refused with a BackendError
      And the message says that a mail could not be sent

    @USER-13 @requires_admin @severity:critical
    Scenario Outline: Create a user whose <flaw>
      When Ada creates a user whose <flaw>
      Then she is refused with a ValidationError
      And the error names the field that is wrong
      And nobody was created

      Examples:
        | flaw                                          |
        | user name is empty                            |
        | user name is blank                            |
        | user name has a blank                         |
        | user name has an apostrophe                   |
        | user name has an umlaut                       |
        | user name has letters from right to left      |
        | user name has a letter that only looks Latin  |
        | user name has a hyphen                        |
        | user name has an at sign                      |
        | user name has a slash                         |
        | user name has a smiley                        |
        | user name has a line break                    |
        | user name begins with a digit                 |
        | user name is very long                        |
        | user name is reserved                         |
        | e-mail address is empty                       |
        | e-mail address is blank                       |
        | e-mail address has no at sign                 |
        | e-mail address has nothing before the at sign |
        | e-mail address has nothing after the at sign  |
        | e-mail address has a blank                    |
        | e-mail address has a line break               |
        | role is empty                                 |
        | role does not exist                           |
        | further role does not exist                   |

  Rule: A change holds from the moment that it is made

    @USER-5 @requires_admin @severity:critical @embedded_only
    Scenario: Change an e-mail address
      Given there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada changes the new colleague's e-mail address
      Then she is shown the new colleague as the registry has them
      And the registry has the e-mail address that the new colleague was given
      And the new colleague can sign in with that address

    @USER-5 @requires_admin @severity:normal
    Scenario Outline: Change an e-mail address to one that <flaw>
      Given there is a new colleague with the role "viewer"
      When Ada changes the e-mail address of the new colleague to "<address>"
      Then she is refused with a ValidationError
      And the new colleague is as before

      Examples:
        | flaw           | address         |
        | is empty       |                 |
        | has no at sign | ada.example.com |
        | has a blank    | a b@example.com |

    @USER-5 @requires_admin @severity:normal
    Scenario: Change an e-mail address to one that is taken
      Given there is a new colleague with the role "viewer"
      When Ada changes the e-mail address of the new colleague to her own
      Then she is refused with a ValidationError
      And the new colleague is as before

    @USER-10 @requires_admin @severity:critical @embedded_only
    Scenario: Reset a password
      Given there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada resets the password of the new colleague
      Then a mail with a link for a new password reaches the new colleague
      And the token that the new colleague had opens nothing any more
      And the new colleague cannot sign in
      And the new colleague can sign in after choosing a new password through the mail

    @USER-10 @exclusive @requires_admin @severity:normal @embedded_only
    Scenario: Reset a password while no mail can be sent
      Given there is a new colleague with the role "viewer"
      And no mail can be sent
      When Ada resets the password of the new colleague
      Then she is refused with a BackendError
      And the message says that a mail could not be sent

  Rule: Whoever is shut out stays outside until let in again

    @USER-8 @requires_admin @smoke @severity:blocker @embedded_only
    Scenario: Deactivate a user
      Given there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada deactivates the new colleague
      Then the registry has the new colleague as an inactive user without admin rights
      And she is shown the new colleague as the registry has them
      And the new colleague cannot sign in
      And the token that the new colleague had opens nothing any more

    @USER-9 @requires_admin @severity:critical @embedded_only
    Scenario: Reactivate a user
      Given there is a new colleague with the role "viewer"
      And the new colleague has signed in
      And the new colleague was deactivated
      When Ada reactivates the new colleague
      Then the registry has the new colleague as an active user without admin rights
      And she is shown the new colleague as the registry has them
      And the new colleague can sign in again
      And the new colleague can read the packages bucket

    @USER-11 @requires_admin @severity:critical @embedded_only
    Scenario: Delete a user
      Given there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada deletes the new colleague
      Then the registry has no such user any more
      And the new colleague cannot sign in
      And the token that the new colleague had opens nothing any more

    @USER-11 @requires_admin @severity:critical
    Scenario: Look for a user whom one has deleted
      Given there is a new colleague with the role "viewer"
      When Ada deletes the new colleague
      And she looks the new colleague up
      Then she is refused with a NotFoundError

  Rule: Nobody can be changed who is not there

    @USER-12 @requires_admin @severity:critical
    Scenario Outline: Try to <act> who is not there
      Given there is a new colleague with the role "viewer"
      And the new colleague was deleted
      When Ada tries to <act>
      Then she is refused with a NotFoundError
      And the error names the new colleague
      And nothing has changed for the new colleague, for others or for single sign-on

      Examples:
        | act                                       |
        | delete the new colleague                  |
        | change the new colleague's e-mail address |
        | make the new colleague an administrator   |
        | deactivate the new colleague              |
        | reset the new colleague's password        |
        | set the new colleague's role              |
        | add a role to the new colleague           |
        | remove a role from the new colleague      |
