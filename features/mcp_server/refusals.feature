Feature: Being refused by the MCP server
  An assistant only knows what the server answers. It must be able to tell a refusal from a success, its user must learn
  the reason, and nobody must get in without being signed in.

  Rule: Nobody is served without being signed in

    @MCP-3 @severity:blocker
    Scenario: The server finds nothing for someone who is not signed in
      Given Dana, a data scientist, is not signed in
      And she works through the MCP server
      When Dana searches for "structure"
      Then she is refused
      And the message shows neither a stack trace nor HTML

    @MCP-3 @multiuser_mode @severity:blocker
    Scenario Outline: The server serves nobody with a token that is <flaw>
      Given Dana, a data scientist, has a token that is <flaw>
      And she works through the MCP server
      When Dana searches for "structure"
      Then she is refused
      And the message shows no secret

      Examples:
        | flaw          |
        | expired       |
        | tampered with |

  Rule: A refusal says why, and is marked as one

    @MCP-3 @severity:critical
    Scenario: A viewer cannot publish a folder through the server
      Given Lee, a reviewer, is signed in
      And he works through the MCP server
      When Lee publishes the package "yields" from a folder with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
      Then he is refused
      And the message shows neither a stack trace nor HTML
      And the refusal is marked as an error
      And the package does not exist

    @MCP-3 @journey @severity:critical @embedded_only
    Scenario: What could not be published during an outage is published afterwards
      Given Dana works through the MCP server
      And the deployment answers with a 503
      When Dana publishes the package "yields" from a folder with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
      Then she is refused
      When the outage is over
      And Dana publishes the package "yields" from a folder with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
      Then it has 1 file
      And Lee can see every file of it, and no others
