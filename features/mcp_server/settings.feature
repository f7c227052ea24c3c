Feature: Starting the MCP server with wrong settings
  When the server does not start, the person who set it up has only its message to go on: an assistant shows nothing
  else, and a container only its log. The message must say which setting is wrong.

  Background:
    Given Dana, a data scientist, is signed in
    And she works through the MCP server

  Rule: A server with wrong settings ends with a message

    @MCP-4 @smoke @severity:critical
    Scenario Outline: A server with <what> does not start
      When Dana starts the MCP server with these settings:
        | setting   | value   |
        | <setting> | <value> |
      Then the MCP server does not start, and says why
      And the error names "<named>"
      And the message shows neither a stack trace nor HTML

      Examples:
        | what                          | setting               | value | named                 |
        | an unknown kind of deployment | QUILT_DEPLOYMENT      | cloud | cloud                 |
        | a time limit that is a word   | QUILT_SERVICE_TIMEOUT | soon  | QUILT_SERVICE_TIMEOUT |

    @MCP-4 @multiuser_mode @severity:critical
    Scenario: A shared server without a catalog does not start
      When Dana starts the MCP server with these settings:
        | setting           | value |
        | QUILT_CATALOG_URL |       |
      Then the MCP server does not start, and says why
      And the error names "QUILT_CATALOG_URL"
      And the message shows neither a stack trace nor HTML

    @MCP-4 @multiuser_mode @severity:normal
    Scenario: A shared server on a port that is taken does not start
      When Dana starts the MCP server with these settings:
        | setting      | value                  |
        | FASTMCP_PORT | (a port that is taken) |
      Then the MCP server does not start, and says why
      And the error names "address already in use"
      And the message shows neither a stack trace nor HTML
