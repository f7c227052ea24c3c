Feature: Signing in
  People who work with Quilt through QuiltOps do so under their own identity: on their own machine with a quilt3
  session, or through a shared server with a token. They must be able to rely on two things: when signed in, they are
  where they think they are; without valid credentials, nothing happens at all.

  Rule: Users can see where they are signed in

    @AUTH-1 @local_mode @smoke @severity:blocker
    Scenario: Dana can see where she is signed in on her own computer
      Given Dana, a data scientist, is signed in
      When she asks for the sign-in status
      Then she is shown as signed in to this deployment
      And she sees the catalog, the registry, the region and the Tabulator data catalog of this deployment

    @AUTH-2 @multiuser_mode @smoke @severity:blocker
    Scenario: Dana can see where she is signed in through a shared server
      Given Dana, a data scientist, is signed in
      When she asks for the sign-in status
      Then she is shown as signed in to this deployment
      And she sees the catalog, the registry, the region and the Tabulator data catalog of this deployment

    @AUTH-1 @AUTH-2 @severity:normal @embedded_only
    Scenario Outline: The status still says signed in while the catalog answers with <failure>
      Given Dana, a data scientist, is signed in
      And Dana has asked for the sign-in status
      And the catalog, asked for its configuration, answers with <failure>
      When she asks for the sign-in status
      Then she is shown as signed in to this deployment

      Examples:
        | failure              |
        | a 500                |
        | a 404                |
        | an empty JSON object |

    @AUTH-2 @multiuser_mode @severity:critical
    Scenario: A second user is recognized by their own token
      Given Dana, a data scientist, is signed in
      And Lee, a reviewer, is signed in
      When Lee asks the registry who is signed in
      Then the registry recognizes Lee

    @AUTH-2 @multiuser_mode @severity:blocker
    Scenario: A user is recognized by their own token whoever is signed in on the server itself
      Given Ada, an administrator, is signed in with quilt3 on the shared server itself
      And Lee, a reviewer, is signed in
      When Lee asks the registry who is signed in
      Then the registry recognizes Lee

    @AUTH-5 @severity:critical
    Scenario: The endpoint and headers that QuiltOps hands out work on their own
      Given Dana, a data scientist, is signed in
      When she asks for the GraphQL endpoint and its headers
      Then she sees the GraphQL endpoint of this deployment
      And the registry accepts a call with only these headers, and refuses it without them

    @AUTH-5 @ERR-7 @local_mode @severity:normal @embedded_only
    Scenario Outline: A catalog that answers with <failure> is reported to someone who asks for the GraphQL endpoint
      Given Dana, a data scientist, is signed in
      And the catalog answers with <failure>
      When she asks for the GraphQL endpoint and its headers
      Then she is refused: the service failed

      Examples:
        | failure         |
        | a 500           |
        | unfinished JSON |
        | a reset         |

  Rule: Without credentials nothing happens

    @AUTH-3 @local_mode @severity:critical
    Scenario: The status of someone who is not signed in says so
      Given Dana, a data scientist, is not signed in
      When she asks for the sign-in status
      Then she is shown as not signed in

    @AUTH-3 @AUTH-5 @severity:normal
    Scenario: Nobody gets the GraphQL endpoint and its headers without signing in
      Given Dana, a data scientist, is not signed in
      When she asks for the GraphQL endpoint and its headers
      Then she is refused: not signed in

    @AUTH-3 @severity:blocker
    Scenario: Nobody can search without signing in
      Given Dana, a data scientist, is not signed in
      When she searches for "structure"
      Then she is refused: not signed in
      And the message says how to sign in
      And the message shows no secret

  Rule: An invalid token gives access to nothing

    @AUTH-4 @multiuser_mode @severity:critical
    Scenario: An expired token is refused
      Given Dana, a data scientist, has a token that is expired
      When she searches for "structure"
      Then she is refused: not signed in
      And the message says that it expired
      And the message shows no secret

    @AUTH-6 @multiuser_mode @severity:blocker
    Scenario Outline: A token that is <flaw> is refused
      Given Dana, a data scientist, has a token that is <flaw>
      When she searches for "structure"
      Then she is refused: not signed in
      And the message shows no secret

      Examples:
        | flaw                    |
        | tampered with           |
        | signed with another key |
        | of a deactivated user   |

    @AUTH-6 @multiuser_mode @severity:critical
    Scenario Outline: An expired token gives no access to someone who <attempt>
      Given Ada, an administrator, has a token that is expired
      When she <attempt>
      Then she is refused
      And the message shows no secret

      Examples:
        | attempt                                                                             |
        | asks for the sign-in status                                                         |
        | asks the registry who is signed in                                                  |
        | lists the buckets                                                                   |
        | browses the package "test-user/simple-csv"                                          |
        | reads the metadata of the package "test-user/simple-csv"                            |
        | asks for the details of the package "test-user/simple-csv"                          |
        | asks for a link to "data.csv" in the package "test-user/single-file"                |
        | compares the package "test-user/simple-csv" with the package "test-user/simple-csv" |
        | publishes a package from the "single-file" dataset                                  |
        | lists the tables of the packages bucket                                             |
        | creates the table "soil" over CSV files with a header                               |
        | asks whether open query is on                                                       |
        | lists the users                                                                     |
        | lists the roles                                                                     |
        | reads the SSO configuration                                                         |
