Feature: Querying Tabulator tables
  An analyst uses SQL to ask what is in the files of many packages, without downloading any of them. The rows must be
  those of the files as they are now, and say where they come from; a file that does not fit must not go unnoticed.

  Background:
    Given Dana, a data scientist, is signed in
    And a package "north" with these measurements:
      | plot | grams |
      | A1   | 1.5   |
      | A2   | -2.25 |
    And a package "south" with these measurements:
      | plot | grams |
      | B1   | 10    |
    And a table "harvest" over the packages "north" and "south"

  Rule: A query gives the rows of the files

    @QRY-5 @smoke @severity:blocker
    Scenario: A query gives the rows of all files, and where each row comes from
      When she queries:
        """
        SELECT * FROM harvest
        """
      Then she gets exactly these rows:
        | plot | grams | field | $pkg_name | $logical_key     | $physical_key             | $top_hash                | $issue |
        | A1   | 1.5   | north | north     | measurements.csv | measurements.csv of north | latest revision of north | (null) |
        | A2   | -2.25 | north | north     | measurements.csv | measurements.csv of north | latest revision of north | (null) |
        | B1   | 10    | south | south     | measurements.csv | measurements.csv of south | latest revision of south | (null) |

    @QRY-5 @severity:critical @embedded_only
    Scenario: QuiltOps' own query service gives the same rows
      Given this deployment is in another region than "us-east-1"
      When she queries through QuiltOps' own query service:
        """
        SELECT * FROM harvest
        """
      Then she gets exactly these rows:
        | plot | grams |
        | A1   | 1.5   |
        | A2   | -2.25 |
        | B1   | 10    |

    @QRY-5 @severity:normal
    Scenario: A query can be limited to one package
      When she queries:
        """
        SELECT plot, grams FROM harvest WHERE "$pkg_name" = 'north'
        """
      Then she gets exactly these rows:
        | plot | grams |
        | A1   | 1.5   |
        | A2   | -2.25 |

    @QRY-5 @severity:critical
    Scenario: A query can add up the values of each package
      When she queries:
        """
        SELECT "$pkg_name" AS package, sum(grams) AS total
        FROM "Tabulator data catalog"."packages bucket".harvest
        GROUP BY 1
        """
      Then she gets exactly these rows:
        | package | total |
        | north   | -0.75 |
        | south   | 10    |

  Rule: A table shows its rows to those who may read its bucket

    @QRY-5 @requires_admin @severity:blocker @embedded_only
    Scenario: Users who may not read a bucket are denied the rows of its tables
      Given a role "auditor" that may only read the scratch bucket
      And Nora, a new colleague with the role "auditor", is signed in
      When Nora queries:
        """
        SELECT * FROM harvest
        """
      Then Nora is refused the rows

  Rule: A table follows its packages

    @QRY-6 @severity:critical
    Scenario: A query gives the rows of the latest revisions only
      Given the package "north" has a new revision with these measurements:
        | plot | grams |
        | A3   | 0.125 |
        | A4   | 4     |
      When she queries:
        """
        SELECT * FROM harvest
        """
      Then she gets exactly these rows:
        | plot | grams | field | $pkg_name | $logical_key     | $physical_key             | $top_hash                | $issue |
        | A3   | 0.125 | north | north     | measurements.csv | measurements.csv of north | latest revision of north | (null) |
        | A4   | 4     | north | north     | measurements.csv | measurements.csv of north | latest revision of north | (null) |
        | B1   | 10    | south | south     | measurements.csv | measurements.csv of south | latest revision of south | (null) |

    @QRY-6 @severity:normal
    Scenario: A table over packages with a common name prefix includes those that come later
      Given a table "meadows" over the packages whose names begin with "meadow"
      And a package "meadow-2024" with these measurements:
        | plot | grams |
        | M1   | 3     |
      And a package "meadow-2025" with these measurements:
        | plot | grams |
        | M2   | 4.5   |
      When she queries:
        """
        SELECT plot, grams, field FROM meadows
        """
      Then she gets exactly these rows:
        | plot | grams | field       |
        | M1   | 3     | meadow-2024 |
        | M2   | 4.5   | meadow-2025 |

  Rule: Files that do not fit are reported

    @QRY-7 @severity:critical
    Scenario Outline: A table that continues on errors reports a file <flaw> in a row of its own
      Given a package "west" with these files:
        | file        | content   |
        | balance.csv | <content> |
      And a table "checked" over the packages "north" and "west", continuing on errors
      When she queries:
        """
        SELECT * FROM checked
        """
      Then she gets exactly these rows:
        | plot | grams | $pkg_name | $logical_key     | $issue           |
        | A1   | 1.5   | north     | measurements.csv | (null)           |
        | A2   | -2.25 | north     | measurements.csv | (null)           |
        |      | 0     | west      | balance.csv      | mentions "grams" |

      Examples:
        | flaw                          | content                 |
        | with text instead of a number | "plot,grams\nC1,plenty" |
        | with a missing column         | "plot\nC1"              |

    @QRY-7 @severity:critical
    Scenario Outline: A table that stops on errors names the file <flaw>
      Given a package "west" with these files:
        | file        | content   |
        | balance.csv | <content> |
      And a table "checked" over the packages "north" and "west"
      When she queries:
        """
        SELECT * FROM checked
        """
      Then the query fails, and Athena's reason mentions "west" and "balance.csv"

      Examples:
        | flaw                          | content                 |
        | with text instead of a number | "plot,grams\nC1,plenty" |
        | with a missing column         | "plot\nC1"              |

    @QRY-7 @severity:normal
    Scenario: A file that lacks an optional column still gives its rows
      Given a package "west" with these files:
        | file        | content        |
        | balance.csv | "plot\nC1\nC2" |
      And a table "checked" over the packages "north" and "west", where grams may be missing
      When she queries:
        """
        SELECT * FROM checked
        """
      Then she gets exactly these rows:
        | plot | grams  | $pkg_name | $logical_key     | $issue           |
        | A1   | 1.5    | north     | measurements.csv | (null)           |
        | A2   | -2.25  | north     | measurements.csv | (null)           |
        | C1   | (null) | west      | balance.csv      | mentions "grams" |
        | C2   | (null) | west      | balance.csv      | mentions "grams" |

  Rule: A query that cannot be answered fails with Athena's own reason

    @QRY-5 @severity:critical
    Scenario Outline: A query for <what> fails
      When she queries:
        """
        <sql>
        """
      Then the query fails, and Athena's reason mentions "<reason>"

      Examples:
        | what                             | sql                                                       | reason             |
        | a table that does not exist      | SELECT * FROM no_such_table                               | does not exist     |
        | a column that does not exist     | SELECT depth FROM harvest                                 | cannot be resolved |
        | a catalog that does not exist    | SELECT * FROM "no-such-catalog"."packages bucket".harvest | does not exist     |
        | a bucket outside the user's role | SELECT * FROM "restricted bucket".harvest                 | denied             |
        | text as a number                 | SELECT CAST(plot AS integer) FROM harvest                 | cast               |

    @QRY-5 @severity:normal
    Scenario: What is not SQL is refused as malformed
      When she queries:
        """
        LET ME SEE EVERYTHING
        """
      Then Athena refuses the query as malformed
