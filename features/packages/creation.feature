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

    @CREA-1 @severity:critical
    Scenario Outline: Publish a file whose name has <care>
      Given a file named "<name>" in S3
      When she creates a package from that file without its folders
      Then the package holds that file under its own name, byte for byte

      Examples:
        | care                   | name           |
        | spaces                 | two words.txt  |
        | umlauts                | Größe.txt      |
        | a plus sign            | a+b.txt        |
        | a percent sign         | 100%25.txt     |
        | a hash sign            | take#2.txt     |
        | a question mark        | why?.txt       |
        | dots as for the parent | ..hidden...txt |
        | Chinese characters     | 数据.txt       |
        | an emoji               | 🧪.txt         |

    @CREA-1 @severity:critical
    Scenario: Publish a file that has a neighbour of a similar name
      Given a file named "100%25.txt" in S3
      And a file named "100%.txt" with other content beside it
      When she creates a package from that file without its folders
      Then the package holds that file under its own name, byte for byte

    @CREA-1 @severity:normal
    Scenario: Publish a file whose name is as long as S3 allows
      Given a file in S3 whose name is 960 letters long
      When she creates a package from that file without its folders
      Then the package holds that file under its own name, byte for byte

    @CREA-1 @severity:normal
    Scenario: Name the same file twice
      When she creates a package from 2 files of the "simple-csv" dataset, one of them twice
      Then the package holds those 2 files, byte for byte
      And the result gives its name, its top hash and 2 files

    @CREA-1 @severity:normal
    Scenario: Publish a file by its very version
      Given a file named "yields.csv" in S3
      When she creates a package from that very version of the file
      Then the package holds that file under its own name, byte for byte

  Rule: No file is lost without a word

    @CREA-9 @severity:critical
    Scenario: Flatten folders in which files have the same name
      Given two files that share a name and lie in different folders
      When she creates a package from those files without their folders
      Then either it is refused whole, or the package holds both files

    @CREA-9 @severity:critical
    Scenario: Publish files of the same name from two buckets
      Given two files that share a name and lie in different buckets
      When she creates a package from those files
      Then either it is refused whole, or the package holds both files

    @CREA-9 @severity:normal
    Scenario: Publish a file and another one that lies in a folder of its name
      Given a file in S3 and another one under that file's name as its folder
      When she creates a package from those files
      Then either it is refused whole, or the package holds both files

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
        | a key without bucket | s3:///file.csv               |
        | an URI in capitals   | S3://QUILT-MCP-TEST-DATA/A   |
        | a folder             | s3://quilt-mcp-test-data/v1/ |

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

    @CREA-6 @severity:normal
    Scenario: Create a package from a list with a gap
      When she creates a package from a good file and an entry that was left out
      Then she is refused with a ValidationError
      And no package was created

    @CREA-6 @severity:critical
    Scenario: Create a package from a version that is not there
      When she creates a package from a good file and "s3://quilt-mcp-test-data/single-file/v1/data.csv?versionId=none"
      Then she is refused with a NotFoundError
      And no package was created

    @CREA-6 @severity:critical
    Scenario: Create a package from a file whose path climbs out of its folder
      Given a file in S3 whose path is "reports/../../secrets.csv"
      When she creates a package from that file
      Then she is refused with a ValidationError
      And no package was created

    @CREA-6 @severity:critical
    Scenario: Create a package from a file that is hidden from her
      Given a file in S3 that is hidden from her
      When she creates a package from that file
      Then she is refused with a PermissionError
      And no package was created

    @CREA-6 @severity:normal
    Scenario Outline: Create a package under a name with <flaw>
      When she creates a package under the name "<name>"
      Then she is refused with a ValidationError
      And the error names the field "package_name"
      And no package was created

      Examples:
        | flaw                   | name                 |
        | no slash               | simple-csv           |
        | two slashes            | test-user/simple/csv |
        | nothing in it          |                      |
        | spaces                 | test user/simple csv |
        | the parent as its user | ../outside           |
        | a dot                  | test-user/v1.0       |
