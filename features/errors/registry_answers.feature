Feature: Passing on the registry's answers
  The registry decides who may do what, and says why it cannot do something. Whatever people were about to do, its
  answer must reach them: nobody should mistake a refusal for an empty list, or an outage for a missing right.

  Rule: An administrator learns why the registry could not do something

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: The registry's reason reaches an administrator who <attempt>
      Given Ada, an administrator, is signed in
      And the registry answers with the error "The user database is being restored"
      When Ada <attempt>
      Then she is refused: the service failed
      And the error names "The user database is being restored"
      And the error's context gives the operation

      Examples:
        | attempt                                                                    |
        | lists the users                                                            |
        | looks up Lee                                                              |
        | creates a user for Mira with the role "viewer" and the further role "user" |
        | deletes Lee                                                               |
        | changes the e-mail address of Lee to a new one                            |
        | makes Lee an administrator                                                |
        | deactivates Lee                                                           |
        | resets the password of Lee                                                |
        | gives Lee the role "user"                                                 |
        | adds the role "user" to Lee                                               |
        | removes the role "viewer" from Lee, with the role "user" as the fallback  |
        | lists the roles                                                            |
        | reads the SSO configuration                                                |
        | removes the SSO configuration                                              |

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: An empty answer is not mistaken for "none" when an administrator <attempt>
      Given Ada, an administrator, is signed in
      And the registry answers with an empty JSON object
      When Ada <attempt>
      Then she is refused: the service failed

      Examples:
        | attempt                                                                    |
        | lists the users                                                            |
        | looks up Lee                                                              |
        | creates a user for Mira with the role "viewer" and the further role "user" |
        | deletes Lee                                                               |
        | changes the e-mail address of Lee to a new one                            |
        | makes Lee an administrator                                                |
        | deactivates Lee                                                           |
        | resets the password of Lee                                                |
        | gives Lee the role "user"                                                 |
        | adds the role "user" to Lee                                               |
        | removes the role "viewer" from Lee, with the role "user" as the fallback  |
        | lists the roles                                                            |
        | reads the SSO configuration                                                |
        | removes the SSO configuration                                              |

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: An administrator the registry no longer knows has to sign in again when she <attempt>
      Given Ada, an administrator, is signed in
      And the registry answers with a 401
      When Ada <attempt>
      Then she is refused: not signed in

      Examples:
        | attempt                                                                    |
        | lists the users                                                            |
        | looks up Lee                                                              |
        | creates a user for Mira with the role "viewer" and the further role "user" |
        | deletes Lee                                                               |
        | changes the e-mail address of Lee to a new one                            |
        | makes Lee an administrator                                                |
        | deactivates Lee                                                           |
        | resets the password of Lee                                                |
        | gives Lee the role "user"                                                 |
        | adds the role "user" to Lee                                               |
        | removes the role "viewer" from Lee, with the role "user" as the fallback  |
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

  Rule: People who work with tables learn why the registry could not do something

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
        | sets the table "harvest" to continue on errors             |
        | renames the table "harvest" to "yields"                 |
        | deletes the table "harvest"                             |
        | turns open query on                                     |
        | asks whether open query is on                           |

    @ERR-7 @requires_admin @severity:minor @embedded_only
    Scenario: An error without a message is still reported to someone who lists tables
      Given Ada, an administrator, is signed in
      And the registry answers with this:
        """
        {"data": null, "errors": [{"path": ["bucketConfig"]}]}
        """
      When Ada lists the tables of the packages bucket
      Then she is refused: the service failed
      And the message names "bucketConfig"

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: Nobody who <attempt> mistakes <failure> for success
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

  Rule: People who work with packages learn why the registry could not do something

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
    Scenario Outline: Nobody who <attempt> mistakes <failure> for an answer
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

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: Part of an answer is not mistaken for all of it by an administrator who <attempt>
      Given Ada, an administrator, is signed in
      And the registry answers with this:
        """
        {"data": <part>, "errors": [{"message": "The index is being rebuilt"}]}
        """
      When Ada <attempt>
      Then she is refused: the service failed
      And the error names "The index is being rebuilt"

      Examples:
        | attempt                                 | part                                                  |
        | asks the registry who is signed in      | {"me": {"name": "ada"}, "bucketConfigs": null}        |
        | lists the tables of the packages bucket | {"bucketConfig": {"tabulatorTables": []}}             |
        | asks whether open query is on           | {"admin": {"tabulatorOpenQuery": false}}              |
        | lists the users                         | {"admin": {"user": {"list": []}}}                     |
        | looks up Lee                            | {"admin": {"user": {"get": {"name": "lee"}}}}         |
        | lists the roles                         | {"roles": []}                                         |
        | reads the SSO configuration             | {"admin": {"ssoConfig": null}}                        |

    @ERR-7 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: Part of an answer is not mistaken for all of it by someone who <attempt>
      Given Dana, a data scientist, is signed in
      And the registry answers with this:
        """
        {"data": <part>, "errors": [{"message": "The index is being rebuilt"}]}
        """
      When Dana <attempt>
      Then she is refused: the service failed
      And the error names "The index is being rebuilt"

      Examples:
        | attempt                                                  | part                                                                                   |
        | lists the buckets                                        | {"bucketConfigs": [{"name": "quilt-mcp-test-data"}]}                                   |
        | searches for "structure"                                 | {"searchPackages": {"__typename": "EmptySearchResultSet", "_": null}}                  |
        | browses the package "test-user/simple-csv"               | {"package": {"revision": {"dir": {"path": "", "children": []}, "file": null}}}         |
        | reads the metadata of the package "test-user/simple-csv" | {"package": {"revision": {"hash": "5f2c", "userMeta": {}, "contentsFlatMap": {}}}}     |

    @AUTH-2 @AUTH-6 @multiuser_mode @severity:critical @embedded_only
    Scenario: Someone whom the registry does not know is not shown as signed in
      Given Dana, a data scientist, is signed in
      And the registry answers with this:
        """
        {"data": {"me": null}}
        """
      When Dana asks for the sign-in status
      Then she is shown as not signed in

  Rule: What the registry refuses to do is reported with its reason

    @ERR-7 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: A failure of <operation> is reported with the registry's reason
      Given Dana, a data scientist, is signed in
      And a package with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And the registry answers with this:
        """
        {"data": {"package": {"revision": {"hash": "1111111111111111111111111111111111111111111111111111111111111111"}}, "<field>": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up"}}}
        """
      When Dana <attempt>
      Then she is refused: the service failed
      And the error names "The quota of May is used up"

      Examples:
        | operation  | field                 | attempt                                            |
        | a search   | searchPackages        | searches for "structure"                           |
        | publishing | packageConstruct      | publishes a package from the "single-file" dataset |
        | a link     | browsingSessionCreate | asks for a link to "yields.csv" in the package     |

    @ERR-7 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: Input that <operation> cannot take is reported with the registry's reason
      Given Dana, a data scientist, is signed in
      And a package with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And the registry answers with this:
        """
        {"data": {"package": {"revision": {"hash": "1111111111111111111111111111111111111111111111111111111111111111"}}, "<field>": {"__typename": "InvalidInput", "errors": [
          {"path": "name", "name": "TooLong", "message": "is three letters too long", "context": {}},
          {"path": "entries", "name": "TooMany", "message": "are two too many", "context": {}}
        ]}}}
        """
      When Dana <attempt>
      Then she is refused: invalid
      And the error names "is three letters too long"
      And the error names "are two too many"

      Examples:
        | operation  | field                 | attempt                                            |
        | a search   | searchPackages        | searches for "structure"                           |
        | publishing | packageConstruct      | publishes a package from the "single-file" dataset |
        | a link     | browsingSessionCreate | asks for a link to "yields.csv" in the package     |

    @ERR-7 @multiuser_mode @severity:normal @embedded_only
    Scenario Outline: Nobody who <attempt> mistakes an answer that <flaw> for success
      Given Dana, a data scientist, is signed in
      And a package with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And the registry answers with this:
        """
        <answer>
        """
      When Dana <attempt>
      Then she is refused: the service failed

      Examples:
        | flaw              | attempt                                            | answer                                                                              |
        | has no type       | searches for "structure"                           | {"data": {"searchPackages": {}}}                                                    |
        | has no type       | publishes a package from the "single-file" dataset | {"data": {"packageConstruct": {}}}                                                  |
        | has no type       | asks for a link to "yields.csv" in the package     | {"data": {"package": {"revision": {"hash": "1111111111111111111111111111111111111111111111111111111111111111"}}, "browsingSessionCreate": {}}}                                             |
        | has no session ID | asks for a link to "yields.csv" in the package     | {"data": {"package": {"revision": {"hash": "1111111111111111111111111111111111111111111111111111111111111111"}}, "browsingSessionCreate": {"__typename": "BrowsingSession", "expires": "2030-01-01T00:00:00Z"}}} |

    @ERR-7 @CREA-8 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: Files that cannot be copied are reported with the registry's reason: <case>
      Given Dana, a data scientist, is signed in
      And the registry answers with this:
        """
        {"data": {
          "packageConstruct": {"__typename": "PackagePushSuccess", "revision": {"hash": "1111111111111111111111111111111111111111111111111111111111111111"}},
          "packagePromote": <answer>
        }}
        """
      When Dana publishes a package from the "single-file" dataset, copying every file
      Then she is refused: <reason>
      And the error names "<words>"

      Examples:
        | case                      | answer                                                                                      | reason             | words                        |
        | an operation that failed  | {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up"} | the service failed | The quota of May is used up  |
        | input that it cannot take | {"__typename": "InvalidInput", "errors": [{"path": "name", "name": "TooLong", "message": "is three letters too long"}, {"path": "src", "name": "TooMany", "message": "are two too many"}]} | invalid            | name: is three letters too long; src: are two too many |
        | an answer of another type | {"__typename": "Receipt"}                                                                   | the service failed | Receipt                      |

    @ERR-7 @CREA-8 @multiuser_mode @severity:critical @embedded_only
    Scenario: A copied package without a top hash is not reported as published
      Given Dana, a data scientist, is signed in
      And the registry answers with this:
        """
        {"data": {
          "packageConstruct": {"__typename": "PackagePushSuccess", "revision": {"hash": "1111111111111111111111111111111111111111111111111111111111111111"}},
          "packagePromote": {"__typename": "PackagePushSuccess", "revision": {}}
        }}
        """
      When Dana publishes a package from the "single-file" dataset, copying every file
      Then she is told that it was not published

    @ERR-7 @CONT-1 @multiuser_mode @severity:normal @embedded_only
    Scenario Outline: A folder with <flaw> is not shown as if it were right
      Given Dana, a data scientist, is signed in
      And the registry answers with this:
        """
        {"data": {"package": {"revision": {"dir": {"path": "", "children": [
          {"__typename": "PackageFile", "path": "a.csv", "size": 5, "physicalKey": "s3://quilt-mcp-test-data/a.csv"},
          <entry>
        ]}, "file": null}}}}
        """
      When Dana browses the package "test-user/simple-csv"
      Then she is refused: the service failed

      Examples:
        | flaw                    | entry                                                                                    |
        | a file without a path   | {"__typename": "PackageFile", "path": "", "size": 5, "physicalKey": "s3://b/k"}          |
        | a folder without a path | {"__typename": "PackageDir", "path": ""}                                                 |
        | a file of less than 0 B | {"__typename": "PackageFile", "path": "b.csv", "size": -5, "physicalKey": "s3://b/k"}    |

    @ERR-7 @CONT-4 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: A browsing session that fails with <failure> is reported to someone who wants a link
      Given Dana, a data scientist, is signed in
      And the registry, asked for a browsing session, answers with <failure>
      When she asks for a link to "metadata/schema.json" in the package "test-user/nested-structure"
      Then she is refused: the service failed

      Examples:
        | failure              |
        | a 500                |
        | a proxy's 502 page   |
        | a reset              |
        | unfinished JSON      |
        | an empty JSON object |

    @ERR-7 @multiuser_mode @severity:critical @embedded_only
    Scenario: A package without a top hash is not reported as published
      Given Dana, a data scientist, is signed in
      And the registry answers with this:
        """
        {"data": {"packageConstruct": {"__typename": "PackagePushSuccess", "revision": {}}}}
        """
      When Dana publishes a package from the "single-file" dataset
      Then she is told that it was not published

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: A table that cannot be <changed> is reported with the registry's reason
      Given Ada, an administrator, is signed in
      And these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
      And the registry answers with this:
        """
        {"data": {"<field>": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up"}}}
        """
      When Ada <attempt>
      Then she is refused: the service failed
      And the error names "The quota of May is used up"

      Examples:
        | changed | field                     | attempt                                 |
        | changed | bucketSetTabulatorTable   | sets the table "harvest" to continue on errors |
        | renamed | bucketRenameTabulatorTable | renames the table "harvest" to "yields" |
        | deleted | bucketSetTabulatorTable   | deletes the table "harvest"             |

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: A table whose name is too long cannot be <changed>
      Given Ada, an administrator, is signed in
      And these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
      And the registry answers with this:
        """
        {"data": {"<field>": {"__typename": "InvalidInput", "errors": [
          {"path": "tableName", "name": "TooLong", "message": "is three letters too long", "context": {}},
          {"path": "config", "name": "TooMany", "message": "are two too many", "context": {}}
        ]}}}
        """
      When Ada <attempt>
      Then she is refused: invalid
      And the error names "tableName"
      And the error names "is three letters too long"
      And the error names "are two too many"

      Examples:
        | changed | field                     | attempt                                 |
        | changed | bucketSetTabulatorTable   | sets the table "harvest" to continue on errors |
        | renamed | bucketRenameTabulatorTable | renames the table "harvest" to "yields" |

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: Someone who cannot <change> a user is told the registry's reason
      Given Ada, an administrator, is signed in
      And the registry answers with this:
        """
        {"data": {"admin": {"user": <answer>}}}
        """
      When Ada <attempt>
      Then she is refused: the service failed
      And the error names "The quota of May is used up"

      Examples:
        | change                | attempt                                        | answer |
        | create                | creates a user for Mira with the role "viewer" | {"create": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}} |
        | delete                | deletes Lee                                    | {"mutate": {"delete": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}}} |
        | change the address of | changes the e-mail address of Lee to a new one | {"mutate": {"setEmail": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}}} |
        | promote               | makes Lee an administrator                     | {"mutate": {"setAdmin": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}}} |
        | deactivate            | deactivates Lee                                | {"mutate": {"setActive": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}}} |
        | reset the password of | resets the password of Lee                     | {"mutate": {"resetPassword": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}}} |
        | give a role to        | gives Lee the role "user"                      | {"mutate": {"setRole": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}}} |
        | add a role to         | adds the role "user" to Lee                    | {"mutate": {"addRoles": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}}} |
        | take a role from      | removes the role "viewer" from Lee             | {"mutate": {"removeRoles": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}}} |

    @ERR-7 @USER-12 @multiuser_mode @requires_admin @severity:normal @embedded_only
    Scenario Outline: An administrator who <attempt> is told that there is no such user
      Given Ada, an administrator, is signed in
      And the registry answers with this:
        """
        {"data": {"admin": {"user": {"mutate": {"<field>": {"__typename": "OperationError", "name": "UserNotFound", "message": "User not found: nora", "context": {}}}}}}}
        """
      When Ada <attempt>
      Then she is refused: not found

      Examples:
        | attempt | field |
        | changes the e-mail address of Lee to a new one | setEmail |
        | makes Lee an administrator | setAdmin |
        | deactivates Lee | setActive |
        | gives Lee the role "user" | setRole |
        | adds the role "user" to Lee | addRoles |
        | removes the role "viewer" from Lee | removeRoles |

    @ERR-7 @SSO-5 @multiuser_mode @requires_admin @severity:normal @embedded_only
    Scenario: An SSO configuration that cannot be removed is reported with the registry's reason
      Given Ada, an administrator, is signed in
      And the registry answers with this:
        """
        {"data": {"admin": {"setSsoConfig": {"__typename": "OperationError", "name": "Quota", "message": "The quota of May is used up", "context": {}}}}}
        """
      When Ada removes the SSO configuration
      Then she is refused: the service failed
      And the error names "The quota of May is used up"

    @ERR-7 @SSO-3 @multiuser_mode @requires_admin @severity:normal @embedded_only
    Scenario Outline: An SSO configuration does not count as stored if the answer <flaw>
      Given Ada, an administrator, is signed in
      And the registry answers with this:
        """
        {"data": {"admin": {"setSsoConfig": <answer>}}}
        """
      When Ada stores this SSO configuration:
        """
        version: "1.0"
        default_role: viewer
        mappings: []
        """
      Then she is refused: the service failed

      Examples:
        | flaw                                | answer                                           |
        | says nothing about what is stored   | {"__typename": "SsoConfig"}                      |
        | is of an unknown type               | {"__typename": "Receipt", "text": "version: 1"}  |

    @ERR-7 @requires_admin @severity:normal @embedded_only
    Scenario Outline: An attempt to <change> has not succeeded if the answer <flaw>
      Given Ada, an administrator, is signed in
      And the registry answers with this:
        """
        {"data": {"admin": {"user": <answer>}}}
        """
      When Ada <attempt>
      Then she is refused: the service failed

      Examples:
        | change                | flaw                        | attempt                                        | answer                                                                 |
        | create a user         | says nothing about the user | creates a user for Mira with the role "viewer" | {"create": {"__typename": "User"}}                                     |
        | create a user         | is of an unknown type       | creates a user for Mira with the role "viewer" | {"create": {"__typename": "Receipt", "name": "nora"}}                  |
        | change an address     | says nothing about the user | changes the e-mail address of Lee to a new one | {"mutate": {"setEmail": {"__typename": "User"}}}                       |
        | change an address     | is of an unknown type       | changes the e-mail address of Lee to a new one | {"mutate": {"setEmail": {"__typename": "Receipt", "name": "nora"}}}    |
        | make an administrator | says nothing about the user | makes Lee an administrator                     | {"mutate": {"setAdmin": {"__typename": "User"}}}                       |
        | make an administrator | is of an unknown type       | makes Lee an administrator                     | {"mutate": {"setAdmin": {"__typename": "Receipt", "name": "nora"}}}    |
        | deactivate a user     | says nothing about the user | deactivates Lee                                | {"mutate": {"setActive": {"__typename": "User"}}}                      |
        | deactivate a user     | is of an unknown type       | deactivates Lee                                | {"mutate": {"setActive": {"__typename": "Receipt", "name": "nora"}}}   |
        | give a role           | says nothing about the user | gives Lee the role "user"                      | {"mutate": {"setRole": {"__typename": "User"}}}                        |
        | give a role           | is of an unknown type       | gives Lee the role "user"                      | {"mutate": {"setRole": {"__typename": "Receipt", "name": "nora"}}}     |
        | add a role            | says nothing about the user | adds the role "user" to Lee                    | {"mutate": {"addRoles": {"__typename": "User"}}}                       |
        | add a role            | is of an unknown type       | adds the role "user" to Lee                    | {"mutate": {"addRoles": {"__typename": "Receipt", "name": "nora"}}}    |
        | remove a role         | says nothing about the user | removes the role "viewer" from Lee             | {"mutate": {"removeRoles": {"__typename": "User"}}}                    |
        | remove a role         | is of an unknown type       | removes the role "viewer" from Lee             | {"mutate": {"removeRoles": {"__typename": "Receipt", "name": "nora"}}} |

    @ERR-7 @requires_admin @severity:normal @embedded_only
    Scenario Outline: An answer with <flaw> is reported to an administrator who <attempt>
      Given Ada, an administrator, is signed in
      And the registry answers with this:
        """
        {"data": <answer>}
        """
      When Ada <attempt>
      Then she is refused: the service failed

      Examples:
        | flaw                  | attempt                     | answer |
        | a word for a role     | looks up Lee                | {"admin": {"user": {"get": {"name": "lee", "email": "lee@example.com", "role": "viewer"}}}} |
        | a number for a user   | lists the users             | {"admin": {"user": {"list": [5]}}} |
        | a number for a role   | lists the roles             | {"roles": [5]} |
        | a word for its author | reads the SSO configuration | {"admin": {"ssoConfig": {"text": "version: 1", "timestamp": "2026-05-01T08:00:00Z", "uploader": "ada"}}} |
