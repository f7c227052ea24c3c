Feature: Comparing packages
  Before someone switches to a newer revision they want to know what changed: which files came, which went, and which
  only look the same.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A comparison names every file that differs, and no other

    @DIFF-1 @smoke @severity:critical
    Scenario: Compare two revisions of a package
      When she compares the two revisions of "test-user/versioned-data"
      Then the comparison says exactly:
        | change   | files          |
        | added    | data/file4.csv |
        | modified | data/file1.csv |

    @DIFF-2 @severity:normal
    Scenario: Compare two packages that have nothing in common
      When she compares "test-user/simple-csv" with "test-user/nested-structure"
      Then all files of "test-user/simple-csv" are named as deleted
      And all files of "test-user/nested-structure" are named as added
      And no file is named as modified

    @DIFF-3 @severity:normal
    Scenario: Compare a package with itself
      When she compares "test-user/simple-csv" with "test-user/simple-csv"
      Then the comparison finds no difference

    @DIFF-5 @severity:critical
    Scenario: Compare packages whose file differs in nothing but its content
      Given two packages whose file has the same name and size but other content
      When she compares those two packages
      Then the comparison says exactly:
        | change   | files      |
        | modified | yields.csv |

  Rule: A revision that is not there is not compared

    @DIFF-4 @severity:normal
    Scenario Outline: Compare with <what>
      When she compares "test-user/simple-csv" with its revision "<hash>"
      Then she is refused with a ValidationError or a NotFoundError
      And the error names "<hash>"

      Examples:
        | what                         | hash                                                             |
        | a hash that is not there     | 0000000000000000000000000000000000000000000000000000000000000000 |
        | the beginning of such a hash | 00000000                                                         |
        | a word                       | yesterday                                                        |
        | a path                       | ../../packages                                                   |
