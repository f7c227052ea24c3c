Feature: Setting Tabulator up
  The story of a laboratory that outgrew its spreadsheets: measurements lie in many packages, and an administrator makes
  them one table that an analyst can ask in SQL, today and after tomorrow's measurements.

  Rule: What an administrator sets up, an analyst can query

    @JRN-4 @journey @exclusive @requires_admin @severity:blocker
    Scenario: Ada makes the measurements one table and Dana asks it
      Given Ada, an administrator, is signed in
      And Dana, a data scientist, is signed in
      And 2 packages of measurements
      When Ada creates a table over them, finds it listed, renames it and lets it continue on errors
      And Ada turns open query on
      Then the registry has the table with the configuration that she gave
      And Dana gets the table's rows
      And the registry has no table of the old name
