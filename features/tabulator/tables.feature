Feature: Setting up Tabulator tables
  An administrator turns the files of many packages into one table that analysts can query. A table's configuration is
  kept to the letter, a wrong one is not kept at all, and work on one table leaves the others alone.

  Background:
    Given Ada, an administrator, is signed in

  Rule: The tables of a bucket can be looked at

    @TAB-1 @requires_admin @smoke @severity:critical
    Scenario: List three tables
      Given the packages bucket has 3 tables
      When she lists its tables
      Then she sees those tables with their configurations in YAML

    @TAB-2 @requires_admin @severity:normal
    Scenario: List the tables of a bucket without tables
      When she lists the tables of a bucket that has none
      Then she sees no tables

    @TAB-3 @requires_admin @severity:critical
    Scenario: Look a table up
      Given the packages bucket has 3 tables
      When she looks the first of them up
      Then she sees its name and its configuration

    @TAB-4 @requires_admin @severity:normal
    Scenario: Look up a table that is not there
      When she looks up a table that is not there
      Then she is refused with a NotFoundError
      And the error names the table

  Rule: A table is what its configuration says

    @TAB-5 @requires_admin @smoke @severity:blocker
    Scenario: Create a table
      When she creates a table
      Then the registry has the table with the configuration that she gave
      And it is listed with the configuration that she gave

    @TAB-7 @requires_admin @severity:critical
    Scenario: Change the configuration of a table
      Given the packages bucket has 3 tables
      When she changes the configuration of the first of them
      Then the registry has the table with the configuration that she gave
      And it is listed with the configuration that she gave
      And the other tables are as they were

    @TAB-6 @requires_admin @severity:critical
    Scenario Outline: Create a table from a configuration that <flaw>
      When she creates a table from a configuration that <flaw>
      Then she is refused with a ValidationError
      And the message says that it is the configuration that is wrong
      And the registry has no table of that name

      Examples:
        | flaw                                  |
        | is no YAML                            |
        | has a column of an unknown type       |
        | has no columns                        |
        | has no schema                         |
        | has a column whose name starts with 1 |
        | has an unknown parser                 |
        | has an unknown setting                |
        | has a pattern that is left open       |

  Rule: Tables are renamed and deleted without harm to others

    @TAB-8 @requires_admin @severity:critical
    Scenario: Rename a table
      Given the packages bucket has 3 tables
      When she renames the first of them
      Then the table has the new name and its old configuration
      And the registry has no table of the old name
      And the other tables are as they were

    @TAB-9 @requires_admin @severity:critical
    Scenario: Rename a table to the name of another
      Given the packages bucket has 3 tables
      When she renames the first of them to the name of another
      Then she is refused with a ValidationError
      And all tables are as they were

    @TAB-10 @requires_admin @severity:critical
    Scenario: Delete a table
      Given the packages bucket has 3 tables
      When she deletes the first of them
      Then the registry has no table of that name
      And the other tables are as they were

    @TAB-11 @requires_admin @severity:normal
    Scenario: Delete a table that is not there
      Given the packages bucket has 3 tables
      When she deletes a table that is not there
      Then she is refused with a NotFoundError
      And all tables are as they were

  Rule: A bucket that is not there is named

    @TAB-12 @requires_admin @severity:normal
    Scenario Outline: <act> in a bucket that is not there
      When she tries with a bucket that is not there to <act>
      Then she is refused
      And the error names "quilt-mcp-test-no-such-bucket"

      Examples:
        | act               |
        | list the tables   |
        | look up a table   |
        | create a table    |
        | rename a table    |
        | delete a table    |
