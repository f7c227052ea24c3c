Feature: Working through the MCP server
  Few people call QuiltOps from their own programs: their assistant does, with the tools of the quilt-mcp server. Some
  start it on their machine, others share one over HTTP. What they ask for must have the same result as with QuiltOps,
  and when something cannot be done, the server must say so in a way that an assistant understands.

  Background:
    Given Dana, a data scientist, is signed in
    And she works through the MCP server

  Rule: The server offers what the product documents

    @MCP-1 @smoke @severity:blocker
    Scenario: There are tools for packages
      When Dana asks the MCP server what it can do
      Then she is offered a tool to browse a package
      And she is offered a tool to publish a package
      And she is offered a tool to add to a package
      And she is offered a tool to delete a package
      And she is offered a tool to compare packages

    @MCP-1 @smoke @severity:blocker
    Scenario: There are tools to search and list, and to publish a folder
      When Dana asks the MCP server what it can do
      Then she is offered a tool to search for packages
      And she is offered a tool to list the buckets
      And she is offered a tool to list the tables
      And she is offered a tool to publish a folder

    @MCP-1 @severity:minor
    Scenario: The server introduces itself and its tools
      When Dana asks the MCP server what it can do
      Then the MCP server reports the product's version
      And every tool says what it does

  Rule: Working through the server has the same results as QuiltOps

    @MCP-2 @exclusive @severity:blocker
    Scenario Outline: A search through the server finds packages by <what>
      When Dana searches for "<text>"
      Then she finds exactly <packages>

      Examples:
        | what                      | text       | packages                     |
        | a word of the name        | structure  | "test-user/nested-structure" |
        | a word of the description | laboratory | "test-user/simple-csv"       |

    @MCP-2 @severity:blocker
    Scenario: A package is browsed through the server
      Given the package "yields" with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      When Dana browses it
      Then she sees exactly the files of the package, with their sizes

    @MCP-2 @severity:critical
    Scenario: Working through the server leaves the user's own session as it was
      Given Dana has listed the buckets
      When she no longer works through the MCP server
      And she browses the package "test-user/simple-csv"
      Then she sees exactly the files of the package "test-user/simple-csv", with their sizes

    @MCP-2 @severity:blocker
    Scenario: A package is published through the server
      When Dana publishes the package "yields" with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      Then it holds exactly these files:
        | file       | content            |
        | plot-1.csv | as first published |
        | plot-2.csv | as first published |
      And Dana is told the name and the top hash of the package

    @MCP-2 @smoke @severity:critical
    Scenario: A folder is published through the server
      When Dana publishes the package "yields" from a folder with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      Then it holds exactly these files:
        | file       | content            |
        | plot-1.csv | as first published |
        | plot-2.csv | as first published |
      And Dana finds it

    @MCP-2 @severity:blocker
    Scenario: A package is deleted through the server
      Given the package "yields" with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
      When Dana deletes it
      Then the package does not exist
      And every package other than it is unchanged

    @MCP-2 @severity:critical
    Scenario: A file is added through the server
      Given the package "yields" with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
      And these files in the packages bucket:
        | file       |
        | plot-2.csv |
      When Dana adds the file "plot-2.csv" to it
      Then it holds exactly these files:
        | file       |
        | plot-1.csv |
        | plot-2.csv |

    @MCP-2 @severity:critical
    Scenario: The buckets are listed through the server
      When Dana lists the buckets
      Then she does not see the restricted bucket

    @MCP-2 @severity:critical
    Scenario Outline: A file that was overwritten can be read through the server <version>, <way>
      Given these files in the packages bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And somebody has overwritten the file "yields.csv" in S3
      When Dana reads the file "yields.csv" in S3 <version>, <way>
      Then she is given the file "yields.csv" <version>, byte for byte

      Examples:
        | version            | way            |
        | as it was at first | as text        |
        | as it was at first | as bytes       |
        | as it was at first | through a link |
        | as it is now       | as text        |
        | as it is now       | as bytes       |
        | as it is now       | through a link |

    @MCP-2 @local_mode @severity:blocker
    Scenario: A server with its default settings serves a user signed in with quilt3
      Given Dana works through the MCP server with its default settings
      When Dana lists the buckets
      Then she does not see the restricted bucket

  Rule: The status is correct

    @MCP-5 @severity:normal
    Scenario: The status shows who is signed in, and what can be done next
      When Dana asks for the sign-in status
      Then she is shown as signed in to this deployment
      And the status shows Dana's user name
      And she is advised to use only tools that the MCP server has
