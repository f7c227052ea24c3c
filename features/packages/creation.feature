Feature: Creating packages
  A data scientist turns files that already lie in S3 into a package that others can find, trust and cite. What she
  publishes must be exactly what she named, under the name she gave; what cannot be published must be refused whole.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A new package holds exactly the files it was made from

    @CREA-1 @smoke @severity:blocker
    Scenario: Publish five CSV files
      Given Lee, a reviewer, is signed in
      When Dana creates a package from the "simple-csv" dataset
      Then the package holds those 5 files, byte for byte
      And the result gives its name, its top hash and 5 files
      And Lee finds it by name

    @CREA-1 @severity:normal
    Scenario: Be shown where to look at the new package
      When she creates a package from the "single-file" dataset
      Then the result gives a page of this deployment's catalog

    @CREA-2 @severity:critical
    Scenario Outline: Publish files in folders so that Quilt <choice> the folders
      When she creates a package from the "nested-structure" dataset and <choice> the folders
      Then the package holds those 50 files, byte for byte

      Examples:
        | choice   |
        | keeps    |
        | flattens |

    @CREA-3 @severity:critical
    Scenario: Say what a package is about
      When she creates a package from the "single-file" dataset with this account of it:
        | description                      | tags             |
        | Grain yields, Skåne 2026 – draft | agronomy, yields |
      Then the package has the metadata that she gave
      And she sees that description and those tags in its details

    @CREA-5 @severity:normal
    Scenario: Publish metadata before there are files
      When she creates a package without files but with metadata
      Then the package holds no files
      And the package has the metadata that she gave
      And Dana finds it by name

  Rule: What cannot be published is refused whole

    @CREA-4 @severity:critical
    Scenario: Create a package under a name that is taken
      Given Dana has created a package from the "single-file" dataset
      When she creates a package of the same name from the "simple-csv" dataset
      Then she is refused with a ValidationError
      And the message points to updating the package
      And the first package is unchanged

    @CREA-6 @severity:critical
    Scenario Outline: Create a package from an entry that is <flaw>
      When she creates a package from a good file and "<entry>"
      Then she is refused with a ValidationError
      And the error names the entry
      And no package was created

      Examples:
        | flaw                 | entry                        |
        | not an S3 URI        | https://example.org/file.csv |
        | a bucket without key | s3://quilt-mcp-test-data     |
        | an empty text        |                              |

    @CREA-6 @severity:critical
    Scenario Outline: Create a package from a <thing> that is not there
      When she creates a package from a good file and "<entry>"
      Then she is refused with a NotFoundError
      And the error names the entry
      And no package was created

      Examples:
        | thing  | entry                                            |
        | bucket | s3://quilt-mcp-test-no-such-bucket/file.csv      |
        | file   | s3://quilt-mcp-test-data/no-such-folder/file.csv |
