Feature: Setting up Tabulator
  The story of a laboratory that outgrew its spreadsheets: measurements are spread over many packages, and an
  administrator turns them into one table that an analyst can query in SQL, including tomorrow's measurements.

  Background:
    Given Ada, an administrator, is signed in
    And Dana, a data scientist, is signed in

  Rule: What an administrator sets up, an analyst can query

    @JRN-4 @journey @exclusive @requires_admin @severity:blocker
    Scenario: Ada turns the measurements into a table, and Dana queries it
      Given a package "north" with these measurements:
        | plot | grams |
        | A1   | 1.5   |
        | A2   | -2.25 |
      And a package "south" with these measurements:
        | plot | grams |
        | B1   | 10    |
      When Ada creates a table "drafts" over the packages "north" and "south"
      And she lists the tables of the packages bucket
      Then she sees exactly these tables:
        | table  | configuration |
        | drafts | as given      |
      When Ada renames the table "drafts" to "harvest"
      And she sets the table "harvest" to continue on errors
      And she turns open query on
      And Dana queries:
        """
        SELECT * FROM harvest
        """
      Then the registry has exactly these tables:
        | table   | configuration |
        | harvest | as given      |
      And Dana gets exactly these rows:
        | plot | grams |
        | A1   | 1.5   |
        | A2   | -2.25 |
        | B1   | 10    |
