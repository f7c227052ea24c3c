Feature: Updating packages
  Data grows. A collaborator adds to a package that others rely on; they get a new revision, and anyone who cited the
  old one still gets exactly what they cited.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: An update adds a revision and leaves the earlier ones as they were

    @UPD-1 @smoke @severity:blocker
    Scenario: Adding files makes a new revision
      Given Dana has published a package from the "simple-csv" dataset
      When she adds 2 files of the "nested-structure" dataset to it
      Then it holds exactly the "simple-csv" dataset and 2 files of the "nested-structure" dataset, byte for byte
      And it has a new revision
      And she is told the name and the top hash of it
      And she is told that it has 7 files
      And its first revision is unchanged

    @UPD-1 @severity:critical
    Scenario: Adding a file to a package of a hundred files loses none of them
      Given a package of 101 files
      When Dana adds the "single-file" dataset to it
      Then it has 102 files
      And its first revision has 101 files

    @UPD-1 @severity:critical @slow
    Scenario: Adding a file to a package of a thousand files loses none of them
      Given a package of 1,001 files
      When Dana adds the "single-file" dataset to it
      Then it has 1,002 files
      And its first revision has 1,001 files

    @UPD-2 @severity:critical
    Scenario: Removing files leaves the others
      Given Dana has published a package with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
        | plot-3.csv | 7 rows  |
      When she removes "plot-1.csv" and "plot-3.csv" from it
      Then it holds exactly these files:
        | file       | content            |
        | plot-2.csv | as first published |
      And its first revision is unchanged

    @UPD-3 @severity:critical
    Scenario: A corrected file replaces the published one
      Given Dana has published a package with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      When she replaces "plot-2.csv" in it with a corrected file
      Then it holds exactly these files:
        | file       | content            |
        | plot-1.csv | as first published |
        | plot-2.csv | corrected          |
      And its first revision is unchanged
      And she can download "plot-2.csv" from it, byte for byte

    @UPD-3 @severity:critical
    Scenario: A file that was corrected in place replaces the published one
      Given these files in the packages bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana has published a package from that file, without folders
      And somebody has overwritten the file "yields.csv" in S3
      When she adds the file "yields.csv" to the package
      Then the package holds exactly the file "yields.csv", byte for byte
      And the first revision of the package is unchanged

    @UPD-3 @severity:critical
    Scenario: A value can be corrected with a reason, and the old value can still be seen
      Given Dana has published the package "doses" with these files, with the message "Doses of week 7":
        | file      | content              |
        | doses.csv | "patient,mg\n7,5000" |
        | sites.csv | 9 rows               |
      When she replaces "doses.csv" in it with the content "patient,mg\n7,500", with the message "Ten times too high", a second later
      Then its latest revision holds exactly these files:
        | file      | content             |
        | doses.csv | "patient,mg\n7,500" |
        | sites.csv | as first published  |
      And its first revision is unchanged
      And its first revision has the message "Doses of week 7"
      And its latest revision has the message "Ten times too high"

    @UPD-3 @severity:normal
    Scenario: A package can be brought back to what it was before a mistake
      Given Dana has published the package "cells" with these files, with "final" as its status:
        | file     | content |
        | good.csv | 12 rows |
        | old.csv  | 9 rows  |
      And she has removed "good.csv" from it, with the message "Removed the old file", a second later
      When she brings back its first revision, with the message "Took out the wrong one", a second later
      Then its first revision and its latest revision have the same files and metadata
      And its second revision is unchanged
      And it has 3 revisions
      And its latest revision has the message "Took out the wrong one"

    @UPD-3 @severity:normal
    Scenario: A wrong file can be replaced with the original
      Given these files in the packages bucket:
        | file      | content |
        | plate.csv | 12 rows |
        | soil.csv  | 9 rows  |
      And Dana has published a package from those files, without folders
      And she has replaced "plate.csv" in it with a wrong file, a second later
      When she adds the file "plate.csv" to it, with the message "Back to the first plate", a second later
      Then it holds exactly those files, byte for byte
      And its second revision is unchanged
      And it has 3 revisions

    @UPD-6 @severity:critical
    Scenario: Files that an update does not touch keep their place and their metadata
      Given a package with these files:
        | file       | content | metadata             |
        | plot-1.csv | 12 rows | sown late            |
        | plot-2.csv | 9 rows  | flooded in May       |
        | plot-3.csv | 7 rows  | harvested by machine |
      When she adds the "single-file" dataset to it
      Then it has a new revision
      And every file of the first revision is still in it, with the same place, size and hash
      And every file of the first revision is still in it, with the same metadata

  Rule: An update adds to the metadata of a package

    @UPD-4 @severity:critical
    Scenario: New metadata is merged with what is there
      Given Dana has published a package from the "simple-csv" dataset with this metadata:
        | field   | value       |
        | project | Grain yield |
        | status  | draft       |
      When she adds the "single-file" dataset to it with this metadata:
        | field    | value |
        | status   | final |
        | reviewer | Lee   |
      Then it has exactly this metadata:
        | field    | value       |
        | project  | Grain yield |
        | status   | final       |
        | reviewer | Lee         |

    @UPD-4 @severity:critical
    Scenario: An update without metadata keeps the package's own
      Given Dana has published a package from the "simple-csv" dataset with this metadata:
        | field   | value       |
        | project | Grain yield |
        | status  | draft       |
      When she adds the "single-file" dataset to it
      Then it holds exactly the "simple-csv" dataset and the "single-file" dataset, byte for byte
      And it has a new revision
      And it has exactly this metadata:
        | field   | value       |
        | project | Grain yield |
        | status  | draft       |

    @UPD-4 @severity:critical
    Scenario: A package without metadata can be given some
      Given a package without metadata and with these files:
        | file       |
        | yields.csv |
      When she adds the "single-file" dataset to it with this metadata:
        | field  | value |
        | status | final |
      Then it has exactly this metadata:
        | field  | value |
        | status | final |

  Rule: A message says what a revision is about

    @UPD-1 @severity:normal
    Scenario: Each revision keeps its own message
      Given Dana has published the package "yields" from the "simple-csv" dataset, with the message "All plots of May"
      When she adds the "single-file" dataset to it, with the message "The plot that was late", a second later
      Then its first revision has the message "All plots of May"
      And its latest revision has the message "The plot that was late"
      And it has 2 revisions

    @UPD-1 @severity:normal
    Scenario Outline: The message of an update with <care> is kept word for word
      Given Dana has published the package "yields" from the "simple-csv" dataset, with the message "All plots of May"
      When she adds the "single-file" dataset to it, with the message "<message>", a second later
      Then its latest revision has the message "<message>"
      And its first revision has the message "All plots of May"

      Examples:
        | care                  | message                                       |
        | quotes and an emoji   | The \"late\" plot, Skåne – 100 % 🌾           |
        | several lines         | The late plot\\n\\n- sown in June\\n- wet      |
        | what looks like JSON  | {\"message\": null}                           |

    @UPD-1 @severity:normal
    Scenario: Every update makes one revision
      Given Dana has published the package "yields" from the "simple-csv" dataset
      And she has added the "single-file" dataset to it, a second later
      When she adds 2 files of the "nested-structure" dataset to it, a second later
      Then it has 3 revisions
      And its first revision is unchanged

  Rule: What cannot be added is refused, and what is left out is named

    @UPD-5 @severity:critical
    Scenario: A package that does not exist cannot be updated
      When Dana adds the "single-file" dataset to the package called "test-user/no-such-package"
      Then she is refused: not found
      And the message says to create the package instead
      And the package called "test-user/no-such-package" does not exist

    @UPD-7 @severity:critical
    Scenario Outline: An entry that is <flaw> is refused or reported
      Given Dana has published a package from the "simple-csv" dataset
      When she adds these entries to it:
        | entry         |
        | (a good file) |
        | <entry>       |
      Then she is told that "<entry>" was left out, or is refused with "<entry>" named

      Examples:
        | flaw                   | entry                        |
        | not an S3 URI          | https://example.org/file.csv |
        | a bucket without a key | s3://quilt-mcp-test-data     |
        | a folder               | s3://quilt-mcp-test-data/v1/ |
        | empty                  |                              |

    @UPD-7 @severity:normal
    Scenario: A list of additions with a gap is refused
      Given Dana has published a package from the "simple-csv" dataset
      When she adds these entries to it:
        | entry         |
        | (a good file) |
        | (nothing)     |
      Then she is refused: invalid
      And the package is unchanged

    @UPD-7 @severity:critical
    Scenario: A file that does not exist cannot be added
      Given Dana has published a package from the "simple-csv" dataset
      When she adds these entries to it:
        | entry                                            |
        | (a good file)                                    |
        | s3://quilt-mcp-test-data/no-such-folder/file.csv |
      Then she is refused: not found
      And the package is unchanged

    @UPD-7 @severity:minor
    Scenario: An unknown copy option is refused
      Given Dana has published a package from the "simple-csv" dataset
      When she adds the "single-file" dataset to it, copying "some" files
      Then she is refused: invalid
      And the package is unchanged
