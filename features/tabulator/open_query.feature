Feature: Opening Tabulator to other AWS identities
  An administrator decides whether only catalog users can query tables, or anything that AWS lets read the bucket:
  dashboards, notebooks, other accounts. What is closed must stay closed.

  Background:
    Given Ada, an administrator, is signed in

  Rule: The switch shows its state

    @QRY-1 @exclusive @requires_admin @severity:normal
    Scenario Outline: An administrator can see that open query is <state>
      Given open query is <state>
      When she asks whether open query is on
      Then she sees that open query is <state>

      Examples:
        | state |
        | on    |
        | off   |

    @QRY-4 @exclusive @requires_admin @severity:normal
    Scenario: Open query can be turned on twice
      Given open query is on
      When she turns open query on
      Then she sees that open query is on
      And open query is on in the registry

    @QRY-2 @exclusive @severity:critical
    Scenario: A data scientist cannot turn open query on
      Given open query is off
      And Dana, a data scientist, is signed in
      When Dana turns open query on
      Then she is refused: not allowed
      And open query is off in the registry

    @QRY-4 @requires_admin @severity:normal @embedded_only
    Scenario Outline: An administrator who turns open query <asked> sees what the registry made of it
      Given the registry answers with this:
        """
        {"data": {"admin": {"setTabulatorOpenQuery": {"tabulatorOpenQuery": <answer>}}}}
        """
      When she turns open query <asked>
      Then she sees that open query is <state>

      Examples:
        | asked | answer | state |
        | on    | false  | off   |
        | off   | true   | on    |

  Rule: The switch decides whether reading the bucket is enough

    Background:
      Given Dana, a data scientist, is signed in
      And a package "north" with these measurements:
        | plot | grams |
        | A1   | 1.5   |
        | A2   | -2.25 |
      And a table "harvest" over the package "north"
      And an outside AWS identity that may read the packages bucket

    @QRY-2 @exclusive @requires_admin @severity:critical
    Scenario: With open query on, reading the bucket is enough to query its tables
      Given open query is off
      When Ada turns open query on
      Then she sees that open query is on
      And the outside AWS identity gets exactly these rows of the table:
        | plot | grams |
        | A1   | 1.5   |
        | A2   | -2.25 |

    @QRY-3 @exclusive @requires_admin @severity:blocker
    Scenario: With open query off, only catalog users can query its tables
      Given open query is on
      When Ada turns open query off
      And Dana queries:
        """
        SELECT * FROM harvest
        """
      Then Ada sees that open query is off
      And the outside AWS identity is refused the rows of the table
      And Dana gets exactly these rows:
        | plot | grams |
        | A1   | 1.5   |
        | A2   | -2.25 |
