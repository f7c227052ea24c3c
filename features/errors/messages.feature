Feature: Errors that people can read
  In the end a person reads the message: in a chat, in a notebook, in a log. It has to be in words, to say what to do
  next, and to give nothing away that is not the reader's.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A message is written for people, and gives nothing away

    @ERR-6 @severity:critical
    Scenario Outline: Read what is said when she <attempt>
      When she <attempt>
      Then she is refused
      And the message shows neither a stack trace nor HTML
      And the message shows no secret

      Examples:
        | attempt                                                                           |
        | asks for the details of "no-slash"                                                |
        | asks for the details of "test-user/no-such-package"                               |
        | browses "test-user/no-such-package"                                               |
        | looks into "no/such/folder" of "test-user/nested-structure"                       |
        | asks for a link to "no-such-file.txt" in "test-user/simple-csv"                   |
        | compares "test-user/no-such-package" with "test-user/simple-csv"                  |
        | asks in GraphQL: "{ me { shoeSize } }"                                            |
        | asks for a client of "no-service" in "us-east-1"                                  |
        | reads the configuration of the catalog "http://no-such-catalog.invalid"           |
        | reads the configuration of a web page                                             |
        | creates a package from a good file and "s3://quilt-mcp-test-data/no/such/file"    |

    @ERR-6 @severity:normal
    Scenario Outline: Learn what to do next when she <attempt>
      When she <attempt>
      Then she is refused
      And the message says what to do next

      Examples:
        | attempt                                                                           |
        | asks for the details of "test-user/no-such-package"                               |
        | browses "test-user/no-such-package"                                               |
        | looks into "no/such/folder" of "test-user/nested-structure"                       |
        | asks for a link to "no-such-file.txt" in "test-user/simple-csv"                   |
        | compares "test-user/no-such-package" with "test-user/simple-csv"                  |
        | reads the configuration of the catalog "http://no-such-catalog.invalid"           |
        | creates a package from a good file and "s3://quilt-mcp-test-data/no/such/file"    |

    @ERR-6 @severity:critical @embedded_only
    Scenario Outline: Read what is said when the registry answers with <failure>
      Given Lee, a reviewer, is signed in
      And the registry answers with <failure>
      When Lee asks the registry who he is
      Then he is refused
      And the message shows neither a stack trace nor HTML
      And the message shows no secret

      Examples:
        | failure            |
        | a 500              |
        | a proxy's 502 page |
        | unfinished JSON    |
