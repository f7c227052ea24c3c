Feature: Managing users
  An administrator decides who can use a catalog. Every change must take effect immediately: people who are added can
  sign in, people who are deactivated cannot, and a mistake in a form changes nothing.

  Background:
    Given Ada, an administrator, is signed in

  Rule: An administrator sees who can use the catalog

    @USER-1 @requires_admin @smoke @severity:critical
    Scenario: The list of users is complete and up to date
      Given these new colleagues:
        | name | role   | further roles |
        | Nora | viewer | user          |
        | Mira | user   |               |
      When Ada lists the users
      Then she sees the current details of Ada, Dana, Lee, Sam, Nora and Mira

    @USER-1 @requires_admin @severity:critical
    Scenario: The list of users shows who is an administrator and who is deactivated
      Given these new colleagues:
        | name | role   |
        | Rita | user   |
        | Mira | admin  |
        | Eli  | viewer |
      And Ada has made Rita an administrator
      And Ada has deactivated Eli
      When Ada lists the users
      Then she sees that only Ada and Rita are administrators
      And she sees that only Eli is deactivated

    @USER-1 @USER-3 @requires_admin @severity:normal
    Scenario: Every member of a group that joins together is listed
      Given 5 new colleagues with the role "user"
      When Ada creates users for 20 new colleagues with the role "viewer"
      And she lists the users
      Then she sees the current details of those colleagues

    @USER-2 @requires_admin @severity:critical
    Scenario: A user's details are complete and up to date
      Given a new colleague Nora with the role "viewer" and the further roles "user" and "service"
      When Ada looks up Nora
      Then she sees the current details of Nora

    @USER-2 @requires_admin @severity:normal
    Scenario: A deactivated administrator is shown as such
      Given a new colleague Nora with the role "viewer"
      And Ada has made Nora an administrator
      And Ada has deactivated Nora
      When Ada looks up Nora
      Then she sees the current details of Nora
      And the registry's users include:
        | name | active | admin |
        | Nora | no     | yes   |

    @USER-1 @USER-2 @requires_admin @severity:critical @embedded_only
    Scenario Outline: The last sign-in of a user is shown in <place>
      Given Nora, a new colleague with the role "viewer", is signed in
      When Ada <looks>
      Then she sees the current details of Nora
      And the registry's users include:
        | name | signed in later |
        | Nora | yes             |

      Examples:
        | place       | looks           |
        | the list    | lists the users |
        | the details | looks up Nora   |

    @USER-1 @USER-2 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario Outline: A user who can only use single sign-on is shown as such in <place>
      Given an SSO configuration
      And Nora has signed in through single sign-on with these claims:
        | claim  | value              |
        | groups | [buyers, stewards] |
      When Ada <looks>
      Then she sees the current details of Nora
      And the registry's users include:
        | name | single sign-on only |
        | Nora | yes                 |

      Examples:
        | place       | looks           |
        | the list    | lists the users |
        | the details | looks up Nora   |

    @USER-2 @requires_admin @severity:critical
    Scenario: Looking up an unknown user is refused
      Given a new colleague Nora with the role "viewer"
      And Ada has deleted Nora
      When Ada looks up Nora
      Then she is refused: not found
      And the error names Nora

  Rule: A new user can start working

    @USER-3 @requires_admin @smoke @severity:blocker @embedded_only
    Scenario: A new user can sign in and has the role they were given
      When Ada creates a user for Nora with the role "viewer"
      Then she sees the current details of Nora
      And the registry's users include:
        | name | role   | further roles | active | admin |
        | Nora | viewer |               | yes    | no    |
      And Nora can sign in
      And Nora has this access to S3:
        | bucket   | access |
        | packages | read   |

    @USER-3 @requires_admin @severity:critical @embedded_only
    Scenario: A new user can have several roles
      When Ada creates a user for Nora with the role "user" and the further roles "viewer" and "service"
      Then she sees the current details of Nora
      And the registry's users include:
        | name | role | further roles   |
        | Nora | user | viewer, service |
      And Nora can sign in
      And Nora has this access to S3:
        | bucket   | access         |
        | packages | read and write |

    @USER-3 @requires_admin @severity:normal @embedded_only
    Scenario Outline: A new user's name can have <oddity>
      When Ada creates a user for Nora whose user name has <oddity>
      Then she sees the current details of Nora
      And Nora can sign in
      And Nora has this access to S3:
        | bucket   | access |
        | packages | read   |

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
    Scenario Outline: A new user's e-mail address can have <oddity>
      When Ada creates a user for Nora whose e-mail address has <oddity>
      Then she sees the current details of Nora
      And Nora can sign in

      Examples:
        | oddity                     |
        | an apostrophe              |
        | a plus sign                |
        | umlauts                    |
        | letters from right to left |
        | capitals                   |
        | many parts                 |

  Rule: No user is created from invalid input

    @USER-4 @requires_admin @severity:critical
    Scenario Outline: Two users cannot have the same <field>
      Given a new colleague Nora with the role "viewer"
      When Ada creates a user for Mira whose <field> is that of Nora
      Then she is refused: invalid
      And the error names the <field>
      And the registry has no user Mira
      And Nora is unchanged

      Examples:
        | field          |
        | user name      |
        | e-mail address |

    @USER-3 @exclusive @requires_admin @severity:normal @embedded_only
    Scenario: Creating a user fails clearly while no mail can be sent
      Given no mail can be sent
      When Ada creates a user for Nora with the role "viewer"
      Then she is refused: the service failed
      And the message says that a mail could not be sent

    @USER-13 @requires_admin @severity:critical
    Scenario Outline: No user is created if the <field> <flaw>
      When Ada creates a user for Nora whose <field> <flaw>
      Then she is refused: invalid
      And the error names the <field>
      And the registry has no user Nora

      Examples:
        | field          | flaw                               |
        | user name      | is empty                           |
        | user name      | is blank                           |
        | user name      | has a space                        |
        | user name      | has an apostrophe                  |
        | user name      | has an umlaut                      |
        | user name      | has letters from right to left     |
        | user name      | has a letter that only looks Latin |
        | user name      | has a hyphen                       |
        | user name      | has an at sign                     |
        | user name      | has a slash                        |
        | user name      | has an emoji                       |
        | user name      | has a line break                   |
        | user name      | begins with a digit                |
        | user name      | is very long                       |
        | user name      | is reserved                        |
        | e-mail address | is empty                           |
        | e-mail address | is blank                           |
        | e-mail address | has no at sign                     |
        | e-mail address | has nothing before the at sign     |
        | e-mail address | has nothing after the at sign      |
        | e-mail address | has a space                        |
        | e-mail address | has a line break                   |
        | role           | is empty                           |
        | role           | does not exist                     |
        | further role   | does not exist                     |

  Rule: Changes take effect immediately

    @USER-5 @requires_admin @severity:critical @embedded_only
    Scenario: A user whose e-mail address changes signs in with the new one
      Given Nora, a new colleague with the role "viewer", is signed in
      When Ada changes the e-mail address of Nora to a new one
      Then she sees the current details of Nora
      And the registry's users include:
        | name | e-mail address |
        | Nora | new            |
      And every user other than Nora is unchanged
      And Nora can sign in with the new e-mail address
      And Nora cannot sign in with the former e-mail address

    @USER-5 @requires_admin @severity:normal
    Scenario Outline: A user's e-mail address cannot be changed to one that <flaw>
      Given a new colleague Nora with the role "viewer"
      When Ada changes the e-mail address of Nora to <address>
      Then she is refused: invalid
      And Nora is unchanged

      Examples:
        | flaw           | address           |
        | is empty       | ""                |
        | has no at sign | "ada.example.com" |
        | has a space    | "a b@example.com" |
        | is taken       | that of Ada       |

    @USER-10 @requires_admin @severity:critical @embedded_only
    Scenario: A password reset replaces the old password and ends its sessions
      Given Nora, a new colleague with the role "viewer", is signed in
      When Ada resets the password of Nora
      Then Nora gets a mail with a link to choose a new password
      And every user other than Nora is unchanged
      And Nora's token no longer works
      And Nora cannot sign in with the old password
      And Nora can sign in with a new password from the mail

    @USER-10 @exclusive @requires_admin @severity:normal @embedded_only
    Scenario: Resetting a password fails clearly while no mail can be sent
      Given a new colleague Nora with the role "viewer"
      And no mail can be sent
      When Ada resets the password of Nora
      Then she is refused: the service failed
      And the message says that a mail could not be sent

  Rule: Deactivated and deleted users are locked out

    @USER-8 @requires_admin @smoke @severity:blocker @embedded_only
    Scenario: A deactivated user cannot sign in
      Given Nora, a new colleague with the role "viewer", is signed in
      When Ada deactivates Nora
      Then she sees the current details of Nora
      And the registry's users include:
        | name | active | admin |
        | Nora | no     | no    |
      And every user other than Nora is unchanged
      And Nora cannot sign in
      And Nora's token no longer works

    @USER-9 @requires_admin @severity:critical @embedded_only
    Scenario: A reactivated user can sign in again
      Given Nora, a new colleague with the role "viewer", is signed in
      And Ada has deactivated Nora
      When Ada reactivates Nora
      Then she sees the current details of Nora
      And the registry's users include:
        | name | active | admin |
        | Nora | yes    | no    |
      And every user other than Nora is unchanged
      And Nora can sign in
      And Nora has this access to S3:
        | bucket   | access |
        | packages | read   |

    @USER-11 @requires_admin @severity:critical @embedded_only
    Scenario: A deleted user cannot sign in
      Given Nora, a new colleague with the role "viewer", is signed in
      When Ada deletes Nora
      Then the registry has no user Nora
      And every user other than Nora is unchanged
      And Nora cannot sign in
      And Nora's token no longer works

    @USER-11 @requires_admin @severity:critical
    Scenario: A deleted user can no longer be looked up
      Given a new colleague Nora with the role "viewer"
      When Ada deletes Nora
      And she looks up Nora
      Then she is refused: not found

    @USER-3 @USER-11 @requires_admin @severity:critical @embedded_only
    Scenario: Someone who comes back gets a fresh account
      Given Nora, a new colleague with the role "user", is signed in
      And Ada has deleted Nora
      When Ada creates a user for Nora with the role "viewer"
      Then Nora's token no longer works
      And Nora can sign in with a new password from the mail
      And Nora cannot sign in with the old password
      And Nora has this access to S3:
        | bucket   | access |
        | packages | read   |
        | scratch  | read   |

  Rule: Changing an unknown user is refused

    @USER-12 @requires_admin @severity:critical
    Scenario Outline: An unknown user cannot <change>
      Given a new colleague Nora with the role "viewer"
      And Ada has deleted Nora
      When Ada <act>
      Then she is refused: not found
      And the error names Nora
      And users and single sign-on are unchanged

      Examples:
        | change                   | act                                                                       |
        | be deleted               | deletes Nora                                                              |
        | get a new e-mail address | changes the e-mail address of Nora to a new one                           |
        | become an administrator  | makes Nora an administrator                                               |
        | be deactivated           | deactivates Nora                                                          |
        | get a new password       | resets the password of Nora                                               |
        | be given a role          | gives Nora the role "admin"                                               |
        | be given a further role  | adds the role "admin" to Nora                                             |
        | lose a role              | removes the role "viewer" from Nora, with the role "user" as the fallback |
