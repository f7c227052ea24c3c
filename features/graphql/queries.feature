Feature: Asking the registry in GraphQL
  When QuiltOps has no method for something, people ask the registry itself, in GraphQL. They get the registry's answer,
  and if there is a mistake in their query they learn what it is.

  Rule: A valid query gets the registry's answer

    @GQL-1 @smoke @severity:critical
    Scenario: A simple query is answered
      Given Dana, a data scientist, is signed in
      When she asks in GraphQL: "{ me { name } }"
      Then the answer has data and no errors
      And the registry recognizes Dana

    @GQL-2 @severity:critical
    Scenario: A query can have variables
      Given Dana, a data scientist, is signed in
      When she asks in GraphQL about the package "test-user/simple-csv":
        """
        query ($bucket: String!, $name: String!) {
          package(bucket: $bucket, name: $name) { name revision(hashOrTag: "latest") { hash } }
        }
        """
      Then the answer has data and no errors
      And she gets the name and the top hash of the package

    @GQL-2 @severity:normal
    Scenario: A package that does not exist is reported as such
      Given Dana, a data scientist, is signed in
      When she asks in GraphQL about the package called "test-user/no-such-package":
        """
        query ($bucket: String!, $name: String!) { package(bucket: $bucket, name: $name) { name } }
        """
      Then the answer has data and no errors
      And she is told that there is no such package

  Rule: A mistake in a query is explained

    @GQL-3 @severity:normal
    Scenario Outline: A query that has <flaw> is refused with an explanation
      Given Dana, a data scientist, is signed in
      When she asks in GraphQL: "<query>"
      Then she is refused: invalid
      And the error names "<explanation>"

      Examples:
        | flaw                         | query                                                                      | explanation  |
        | an unknown field             | { me { shoeSize } }                                                        | shoeSize     |
        | an unknown argument          | { package(bucket: \"b\", name: \"a/b\", colour: \"red\") { name } }        | colour       |
        | a syntax error               | { me { name }                                                              | Syntax Error |
        | a variable of the wrong type | query ($number: Int!) { package(bucket: $number, name: \"a/b\") { name } } | $number      |
        | a variable without a value   | query ($name: String!) { package(bucket: \"b\", name: $name) { name } }    | $name        |

    @GQL-3 @severity:normal
    Scenario: An empty query is reported as the caller's mistake
      Given Dana, a data scientist, is signed in
      When she asks in GraphQL: ""
      Then she is refused: invalid

  Rule: Without credentials there is no answer

    @GQL-4 @severity:critical
    Scenario: Nobody gets an answer without signing in
      Given Lee, a reviewer, is not signed in
      When he asks the registry who is signed in
      Then he is refused: not signed in
      And the message says how to sign in

    @GQL-4 @severity:critical @embedded_only
    Scenario: A deactivated user gets no answer
      Given Ada, an administrator, is signed in
      And Nora, a new colleague with the role "viewer", is signed in
      When Ada deactivates Nora
      And Nora asks the registry who is signed in
      Then Nora is refused: not signed in
      And the message shows no secret

  Rule: Nobody has to wait forever

    @GQL-5 @slow @severity:critical @embedded_only
    Scenario: Nobody has to wait more than a minute for an answer
      Given Lee, a reviewer, is signed in
      And the registry takes 75 s to answer
      When he asks the registry who is signed in
      Then he is refused: the service failed
      And the message says that it took too long
      And he waited at most 70 s

  Rule: The registry understands every operation that QuiltOps itself sends

    @GQL-6 @severity:critical
    Scenario Outline: Every operation of <part> is valid in the registry's schema
      Then every GraphQL operation of <part> is valid in the registry's schema

      Examples:
        | part                |
        | QuiltOps            |
        | the product's tools |

    @GQL-6 @multiuser_mode @severity:critical
    Scenario: Today's registries understand every operation of QuiltOps
      Then every GraphQL operation of QuiltOps is valid in the current published schema
