Feature: What the registry answers reaches whoever asked
  The registry decides who may do what, and says why it cannot do something. Whatever somebody was about to do, its
  answer must reach them: nobody may take a refusal for an empty list, or an outage for a missing right.

  Rule: An administrator learns why the registry could not do something

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: The registry's reason reaches an administrator who <attempt>
      Given Ada, an administrator, is signed in
      And a new colleague Nora with the role "viewer"
      And the registry answers with the error "The user database is being restored"
      When Ada <attempt>
      Then she is refused: the service failed
      And the error names "The user database is being restored"
      And the error's context gives the operation

      Examples:
        | attempt                                                                    |
        | lists the users                                                            |
        | looks up Nora                                                              |
        | creates a user for Mira with the role "viewer" and the further role "user" |
        | deletes Nora                                                               |
        | changes the e-mail address of Nora to a new one                            |
        | makes Nora an administrator                                                |
        | deactivates Nora                                                           |
        | resets the password of Nora                                                |
        | gives Nora the role "user"                                                 |
        | adds the role "user" to Nora                                               |
        | removes the role "viewer" from Nora, with the role "user" as the fallback  |
        | lists the roles                                                            |
        | reads the SSO configuration                                                |
        | removes the SSO configuration                                              |

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: An answer that says nothing is not taken for "none" when an administrator <attempt>
      Given Ada, an administrator, is signed in
      And a new colleague Nora with the role "viewer"
      And the registry answers with an empty JSON object
      When Ada <attempt>
      Then she is refused: the service failed

      Examples:
        | attempt                                                                    |
        | lists the users                                                            |
        | looks up Nora                                                              |
        | creates a user for Mira with the role "viewer" and the further role "user" |
        | deletes Nora                                                               |
        | changes the e-mail address of Nora to a new one                            |
        | makes Nora an administrator                                                |
        | deactivates Nora                                                           |
        | resets the password of Nora                                                |
        | gives Nora the role "user"                                                 |
        | adds the role "user" to Nora                                               |
        | removes the role "viewer" from Nora, with the role "user" as the fallback  |
        | lists the roles                                                            |
        | reads the SSO configuration                                                |
        | removes the SSO configuration                                              |

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: An administrator whom the registry no longer knows has to sign in again when she <attempt>
      Given Ada, an administrator, is signed in
      And a new colleague Nora with the role "viewer"
      And the registry answers with a 401
      When Ada <attempt>
      Then she is refused: not signed in

      Examples:
        | attempt                                                                    |
        | lists the users                                                            |
        | looks up Nora                                                              |
        | creates a user for Mira with the role "viewer" and the further role "user" |
        | deletes Nora                                                               |
        | changes the e-mail address of Nora to a new one                            |
        | makes Nora an administrator                                                |
        | deactivates Nora                                                           |
        | resets the password of Nora                                                |
        | gives Nora the role "user"                                                 |
        | adds the role "user" to Nora                                               |
        | removes the role "viewer" from Nora, with the role "user" as the fallback  |
        | lists the roles                                                            |
        | reads the SSO configuration                                                |
        | removes the SSO configuration                                              |

    @ERR-7 @requires_admin @severity:normal @embedded_only
    Scenario Outline: A registry that says "<message>" is understood
      Given Ada, an administrator, is signed in
      And the registry answers with the error "<message>"
      When she looks up Lee
      Then she is refused: <reason>
      And the error names "<message>"
      And the error's context gives the operation

      Examples:
        | message                                       | reason        |
        | Authentication required                       | not signed in |
        | Unauthorized: the token was revoked           | not signed in |
        | Permission to look up users is missing        | not allowed   |
        | Forbidden                                     | not allowed   |
        | User not found                                | not found     |
        | Validation of the user name ended in an error | invalid       |
        | Invalid user name                             | invalid       |

  Rule: Whoever works with tables learns why the registry could not do something

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: The registry's reason reaches someone who <attempt>
      Given Ada, an administrator, is signed in
      And these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
      And the registry answers with the error "The catalog database is being restored"
      When Ada <attempt>
      Then she is refused: the service failed
      And the error names "The catalog database is being restored"

      Examples:
        | attempt                                                 |
        | lists the tables of the packages bucket                 |
        | looks up the table "harvest"                            |
        | creates the table "soil" over CSV files with a header   |
        | lets the table "harvest" continue on errors             |
        | renames the table "harvest" to "yields"                 |
        | deletes the table "harvest"                             |
        | turns open query on                                     |
        | asks whether open query is on                           |

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: Nobody takes <failure> for a success who <attempt>
      Given Ada, an administrator, is signed in
      And these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
      And the registry answers with <failure>
      When Ada <attempt>
      Then she is refused: <reason>

      Examples:
        | failure              | attempt                                               | reason                           |
        | an empty JSON object | lists the tables of the packages bucket               | the service failed               |
        | an empty JSON object | creates the table "soil" over CSV files with a header | the service failed               |
        | an empty JSON object | renames the table "harvest" to "yields"               | the service failed               |
        | an empty JSON object | deletes the table "harvest"                           | the service failed               |
        | an empty JSON object | turns open query on                                   | the service failed               |
        | an empty JSON object | asks whether open query is on                         | the service failed               |
        | a 401                | lists the tables of the packages bucket               | not signed in                    |
        | a 401                | turns open query on                                   | not signed in                    |
        | a 403                | lists the tables of the packages bucket               | not allowed or not signed in     |
        | a 403                | turns open query on                                   | not allowed or not signed in     |
        | a 500                | lists the tables of the packages bucket               | the service failed               |
        | a 500                | creates the table "soil" over CSV files with a header | the service failed               |
        | a 500                | renames the table "harvest" to "yields"               | the service failed               |

  Rule: Whoever works with packages learns why the registry could not do something

    @ERR-7 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: The registry's reason reaches a person who <attempt>
      Given Dana, a data scientist, is signed in
      And the package "yields" with these files:
        | file  | content |
        | a.txt | "one"   |
      And the registry answers with the error "The index is being rebuilt"
      When Dana <attempt>
      Then she is refused: the service failed
      And the error names "The index is being rebuilt"

      Examples:
        | attempt                                                   |
        | asks for the sign-in status                               |
        | asks the registry who is signed in                        |
        | lists the buckets                                         |
        | searches for "structure"                                  |
        | asks for the details of the package                       |
        | reads the metadata of the package                         |
        | browses the package                                       |
        | asks for a link to "a.txt" in the package                 |
        | compares the package with the package "test-user/simple-csv" |
        | publishes a package from the "single-file" dataset        |
        | adds the "single-file" dataset to the package             |

    @ERR-7 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: Nobody takes <failure> for an answer who <attempt>
      Given Dana, a data scientist, is signed in
      And the package "yields" with these files:
        | file  | content |
        | a.txt | "one"   |
      And the registry answers with <failure>
      When Dana <attempt>
      Then she is refused: <reason>

      Examples:
        | failure              | attempt                                            | reason                       |
        | an empty JSON object | asks for the sign-in status                        | the service failed           |
        | an empty JSON object | lists the buckets                                  | the service failed           |
        | an empty JSON object | searches for "structure"                           | the service failed           |
        | an empty JSON object | asks for the details of the package                | the service failed           |
        | an empty JSON object | reads the metadata of the package                  | the service failed           |
        | an empty JSON object | browses the package                                | the service failed           |
        | an empty JSON object | asks for a link to "a.txt" in the package          | the service failed           |
        | an empty JSON object | publishes a package from the "single-file" dataset | the service failed           |
        | a 401                | asks for the sign-in status                        | not signed in                |
        | a 401                | lists the buckets                                  | not signed in                |
        | a 401                | searches for "structure"                           | not signed in                |
        | a 401                | asks for the details of the package                | not signed in                |
        | a 401                | reads the metadata of the package                  | not signed in                |
        | a 401                | browses the package                                | not signed in                |
        | a 401                | asks for a link to "a.txt" in the package          | not signed in                |
        | a 401                | publishes a package from the "single-file" dataset | not signed in                |
        | a 403                | asks for the details of the package                | not allowed or not signed in |
        | a 403                | browses the package                                | not allowed or not signed in |
        | a 403                | publishes a package from the "single-file" dataset | not allowed or not signed in |
