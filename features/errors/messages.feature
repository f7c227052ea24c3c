Feature: Errors that people can read
  In the end a person reads the message: in a chat, in a notebook, in a log. It has to be in plain words, say what to do
  next, and reveal nothing that the reader must not see.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A message is written for people, and gives nothing away

    @ERR-6 @severity:critical
    Scenario Outline: The message is readable when she <attempt>
      When she <attempt>
      Then she is refused
      And the message shows neither a stack trace nor HTML
      And the message shows no secret

      Examples:
        | attempt                                                                           |
        | asks for the details of the package called "no-slash"                                                |
        | asks for the details of the package called "test-user/no-such-package"                               |
        | browses the package called "test-user/no-such-package"                                               |
        | opens the missing folder "no/such/folder" of the package "test-user/nested-structure"                       |
        | asks for a link to the missing file "no-such-file.txt" in the package "test-user/simple-csv"                   |
        | compares the package called "test-user/no-such-package" with the package "test-user/simple-csv"                  |
        | asks in GraphQL: "{ me { shoeSize } }"                                            |
        | asks for a client for "no-service" in "us-east-1"                                  |
        | reads the configuration of the catalog "http://no-such-catalog.invalid"           |
        | reads the configuration of a web page                                             |
        

    @ERR-6 @severity:critical
    Scenario: A message about a file that cannot be published is readable
      When Dana publishes a package from these entries:
        | entry                                  |
        | (a good file)                          |
        | s3://quilt-mcp-test-data/no/such/file |
      Then she is refused
      And the message shows neither a stack trace nor HTML
      And the message shows no secret
      And the message says what to do next

    @ERR-6 @severity:normal
    Scenario Outline: The message says what to do next when she <attempt>
      When she <attempt>
      Then she is refused
      And the message says what to do next

      Examples:
        | attempt                                                                           |
        | asks for the details of the package called "test-user/no-such-package"                               |
        | browses the package called "test-user/no-such-package"                                               |
        | opens the missing folder "no/such/folder" of the package "test-user/nested-structure"                       |
        | asks for a link to the missing file "no-such-file.txt" in the package "test-user/simple-csv"                   |
        | compares the package called "test-user/no-such-package" with the package "test-user/simple-csv"                  |
        | reads the configuration of the catalog "http://no-such-catalog.invalid"           |
        

    @ERR-6 @severity:critical @embedded_only
    Scenario Outline: The message is readable when the registry answers with <failure>
      Given Lee, a reviewer, is signed in
      And the registry answers with <failure>
      When Lee asks the registry who is signed in
      Then he is refused
      And the message shows neither a stack trace nor HTML
      And the message shows no secret

      Examples:
        | failure            |
        | a 500              |
        | a proxy's 502 page |
        | unfinished JSON    |
