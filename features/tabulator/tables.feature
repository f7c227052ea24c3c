Feature: Setting up Tabulator tables
  An administrator turns the files of many packages into one table that analysts can query. A table's configuration must
  be kept exactly as written, an invalid one not at all, and work on one table must leave the others alone.

  Background:
    Given Ada, an administrator, is signed in

  Rule: An administrator can look at the tables of a bucket

    @TAB-1 @requires_admin @smoke @severity:critical
    Scenario: All tables of a bucket are listed with their configurations
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |
        | weather | Parquet files           |
      When she lists the tables of the packages bucket
      Then she sees exactly these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |
        | weather | Parquet files           |

    @TAB-2 @requires_admin @severity:normal
    Scenario: The list of a bucket without tables is empty
      When she lists the tables of the data bucket
      Then she sees no tables

    @TAB-3 @requires_admin @severity:critical
    Scenario: A table can be looked up by its name
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |
      When she looks up the table "harvest"
      Then she sees this table:
        | table   | configuration           |
        | harvest | CSV files with a header |

    @TAB-4 @requires_admin @severity:normal
    Scenario: A table that does not exist is reported as not found
      When she looks up the table called "no_such_table"
      Then she is refused: not found
      And the error names "no_such_table"

    @TAB-3 @requires_admin @severity:critical
    Scenario: Tables whose names differ only in capitals are told apart
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
      And a table "loud" over tab-separated files, whose name is that of the table "harvest" in capitals
      When she looks up the table "harvest"
      Then she sees this table:
        | table   | configuration           |
        | harvest | CSV files with a header |

  Rule: A table is what its configuration says

    @TAB-5 @requires_admin @smoke @severity:blocker
    Scenario: A new table keeps its configuration exactly as written
      When she creates the table "harvest" with this configuration:
        """
        # One row for each plot.
        schema:
          - {name: plot, type: STRING, nullable: false}
          - {name: grams, type: DOUBLE, nullable: false}
        source:
          type: quilt-packages
          package_name: ^test-user/(?<field>[^/]+)$
          logical_key: \.csv$
        parser: {format: csv, header: true}
        """
      Then the registry has exactly these tables:
        | table   | configuration |
        | harvest | as given      |
      And she is told that the registry has exactly these tables:
        | table   | configuration |
        | harvest | as given      |
      And she can see exactly these tables:
        | table   | configuration |
        | harvest | as given      |

    @TAB-7 @requires_admin @severity:critical
    Scenario: The configuration of a table can be changed
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |
        | weather | Parquet files           |
      When she changes the configuration of the table "harvest" to:
        """
        # The balance writes semicolons.
        parser: {format: csv, header: false, delimiter: ";"}
        source:
          type: quilt-packages
          package_name: ^test-user/(?<field>[^/]+)$
          logical_key: \.csv$
        schema:
          - {name: plot, type: STRING}
          - {name: grams, type: DOUBLE}
        """
      Then the registry has exactly these tables:
        | table   | configuration       |
        | harvest | as given            |
        | soil    | tab-separated files |
        | weather | Parquet files       |
      And she is told that the registry has exactly these tables:
        | table   | configuration       |
        | harvest | as given            |
        | soil    | tab-separated files |
        | weather | Parquet files       |
      And she can see exactly these tables:
        | table   | configuration       |
        | harvest | as given            |
        | soil    | tab-separated files |
        | weather | Parquet files       |

    @TAB-7 @requires_admin @severity:critical
    Scenario: A change with a misspelled type is refused and leaves the table as it was
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
      When she changes the configuration of the table "harvest" to:
        """
        schema:
          - {name: plot, type: STRING}
          - {name: grams, type: DOUBEL}
        source: {type: quilt-packages, package_name: '^test-user/', logical_key: '\.csv$'}
        parser: {format: csv, header: true}
        """
      Then she is refused: invalid
      And the message says that the configuration is invalid
      And the table "harvest" is unchanged

    @TAB-6 @requires_admin @severity:critical
    Scenario Outline: A configuration with <flaw> is refused
      Given these tables:
        | table | configuration       |
        | soil  | tab-separated files |
      When she creates the table "harvest" with this configuration:
        """
        <schema>
        source: {type: quilt-packages, package_name: '<packages>', logical_key: '\.csv$'}
        parser: {format: <format>}
        <more>
        """
      Then she is refused: invalid
      And the message says that the configuration is invalid
      And the registry has exactly these tables:
        | table | configuration       |
        | soil  | tab-separated files |

      Examples:
        | flaw                                   | schema                                | packages     | format | more           |
        | invalid YAML                           | schema: [                             | ^test-user/  | csv    |                |
        | a column of an unknown type            | schema: [{name: grams, type: MONEY}]  | ^test-user/  | csv    |                |
        | no columns                             | schema: []                            | ^test-user/  | csv    |                |
        | no schema                              |                                       | ^test-user/  | csv    |                |
        | a column name that starts with a digit | schema: [{name: 1st, type: DOUBLE}]   | ^test-user/  | csv    |                |
        | an unknown parser                      | schema: [{name: grams, type: DOUBLE}] | ^test-user/  | excel  |                |
        | an unknown setting                     | schema: [{name: grams, type: DOUBLE}] | ^test-user/  | csv    | refresh: daily |

  Rule: Renaming or deleting a table leaves the others alone

    @TAB-8 @requires_admin @severity:critical
    Scenario: A renamed table keeps its configuration
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |
        | weather | Parquet files           |
      When she renames the table "harvest" to "yields"
      Then the registry has exactly these tables:
        | table   | configuration           |
        | yields  | CSV files with a header |
        | soil    | tab-separated files     |
        | weather | Parquet files           |
      And she is told that the registry has exactly these tables:
        | table   | configuration           |
        | yields  | CSV files with a header |
        | soil    | tab-separated files     |
        | weather | Parquet files           |

    @TAB-9 @requires_admin @severity:critical
    Scenario: A table cannot be renamed to the name of another one
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |
        | weather | Parquet files           |
      When she renames the table "harvest" to "soil"
      Then she is refused: invalid
      And the table "harvest" is unchanged
      And the registry has exactly these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |
        | weather | Parquet files           |

    @TAB-10 @requires_admin @severity:critical
    Scenario: A deleted table is gone
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |
        | weather | Parquet files           |
      When she deletes the table "harvest"
      Then the registry has exactly these tables:
        | table   | configuration       |
        | soil    | tab-separated files |
        | weather | Parquet files       |
      And she is told that the registry has exactly these tables:
        | table   | configuration       |
        | soil    | tab-separated files |
        | weather | Parquet files       |

    @TAB-11 @requires_admin @severity:normal
    Scenario: A table that does not exist cannot be deleted
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |
      When she deletes the table called "no_such_table"
      Then she is refused: not found
      And the registry has exactly these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
        | soil    | tab-separated files     |

    @TAB-8 @TAB-10 @requires_admin @severity:critical
    Scenario Outline: A table whose name differs only in capitals is kept when one is <changed>
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
      And a table "loud" over tab-separated files, whose name is that of the table "harvest" in capitals
      When she <act>
      Then the table "harvest" is unchanged

      Examples:
        | changed | act                                         |
        | renamed | renames the table "loud" to "yields"        |
        | deleted | deletes the table "loud"                    |
        | changed | sets the table "loud" to continue on errors |

  Rule: Users who may not write to a bucket cannot change its tables

    @TAB-5 @TAB-7 @TAB-8 @TAB-10 @severity:critical
    Scenario Outline: A reviewer cannot <change> a table
      Given these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
      And Lee, a reviewer, is signed in
      When Lee <act>
      Then he is refused: not allowed
      And the registry has exactly these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |

      Examples:
        | change | act                                                   |
        | create | creates the table "soil" over CSV files with a header |
        | change | sets the table "harvest" to continue on errors        |
        | rename | renames the table "harvest" to "yields"               |
        | delete | deletes the table "harvest"                           |

  Rule: A bucket that does not exist is reported by its name

    @TAB-12 @requires_admin @severity:normal
    Scenario Outline: <what> in a bucket that does not exist is refused
      When she <does so>
      Then she is refused
      And the error names "quilt-mcp-test-no-such-bucket"

      Examples:
        | what               | does so                                                                                            |
        | Listing tables     | lists the tables of the bucket called "quilt-mcp-test-no-such-bucket"                              |
        | Looking up a table | looks up the table called "harvest" in the bucket called "quilt-mcp-test-no-such-bucket"           |
        | Creating a table   | creates a table over CSV files with a header in the bucket called "quilt-mcp-test-no-such-bucket"  |
        | Renaming a table   | renames the table called "harvest" in the bucket called "quilt-mcp-test-no-such-bucket" to "soil"  |
        | Deleting a table   | deletes the table called "harvest" in the bucket called "quilt-mcp-test-no-such-bucket"            |
