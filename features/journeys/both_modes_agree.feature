Feature: Both modes agree
  Some people use Quilt at their own machine, some through a shared server, and all of them look at the same packages. A
  developer who serves both must be able to rely on one thing: it makes no difference through which of the two a package
  was made. Each scenario runs twice; "the other mode" is the one in which it does not run.

  Background:
    Given Dana, a data scientist, is signed in
    And Dana in the other mode is signed in, too

  Rule: A package made in one mode is the same in the other

    @CREA-11 @severity:critical
    Scenario: Publish the same files in both modes
      When Dana creates a package from the "simple-csv" dataset
      And Dana in the other mode publishes the "simple-csv" dataset once more, in the same words
      Then both packages have the same files, metadata and top hash

    @CREA-11 @severity:critical
    Scenario: Publish the same files with the same metadata in both modes
      When Dana creates a package from the "simple-csv" dataset with metadata
      And Dana in the other mode publishes the "simple-csv" dataset once more, in the same words
      Then both packages have the same files, metadata and top hash

    @CREA-11 @severity:critical
    Scenario: Ask in one mode for what was published in the other
      When Dana creates a package from the "simple-csv" dataset with metadata
      Then Dana in the other mode is told the same top hash

    @CREA-11 @severity:critical
    Scenario: Update in one mode what was published in the other
      Given Dana has created a package from the "simple-csv" dataset
      When Dana in the other mode adds 2 files of the "nested-structure" dataset to it
      Then the package has a new top hash and 7 files
      And the earlier revision still holds its 5 files

    @JRN-5 @journey @severity:critical
    Scenario: Publish in one mode and work with it in the other
      When Dana creates a package from the "nested-structure" dataset with metadata
      Then Dana in the other mode finds it by name
      And Dana in the other mode sees the same 50 files that Dana published
      And Dana in the other mode reads the metadata that Dana gave
      And what Dana in the other mode downloads is what Dana published, byte for byte
