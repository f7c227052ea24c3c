Feature: Administering through the MCP server
  An administrator can also have an assistant add people, lock them out and set up tables. The registry must end up with
  exactly what it would have without the server.

  Background:
    Given Ada, an administrator, is signed in
    And she works through the MCP server

  Rule: The server offers what an administrator needs every day

    @MCP-1 @severity:critical
    Scenario: There are tools for users and tables
      When Ada asks the MCP server what it can do
      Then she is offered a tool to look up a user
      And she is offered a tool to create a user
      And she is offered a tool to deactivate a user
      And she is offered a tool to delete a user
      And she is offered a tool to create a table
      And she is offered a tool to delete a table
      And she is offered a tool to query a table

  Rule: Managing users through the server works as it does without it

    @MCP-2 @USER-1 @requires_admin @severity:critical
    Scenario: The users are listed through the server
      Given a new colleague Nora with the role "viewer"
      When Ada lists the users
      Then she sees the current details of Nora

    @MCP-2 @USER-2 @requires_admin @severity:critical
    Scenario: A user is looked up through the server
      Given a new colleague Nora with the role "viewer" and the further role "user"
      When Ada looks up Nora
      Then she sees the current details of Nora

    @MCP-2 @USER-3 @requires_admin @severity:critical
    Scenario: A user is created through the server
      When Ada creates a user for Nora with the role "viewer" and the further role "user"
      Then the registry's users include:
        | name | role   | further roles | active | admin |
        | Nora | viewer | user          | yes    | no    |
      And every user other than Nora is unchanged

    @MCP-2 @requires_admin @severity:critical
    Scenario: A user is deactivated through the server
      Given a new colleague Nora with the role "viewer"
      When Ada deactivates Nora
      Then the registry's users include:
        | name | role   | active |
        | Nora | viewer | no     |
      And every user other than Nora is unchanged

    @MCP-2 @requires_admin @severity:critical
    Scenario: A user is deleted through the server
      Given a new colleague Nora with the role "viewer"
      When Ada deletes Nora
      Then the registry has no user Nora
      And every user other than Nora is unchanged

    @MCP-3 @requires_admin @severity:blocker
    Scenario: Someone who is not an administrator cannot create a user through the server
      Given Dana, a data scientist, is signed in
      And she works through the MCP server
      When Dana creates a user for Nora with the role "viewer"
      Then she is refused
      And the registry has no user Nora

  Rule: Managing tables through the server works as it does without it

    @MCP-2 @requires_admin @severity:critical
    Scenario: The tables are listed through the server
      Given these tables:
        | table   | configuration             |
        | harvest | CSV files with a header   |
        | soils   | Parquet files             |
      When Ada lists the tables of the packages bucket
      Then she sees exactly these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soils   | Parquet files           |

    @MCP-2 @TAB-5 @requires_admin @severity:critical
    Scenario Outline: A table over <files> is set up through the server
      When Ada creates the table "harvest" over <files>
      Then the table "harvest" is set up for <files>

      Examples:
        | files                      |
        | CSV files with a header    |
        | CSV files without a header |
        | tab-separated files        |
        | Parquet files              |

    @MCP-2 @requires_admin @severity:critical
    Scenario: A table that is created through the server can be queried
      Given Dana, a data scientist, is signed in
      And a package "north" with these measurements:
        | plot | grams |
        | A1   | 1.5   |
        | A2   | -2.25 |
      When Ada creates a table "harvest" over the package "north"
      And Dana queries:
        """
        SELECT plot, grams FROM harvest
        """
      Then Dana gets exactly these rows:
        | plot | grams |
        | A1   | 1.5   |
        | A2   | -2.25 |

    @MCP-2 @requires_admin @severity:normal
    Scenario: A table is deleted through the server
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soils   | Parquet files           |
      When Ada deletes the table "harvest"
      Then the registry has exactly these tables:
        | table | configuration |
        | soils | Parquet files |
