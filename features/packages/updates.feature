Feature: Updating packages
  Data grow. A collaborator adds to a package that others rely on; they get a new revision, and whoever cited the old
  one still gets exactly what they cited.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: An update adds a revision and leaves the earlier ones as they were

    @UPD-1 @smoke @severity:blocker
    Scenario: Add two files to a package of five
      Given Dana has created a package from the "simple-csv" dataset
      When she adds 2 files of the "nested-structure" dataset to it
      Then the package has a new top hash and 7 files
      And the result says that the package has 7 files
      And the earlier revision still holds its 5 files

    @UPD-2 @severity:critical
    Scenario: Take two files out of a package of five
      Given Dana has created a package from the "simple-csv" dataset
      When she publishes it again without 2 of its files
      Then the package has a new top hash and 3 files
      And it holds exactly the other 3 files, byte for byte
      And the earlier revision still holds its 5 files

    @UPD-3 @severity:critical
    Scenario: Replace a file by one of the same name from elsewhere
      Given a file named "yields.csv" in S3
      And Dana has created a package from that file
      And a corrected file of the same name in another folder
      When she updates it with the corrected file
      Then the package holds the corrected file in place of the earlier one, byte for byte
      And the earlier revision still holds the file as it was
      And she downloads the corrected file from it, byte for byte

    @UPD-3 @severity:critical
    Scenario: Replace a file that was corrected where it lies
      Given a file named "yields.csv" in S3
      And Dana has created a package from that file
      And that file was corrected where it lies
      When she updates it with the corrected file
      Then the package holds the corrected file in place of the earlier one, byte for byte
      And the earlier revision still holds the file as it was

    @UPD-6 @severity:critical
    Scenario: Keep the files that an update does not touch
      Given a package of 3 files, each with metadata of its own
      When she adds the "single-file" dataset to it
      Then the package has a new top hash and 4 files
      And the files that it had keep their place, size and hash
      And the files that it had keep what was said about each

  Rule: What is said about a package is added to, and the newest word counts

    @UPD-4 @severity:critical
    Scenario: Add to the metadata of a package
      Given Dana has created a package from the "simple-csv" dataset with this metadata:
        | field   | value       |
        | project | Grain yield |
        | status  | draft       |
      When she adds the "single-file" dataset to it with this metadata:
        | field    | value |
        | status   | final |
        | reviewer | Lee   |
      Then the package has exactly this metadata:
        | field    | value       |
        | project  | Grain yield |
        | status   | final       |
        | reviewer | Lee         |

    @UPD-4 @severity:critical
    Scenario: Keep the metadata of a package when an update says nothing
      Given Dana has created a package from the "simple-csv" dataset with this metadata:
        | field   | value       |
        | project | Grain yield |
        | status  | draft       |
      When she adds the "single-file" dataset to it
      Then the package has a new top hash and 6 files
      And the package has exactly this metadata:
        | field   | value       |
        | project | Grain yield |
        | status  | draft       |

    @UPD-4 @severity:critical
    Scenario: Say something about a package about which nothing was said
      Given a package without metadata
      When she adds the "single-file" dataset to it with this metadata:
        | field  | value |
        | status | final |
      Then the package has exactly this metadata:
        | field  | value |
        | status | final |

  Rule: What cannot be done is refused, and what is left out is named

    @UPD-5 @severity:critical
    Scenario: Update a package that is not there
      When she updates the package "test-user/no-such-package"
      Then she is refused with a NotFoundError
      And the message points to creating the package
      And there is still no package "test-user/no-such-package"

    @UPD-7 @severity:critical
    Scenario Outline: Update a package with an entry that is <flaw>
      Given Dana has created a package from the "simple-csv" dataset
      When she updates it with a good file and "<entry>"
      Then she is told that "<entry>" was left out, or refused because of it

      Examples:
        | flaw                 | entry                        |
        | not an S3 URI        | https://example.org/file.csv |
        | a bucket without key | s3://quilt-mcp-test-data     |
        | a folder             | s3://quilt-mcp-test-data/v1/ |
        | an empty text        |                              |

    @UPD-7 @severity:normal
    Scenario: Update a package with a list that has a gap
      Given Dana has created a package from the "simple-csv" dataset
      When she updates it with a good file and an entry that was left out
      Then she is refused with a ValidationError
      And the package is as it was

    @UPD-7 @severity:critical
    Scenario: Update a package with a file that is not there
      Given Dana has created a package from the "simple-csv" dataset
      When she updates it with a good file and "s3://quilt-mcp-test-data/no-such-folder/file.csv"
      Then she is refused with a NotFoundError
      And the package is as it was

    @UPD-7 @severity:minor
    Scenario: Update a package with a choice of copying that is none
      Given Dana has created a package from the "simple-csv" dataset
      When she updates it so that "some" files are copied
      Then she is refused with a ValidationError
      And the package is as it was
