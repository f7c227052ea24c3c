Feature: Comparing packages
  Before people switch to a newer revision they want to know what changed: which files are new, which are gone, and
  which only look the same.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A comparison names every file that differs, and no other

    @DIFF-1 @smoke @severity:critical
    Scenario: Two revisions of a package are compared
      When Dana compares the previous revision of the package "test-user/versioned-data" with its latest revision
      Then she sees exactly these changes:
        | change   | file           |
        | added    | data/file4.csv |
        | modified | data/file1.csv |

    @DIFF-2 @severity:normal
    Scenario: Packages that have nothing in common differ in every file
      When Dana compares the package "test-user/simple-csv" with the package "test-user/nested-structure"
      Then she sees every file of the package "test-user/simple-csv" as deleted
      And she sees every file of the package "test-user/nested-structure" as added
      And she sees no files as modified

    @DIFF-3 @severity:normal
    Scenario: A package does not differ from itself
      When Dana compares the package "test-user/simple-csv" with the package "test-user/simple-csv"
      Then she sees no files as added, deleted or modified

    @DIFF-5 @severity:critical
    Scenario: A file with the same name and size but different content counts as changed
      Given the package "before" with these files:
        | file       | content  |
        | yields.csv | "1, 6.2" |
      And the package "after" with these files:
        | file       | content  |
        | yields.csv | "1, 6.3" |
      When Dana compares the package "before" with the package "after"
      Then she sees exactly these changes:
        | change   | file       |
        | modified | yields.csv |

    @DIFF-1 @severity:critical
    Scenario: A comparison shows what is new, what is gone, what changed and what is the same
      Given the package "before" with these files:
        | file            | content  |
        | north/plot.csv  | "1, 6.2" |
        | north/soil.csv  | "clay"   |
        | south/plot.csv  | "2, 5.9" |
        | south/soil.csv  | "sand"   |
        | README.txt      | "May"    |
      And the package "after" with these files:
        | file            | content  |
        | north/plot.csv  | "1, 6.3" |
        | north/soil.csv  | "clay"   |
        | south/plots.csv | "2, 5.9" |
        | south/soil.csv  | "loam"   |
        | README.txt      | "May"    |
        | LICENSE         | "CC0"    |
      When Dana compares the package "before" with the package "after"
      Then she sees exactly these changes:
        | change   | file            |
        | added    | LICENSE         |
        | added    | south/plots.csv |
        | deleted  | south/plot.csv  |
        | modified | north/plot.csv  |
        | modified | south/soil.csv  |

    @DIFF-1 @severity:normal
    Scenario: Files do not count as changed if only their location or the package's metadata differs
      Given Dana has published the package "before" with these files:
        | file       | content  |
        | yields.csv | "1, 6.2" |
      And the package "after" with these files:
        | file       | content  |
        | yields.csv | "1, 6.2" |
      When Dana compares the package "before" with the package "after"
      Then she sees no files as added, deleted or modified

    @DIFF-1 @severity:normal
    Scenario: A file with different metadata counts as changed
      Given the package "before" with these files:
        | file       | content  | metadata  |
        | yields.csv | "1, 6.2" | sown late |
        | soil.csv   | "clay"   | dry       |
      And the package "after" with these files:
        | file       | content  | metadata   |
        | yields.csv | "1, 6.2" | sown early |
        | soil.csv   | "clay"   | dry        |
      When Dana compares the package "before" with the package "after"
      Then she sees exactly these changes:
        | change   | file       |
        | modified | yields.csv |

  Rule: A revision that does not exist cannot be compared

    @DIFF-4 @severity:normal
    Scenario Outline: A comparison with <what> is refused
      When Dana compares the package "test-user/simple-csv" with its revision "<hash>"
      Then she is refused: invalid or not found
      And the error names "<hash>"

      Examples:
        | what                              | hash                                                             |
        | a top hash that does not exist    | 0000000000000000000000000000000000000000000000000000000000000000 |
        | the beginning of such a top hash  | 00000000                                                         |
        | a word                            | yesterday                                                        |
        | a path                            | ../../packages                                                   |
