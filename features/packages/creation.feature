Feature: Creating packages
  A data scientist turns files in S3 into a package that others can find, trust and cite. What she publishes must be
  exactly what she named, under the name she gave; what cannot be published must be refused as a whole.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A new package holds exactly the files it was made from

    @CREA-1 @smoke @severity:blocker
    Scenario: A published dataset is complete and can be found
      Given Lee, a reviewer, is signed in
      When Dana publishes a package from the "simple-csv" dataset
      Then the package holds exactly the "simple-csv" dataset, byte for byte
      And Dana is told the name and the top hash of the package
      And Dana is told that the package has 5 files
      And Lee finds it

    @CREA-1 @severity:normal
    Scenario: The publisher is given the catalog page of the new package
      When Dana publishes a package from the "single-file" dataset
      Then she is given the catalog page of the package

    @CREA-2 @severity:critical
    Scenario Outline: A package is published <choice> folders
      When Dana publishes a package from the "nested-structure" dataset, <choice> folders
      Then the package holds exactly the "nested-structure" dataset, byte for byte

      Examples:
        | choice  |
        | keeping |
        | without |

    @CREA-3 @severity:critical
    Scenario: A description and tags are kept
      When Dana publishes a package from the "single-file" dataset with this metadata:
        | field       | value                            |
        | description | Grain yields, Skåne 2026 – draft |
        | tags        | agronomy, yields                 |
      Then the package has exactly this metadata:
        | field       | value                            |
        | description | Grain yields, Skåne 2026 – draft |
        | tags        | agronomy, yields                 |
      And she can see the description and the tags of the package

    @CREA-1 @severity:normal
    Scenario Outline: A message with <care> is kept word for word
      When Dana publishes a package from the "single-file" dataset, with the message "<message>"
      Then the package has the message "<message>"
      And the package has 1 revision

      Examples:
        | care                  | message                                       |
        | quotes and an emoji   | Grain yields, \"Skåne\" – 100 % 🌾            |
        | several lines         | Grain yields\\n\\n- plots of May\\n- no stubble |
        | several scripts       | Урожай 収量 غلة                                |
        | what looks like a tag | <b>Grain</b> & ${yield} {{0}}                 |
        | what looks like JSON  | {\"message\": null}                           |

    @CREA-5 @severity:normal
    Scenario: Metadata can be published before there are files
      When Dana publishes a package from no files with this metadata:
        | field   | value       |
        | project | Grain yield |
      Then the package holds exactly the "empty-package" dataset, byte for byte
      And the package has exactly this metadata:
        | field   | value       |
        | project | Grain yield |
      And Dana finds it

    @CREA-1 @severity:critical
    Scenario Outline: A file whose name has <care> can be published
      When Dana publishes a package with these files:
        | file   | content |
        | <name> | 3 rows  |
      Then the package holds exactly these files:
        | file   | content |
        | <name> | 3 rows  |

      Examples:
        | care               | name           |
        | spaces             | two words.txt  |
        | umlauts            | Größe.txt      |
        | a plus sign        | a+b.txt        |
        | a percent sign     | 100%25.txt     |
        | a hash sign        | take#2.txt     |
        | a question mark    | why?.txt       |
        | leading dots       | ..hidden...txt |
        | Chinese characters | 数据.txt         |
        | an emoji           | 🧪.txt          |

    @CREA-1 @severity:critical
    Scenario: A file is not confused with a neighbor of a similar name
      Given these files in the packages bucket:
        | file       | content        |
        | 100%25.txt | "asked for"    |
        | 100%.txt   | "not asked for" |
      When Dana publishes a package from the file "100%25.txt", without folders
      Then the package holds exactly these files:
        | file       | content     |
        | 100%25.txt | "asked for" |

    @CREA-1 @severity:normal
    Scenario: A file whose name is as long as S3 allows can be published
      Given a file in the packages bucket whose name is 960 letters long
      When Dana publishes a package from that file, without folders
      Then the package holds exactly that file, byte for byte

    @CREA-1 @severity:normal
    Scenario: A file that is named twice is published once
      When Dana publishes a package from 2 files of the "simple-csv" dataset, naming one of them twice
      Then the package holds exactly 2 files of the "simple-csv" dataset, byte for byte
      And she is told that the package has 2 files

    @CREA-1 @severity:normal
    Scenario: A file can be published by its exact version
      Given these files in the packages bucket:
        | file       | content |
        | yields.csv | 12 rows |
      When Dana publishes a package from that file, by its exact version
      Then the package holds exactly that file, byte for byte

  Rule: No file is lost silently

    @CREA-9 @severity:critical
    Scenario: Files of the same name in different folders are all kept, or the publication is refused
      Given these files in the packages bucket:
        | file             | content |
        | north/yields.csv | 12 rows |
        | south/yields.csv | 9 rows  |
      When Dana publishes a package from those files, without folders
      Then she is refused, or the package holds all of those files

    @CREA-9 @severity:critical
    Scenario: Files of the same name in two buckets are both kept, or the publication is refused
      Given these files in the packages bucket:
        | file  | content | path       |
        | north | 12 rows | yields.csv |
      And these files in the scratch bucket:
        | file  | content | path       |
        | south | 9 rows  | yields.csv |
      When Dana publishes a package from those files
      Then she is refused, or the package holds all of those files

    @CREA-9 @severity:normal
    Scenario: A file and a folder of the same name are both kept, or the publication is refused
      Given these files in the packages bucket:
        | file            | content |
        | yields/2026.csv | 12 rows |
        | yields          | 9 rows  |
      When Dana publishes a package from those files
      Then she is refused, or the package holds all of those files

  Rule: What cannot be published is refused as a whole

    @CREA-4 @severity:critical
    Scenario: A package cannot be created under a name that is taken
      Given Dana has published a package from the "single-file" dataset
      When she publishes it from the "simple-csv" dataset
      Then she is refused: invalid
      And the message says to update the package instead
      And the package is unchanged

    @CREA-6 @severity:critical
    Scenario Outline: An entry that is <flaw> is refused
      When Dana publishes a package from these entries:
        | entry         |
        | (a good file) |
        | <entry>       |
      Then she is refused: invalid
      And the error names "<entry>"
      And the package does not exist

      Examples:
        | flaw                   | entry                        |
        | not an S3 URI          | https://example.org/file.csv |
        | a bucket without a key | s3://quilt-mcp-test-data     |
        | empty                  |                              |
        | a key without a bucket | s3:///file.csv               |
        | a URI in capitals      | S3://QUILT-MCP-TEST-DATA/A   |
        | a folder               | s3://quilt-mcp-test-data/v1/ |

    @CREA-6 @severity:critical
    Scenario Outline: A <thing> that does not exist cannot be published
      When Dana publishes a package from these entries:
        | entry         |
        | (a good file) |
        | <entry>       |
      Then she is refused: not found
      And the error names "<entry>"
      And the package does not exist

      Examples:
        | thing  | entry                                            |
        | bucket | s3://quilt-mcp-test-no-such-bucket/file.csv      |
        | file   | s3://quilt-mcp-test-data/no-such-folder/file.csv |

    @CREA-6 @severity:normal
    Scenario: A list of files with a gap is refused
      When Dana publishes a package from these entries:
        | entry         |
        | (a good file) |
        | (nothing)     |
      Then she is refused: invalid
      And the package does not exist

    @CREA-6 @severity:critical
    Scenario: A version that does not exist cannot be published
      When Dana publishes a package from these entries:
        | entry                                                            |
        | s3://quilt-mcp-test-data/single-file/v1/data.csv?versionId=none |
      Then she is refused: not found
      And the package does not exist

    @CREA-6 @severity:critical
    Scenario: A file whose path climbs out of its folder is refused
      Given these files in the packages bucket:
        | file                      |
        | reports/../../secrets.csv |
      When Dana publishes a package from that file
      Then she is refused: invalid
      And the package does not exist

    @CREA-6 @severity:critical
    Scenario: Nobody can publish a file that they may not read
      Given these files in the restricted bucket:
        | file       |
        | hidden.csv |
      When Dana publishes a package from that file
      Then she is refused: not allowed
      And the package does not exist
      And she does not find it

    @CREA-6 @severity:normal
    Scenario Outline: A package name with <flaw> is refused
      When Dana publishes the package called "<name>" from the "single-file" dataset
      Then she is refused: invalid
      And the error names the field "package_name"
      And it does not exist

      Examples:
        | flaw                 | name                 |
        | no slash             | simple-csv           |
        | two slashes          | test-user/simple/csv |
        | nothing in it        |                      |
        | spaces               | test user/simple csv |
        | two dots as its user | ../outside           |
        | a dot                | test-user/v1.0       |

  Rule: A bucket's own requirements are met, or the publication is refused

    @CREA-3 @exclusive @severity:critical
    Scenario: A package without the required metadata is refused
      Given the packages bucket requires this metadata of every package:
        | field   |
        | project |
      When Dana publishes a package from the "single-file" dataset
      Then she is refused: invalid or the service failed
      And the message names "project"
      And the package does not exist

    @CREA-3 @exclusive @severity:critical
    Scenario: A package whose metadata has a value that the bucket does not allow is refused
      Given the packages bucket requires this metadata of every package:
        | field   | allowed values       |
        | project | Oncology, Immunology |
      When Dana publishes a package from the "single-file" dataset with this metadata:
        | field   | value   |
        | project | Onclogy |
      Then she is refused: invalid or the service failed
      And the message names "Onclogy"
      And the package does not exist

    @CREA-3 @exclusive @severity:normal
    Scenario: A package whose name breaks the bucket's convention is refused
      Given the packages bucket requires that package names begin with "assay"
      When Dana publishes the package "yields" from the "single-file" dataset
      Then she is refused: invalid or the service failed
      And the package does not exist

    @CREA-3 @exclusive @severity:normal
    Scenario: A package whose name follows the bucket's convention is published
      Given the packages bucket requires that package names begin with "assay"
      When Dana publishes the package "assay" from the "single-file" dataset
      Then the package holds exactly the "single-file" dataset, byte for byte

    @CREA-3 @exclusive @severity:normal
    Scenario: A package without the required file is refused
      Given the packages bucket requires a file "README.md" in every package
      When Dana publishes the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      Then she is refused: invalid or the service failed
      And the package does not exist

    @CREA-3 @exclusive @severity:normal
    Scenario: A package that follows several rules of its bucket is published
      Given the packages bucket requires a file "README.md" in every package
      And the packages bucket requires this metadata of every package:
        | field |
        | study |
      And the packages bucket requires that package names begin with "yields"
      When Dana publishes the package "yields" with these files, with "ST-17" as its study:
        | file       | content       |
        | yields.csv | 12 rows       |
        | README.md  | "How we weigh" |
      Then the package has exactly this metadata:
        | field | value |
        | study | ST-17 |
      And the package holds exactly these files:
        | file       | content            |
        | yields.csv | as first published |
        | README.md  | as first published |

    @CREA-3 @exclusive @severity:critical
    Scenario: A package with the required metadata is published
      Given the packages bucket requires this metadata of every package:
        | field   |
        | project |
      When Dana publishes a package from the "single-file" dataset with this metadata:
        | field   | value       |
        | project | Grain yield |
      Then the package holds exactly the "single-file" dataset, byte for byte
      And the package has exactly this metadata:
        | field   | value       |
        | project | Grain yield |
