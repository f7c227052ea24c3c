Feature: Querying Tabulator tables
  An analyst asks in SQL what lies in the files of many packages, without fetching one of them. The rows must be those of
  the files as they are now, with word of where each comes from, and a file that does not fit must not go unnoticed.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A query gives the rows of the files

    @QRY-5 @smoke @severity:blocker
    Scenario: Query a table
      Given a table over 2 packages of measurements
      When she queries all of its rows
      Then she gets exactly the rows of the files
      And each row tells its package, its file and the revision

    @QRY-5 @severity:critical
    Scenario: Query a table through QuiltOps' own query service
      Given a table over 2 packages of measurements
      When she queries all of its rows through the query service
      Then she gets exactly the rows of the files

    @QRY-5 @severity:critical
    Scenario: Sum up a table
      Given a table over 2 packages of measurements
      When she sums its values up for each package
      Then she gets the sums of the files

  Rule: A table follows its packages

    @QRY-6 @severity:critical
    Scenario: Query after a new revision
      Given a table over 2 packages of measurements
      And one of the packages has a new revision with other measurements
      When she queries all of its rows
      Then she gets exactly the rows of the files
      And each row tells its package, its file and the revision

  Rule: A file that does not fit is noticed

    @QRY-7 @severity:critical
    Scenario Outline: Query a table that continues on errors, over a file <flaw>
      Given a table that continues on errors, over a good file and one <flaw>
      When she queries all of its rows
      Then she gets the rows of the good file
      And one row tells what is wrong with the other

      Examples:
        | flaw                       |
        | with a word for a number   |
        | without a column           |

    @QRY-7 @severity:critical
    Scenario Outline: Query a table that stops on errors, over a file <flaw>
      Given a table that stops on errors, over a good file and one <flaw>
      When she queries all of its rows
      Then the query fails and says which file is wrong

      Examples:
        | flaw                       |
        | with a word for a number   |
        | without a column           |

    @QRY-7 @severity:normal
    Scenario: Query a table whose values may be missing, over a file without them
      Given a table whose values may be missing, over a good file and one without a column
      When she queries all of its rows
      Then she gets the rows of the good file
      And the rows of the other tell what they lack

  Rule: What cannot be answered is refused in Athena's own way

    @QRY-5 @severity:critical
    Scenario Outline: Ask for <what>
      Given a table over 2 packages of measurements
      When she asks for <what>
      Then the query fails because of "<reason>"

      Examples:
        | what                           | reason             |
        | a table that is not there      | does not exist     |
        | a column that is not there     | cannot be resolved |
        | a catalog that is not there    | does not exist     |
        | a bucket that she may not read | denied             |
        | words for numbers              | cast               |

    @QRY-5 @severity:normal
    Scenario: Send Athena something else than SQL
      When she sends words that are no SQL
      Then Athena refuses the query as malformed
