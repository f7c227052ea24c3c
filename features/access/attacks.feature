Feature: Input that tries to break out
  Names and search texts come from chats and from other people. Whatever they contain is only a name or a text: it must
  never become part of a query, a path, a header or a log line.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: What looks like a command is treated as data

    @SEC-5 @severity:critical
    Scenario Outline: A search text cannot break out of <language>
      When she searches for "<text>"
      Then the input is treated as data

      Examples:
        | language      | text                                                        |
        | GraphQL       | zyxw\") { me { name } } #                                   |
        | Elasticsearch | zyxw AND ptr_name:*                                         |
        | JSON          | zyxw\"}}],\"must\":[{\"match_all\":{}}]                     |
        | SQL           | zyxw' UNION SELECT wvut                                     |

    @SEC-5 @severity:critical
    Scenario Outline: A package name cannot break out of <language>
      When she asks for the details of the package called "<name>"
      Then the input is treated as data

      Examples:
        | language   | name                                        |
        | GraphQL    | test-user/x\") { me { name } } #            |
        | the path   | test-user/..                                |
        | the folder | ../named_packages                           |
        | SQL        | test-user/x' OR '1'='1                      |
        | a shell    | test-user/$(id)                             |

    @SEC-5 @severity:critical
    Scenario Outline: A path that <tries> leads nowhere
      When she asks for a link to the missing file "<path>" in the package "test-user/simple-csv"
      Then the input is treated as data

      Examples:
        | tries                         | path                                  |
        | climbs up                     | ../../../etc/passwd                   |
        | climbs up in disguise         | ..%2F..%2F..%2Fetc%2Fpasswd           |
        | starts at the root            | /etc/passwd                           |
        | names another bucket          | s3://quilt-mcp-test-restricted/secret |

    @SEC-5 @severity:critical
    Scenario Outline: <input> cannot forge a line of the log
      Given the log of the product is kept in full
      When Dana <attempt>
      Then the input is treated as data
      And no line of the log begins with "X-Injected"

      Examples:
        | input          | attempt                                                                              |
        | A package name | asks for the details of the package called "test-user/x\\nX-Injected: yes"           |
        | A search text  | searches for "zyxw\\nX-Injected: yes"                                                |
        | A path         | asks for a link to the missing file "data.csv\\nX-Injected: yes" in the package "test-user/simple-csv" |
