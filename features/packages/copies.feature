Feature: Copying files or referring to them
  A package can refer to files where they lie, which costs nothing, or have copies of its own, which nobody can take
  away. Whoever publishes chooses; either way the package must go on holding what was published.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A reference points to the very version that was published

    @CREA-8 @severity:critical
    Scenario: Refer to files where they lie
      When she creates a package from the "simple-csv" dataset
      Then every file of the package is the very version that lies in S3
      And nothing was copied into the registry's bucket

    @CREA-8 @severity:critical
    Scenario: Keep what was published when its file is overwritten
      Given a file named "yields.csv" in S3
      When she creates a package from that file
      And the owner of that file writes something else in its place
      Then the package holds that file under its own name, byte for byte

    @CREA-8 @CONT-4 @severity:critical
    Scenario: Download what was published after its file was overwritten
      Given a file named "yields.csv" in S3
      When she creates a package from that file
      And the owner of that file writes something else in its place
      Then what she downloads is what Dana published, byte for byte

  Rule: A copy depends on nobody

    @CREA-8 @severity:critical
    Scenario: Have files copied into the registry
      Given 3 files that will not stay where they are
      When she creates a package from those files and has them copied
      And the owner of those files deletes them
      Then every file of the package lies in the registry's bucket
      And the package holds those 3 files, byte for byte

    @CREA-8 @exclusive @severity:critical
    Scenario: Have files copied into a registry that has rules of its own
      Given the registry's rules let packages be promoted within it
      And 3 files that will not stay where they are
      When she creates a package from those files and has them copied
      And the owner of those files deletes them
      Then every file of the package lies in the registry's bucket
      And the package holds those 3 files, byte for byte

  Rule: Size is no obstacle

    @CREA-7 @slow @large @severity:normal
    Scenario: Publish half a gigabyte where it lies
      When she creates a package from the large "large-package" dataset
      Then it took less than 60 s and less than 500 MB of memory
      And the package holds those 100 files, byte for byte

    @CREA-7 @slow @large @severity:normal
    Scenario: Have half a gigabyte copied
      When she creates a package from the large "large-package" dataset and has it copied
      Then it took less than 120 s and less than 500 MB of memory
      And every file of the package lies in the registry's bucket
      And the package holds those 100 files, byte for byte
