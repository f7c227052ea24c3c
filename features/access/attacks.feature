Feature: Input that tries to break out
  Names and search texts come from chats and from other people. Whatever they hold, it is a name or a text: it must never
  become a part of a query, a path, a header or a line of a log.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: What looks like a command is treated as data

    @SEC-5 @severity:critical
    Scenario Outline: Search for a text that tries to break out of <language>
      When she searches for "<text>"
      Then what was given is treated as data

      Examples:
        | language      | text                                                        |
        | GraphQL       | zyxw\") { me { name } } #                                   |
        | Elasticsearch | zyxw AND ptr_name:*                                         |
        | JSON          | zyxw\"}}],\"must\":[{\"match_all\":{}}]                     |
        | SQL           | zyxw' UNION SELECT wvut                                     |

    @SEC-5 @severity:critical
    Scenario Outline: Ask for a package whose name tries to break out of <language>
      When she asks for the details of "<name>"
      Then what was given is treated as data

      Examples:
        | language   | name                                        |
        | GraphQL    | test-user/x\") { me { name } } #            |
        | the path   | test-user/..                                |
        | the folder | ../named_packages                           |
        | SQL        | test-user/x' OR '1'='1                      |
        | a shell    | test-user/$(id)                             |

    @SEC-5 @severity:critical
    Scenario Outline: Look for a file whose path <tries>
      When she asks for a link to "<path>" in "test-user/simple-csv"
      Then what was given is treated as data

      Examples:
        | tries                         | path                                  |
        | climbs up                     | ../../../etc/passwd                   |
        | climbs up in disguise         | ..%2F..%2F..%2Fetc%2Fpasswd           |
        | starts at the root            | /etc/passwd                           |
        | names another bucket          | s3://quilt-mcp-test-restricted/secret |

    @SEC-5 @severity:critical
    Scenario: Ask for a package whose name goes on in a second line
      When she asks for the details of "test-user/x", going on with the line "X-Injected: yes"
      Then what was given is treated as data
      And no line of the log begins with "X-Injected"

    @SEC-5 @severity:critical
    Scenario: Search for a text that goes on in a second line
      When she searches for "zyxw", going on with the line "X-Injected: yes"
      Then what was given is treated as data
      And no line of the log begins with "X-Injected"

    @SEC-5 @severity:critical
    Scenario: Look for a file whose path goes on in a second line
      When she asks "test-user/simple-csv" for a link to "data.csv", going on with the line "X-Injected: yes"
      Then what was given is treated as data
      And no line of the log begins with "X-Injected"
