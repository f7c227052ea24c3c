Feature: Copying files or referring to them
  A package can refer to files where they are, which costs nothing, or have copies of its own, which nobody can take
  away. The publisher chooses; either way the package must keep holding what was published.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A reference points to the exact version that was published

    @CREA-8 @severity:critical
    Scenario: Files stay where they are unless a copy is asked for
      When Dana publishes a package from the "simple-csv" dataset
      Then every file of the package is the exact version that was published, and none was copied

    @CREA-8 @UPD-1 @severity:critical
    Scenario: Files that are added stay where they are unless a copy is asked for
      Given Dana has published a package from the "single-file" dataset
      When she adds the "simple-csv" dataset to it
      Then every file of the package is the exact version that was published, and none was copied

    @CREA-8 @severity:critical
    Scenario: A package keeps what was published when its file is overwritten
      Given these files in the packages bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana has published a package from that file
      When somebody overwrites the file "yields.csv" in S3
      Then the package is unchanged

    @CREA-8 @CONT-4 @severity:critical
    Scenario: A download gives what was published even after its file was overwritten
      Given these files in the packages bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana has published a package from that file
      When somebody overwrites the file "yields.csv" in S3
      Then Dana can download every file from the package, byte for byte

  Rule: A copy does not depend on its source

    @CREA-8 @severity:critical
    Scenario: A copied package survives the deletion of its source files
      Given these files in the scratch bucket:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
        | plot-3.csv | 7 rows  |
      When Dana publishes a package from those files, copying every file
      And somebody deletes those files from S3
      Then every file of the package is in the packages bucket
      And the package is unchanged

    @CREA-8 @exclusive @severity:critical
    Scenario: Files can be copied into a registry that has workflows of its own
      Given the packages bucket has a workflow that allows promotion within it
      And these files in the scratch bucket:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      When Dana publishes a package from those files, copying every file, with the message "Plots of \"May\""
      And somebody deletes those files from S3
      Then every file of the package is in the packages bucket
      And the package is unchanged
      And the package has the message "Plots of \"May\""

    @CREA-8 @UPD-2 @exclusive @severity:critical
    Scenario: A package whose files are copied can be published again
      Given the packages bucket has a workflow that allows promotion within it
      And Dana has published the package "yields" with these files, copying every file:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      When she removes "plot-2.csv" from it, copying every file, a second later
      Then it holds exactly the file "plot-1.csv", byte for byte
      And its first revision is unchanged
      And it has 2 revisions

    @CREA-8 @exclusive @severity:normal
    Scenario: A copy has the same files and metadata as its original
      Given the packages bucket has a workflow that allows promotion within it
      When Dana publishes the package "original" from the "simple-csv" dataset, with this metadata:
        | field   | value       |
        | project | Grain yield |
      And Dana publishes the package "copy" from the "simple-csv" dataset, copying every file, with this metadata:
        | field   | value       |
        | project | Grain yield |
      Then the package "original" and the package "copy" have the same files and metadata
      And every file of the package "copy" is in the packages bucket

  Rule: Nobody gets bytes other than those published, even from a bucket without versions

    @CREA-8 @CONT-4 @embedded_only @exclusive @severity:critical
    Scenario: A package of files in a bucket without versions can be published and downloaded
      Given the scratch bucket has stopped keeping versions
      And these files in the scratch bucket:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      When Dana publishes a package from those files
      Then the package holds exactly those files, byte for byte
      And she can download every file from it, byte for byte

    @CREA-8 @CONT-4 @embedded_only @exclusive @severity:critical
    Scenario: Copies outlive their files in a bucket without versions
      Given the scratch bucket has stopped keeping versions
      And the packages bucket has a workflow that allows promotion within it
      And these files in the scratch bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana has published a package from that file, copying every file
      When somebody overwrites the file "yields.csv" in S3
      Then the package is unchanged
      And she can download every file from the package, byte for byte

    @CREA-8 @CONT-4 @embedded_only @exclusive @severity:critical
    Scenario: A published file that is lost is not replaced by the one that overwrote it
      Given the scratch bucket has stopped keeping versions
      And these files in the scratch bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana has published a package from that file
      When somebody overwrites the file "yields.csv" in S3
      And Dana downloads "yields.csv" from the package
      Then she is refused: not found or invalid, or gets "yields.csv" of the package, byte for byte

    @UPD-3 @embedded_only @exclusive @severity:normal
    Scenario: A file that was corrected in a bucket without versions can be published again
      Given the scratch bucket has stopped keeping versions
      And these files in the scratch bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana has published a package from that file, without folders
      And somebody has overwritten the file "yields.csv" in S3
      When she adds the file "yields.csv" to the package
      Then the package holds exactly the file "yields.csv", byte for byte

  Rule: A package can be passed on to another bucket

    @CREA-8 @severity:critical
    Scenario Outline: A package passed on to a partner's bucket <how> holds the same content
      Given Dana has published the package "yields" from the "simple-csv" dataset with this metadata:
        | field   | value       |
        | project | Grain yield |
      When Dana copies the package "yields" to the remote bucket as the package "partner"<choice>
      Then the package "yields" and the package "partner" have the same files and metadata
      And every file of the package "partner" is in the <bucket> bucket
      And the package "yields" is unchanged

      Examples:
        | how                    | choice               | bucket |
        | with copies of its own | , copying every file | remote |
        | without copies         |                      | data   |

    @CREA-8 @severity:critical
    Scenario: A package in two buckets is updated in only one of them
      Given Dana has published the package "yields" from the "simple-csv" dataset
      When Dana copies it to the remote bucket
      And she adds the "single-file" dataset to the package "yields" in the remote bucket, a second later
      Then the package "yields" in the remote bucket holds exactly the "simple-csv" dataset and the "single-file" dataset, byte for byte
      And the package "yields" in the packages bucket holds exactly the "simple-csv" dataset, byte for byte
      And Dana finds the package "yields" in the remote bucket

    @CREA-8 @exclusive @severity:critical
    Scenario: A package passed on to a bucket whose workflow allows it has files of its own there
      Given the remote bucket has a workflow that allows promotion within it
      And Dana has published the package "yields" with these files, with "wheat" as its crop:
        | file       | content |
        | plot-1.csv | 12 rows |
      When Dana copies it to the remote bucket, copying every file, with "final" as its status
      Then every file of the package "yields" in the remote bucket is in the remote bucket
      And the package "yields" in the remote bucket has exactly this metadata:
        | field  | value |
        | crop   | wheat |
        | status | final |

  Rule: Size is no obstacle

    @CREA-7 @slow @large @severity:normal
    Scenario: Half a gigabyte can be published without copying it
      When Dana publishes a package from the "large-package" dataset
      Then it took less than 60 s and less than 500 MB of memory
      And the package holds exactly the "large-package" dataset, byte for byte

    @CREA-7 @slow @large @severity:normal
    Scenario: Half a gigabyte can be copied
      When Dana publishes a package from the "large-package" dataset, copying every file
      Then it took less than 120 s and less than 500 MB of memory
      And every file of the package is in the packages bucket
      And the package holds exactly the "large-package" dataset, byte for byte
