Feature: Opening Tabulator to other AWS identities
  An administrator decides whether tables answer to people of the catalog alone, or to whoever AWS lets read the bucket:
  dashboards, notebooks, other accounts. What is closed must be closed.

  Background:
    Given Ada, an administrator, is signed in

  Rule: The switch tells and does what it says

    @QRY-1 @exclusive @requires_admin @severity:normal
    Scenario Outline: Ask whether open query is <state>
      Given open query is <state>
      When she asks whether open query is on
      Then she is told that it is <state>

      Examples:
        | state |
        | on   |
        | off  |

    @QRY-2 @exclusive @requires_admin @severity:critical
    Scenario: Turn open query on
      Given open query is off
      And a table over packages that an outside AWS identity may read
      When she turns open query on
      Then she is told that it is on
      And the outside AWS identity gets the table's rows

    @QRY-3 @exclusive @requires_admin @severity:blocker
    Scenario: Turn open query off
      Given open query is on
      And a table over packages that an outside AWS identity may read
      And Dana, a data scientist, is signed in
      When Ada turns open query off
      Then she is told that it is off
      And the outside AWS identity is refused
      And Dana gets the table's rows

    @QRY-4 @exclusive @requires_admin @severity:normal
    Scenario: Turn open query on twice
      Given open query is on
      When she turns open query on
      Then she is told that it is on
      And the registry has open query on
