Feature: Both modes agree
  Some people use Quilt on their own computer, some through a shared server, and all of them look at the same packages.
  A developer who serves both must be able to rely on one thing: it makes no difference which of the two a package
  was made in. Each scenario runs twice; "the other mode" is the one in which it does not run.

  Background:
    Given Dana, a data scientist, is signed in
    And Dana in the other mode is signed in as well

  Rule: A package made in one mode is the same in the other

    @CREA-11 @severity:critical
    Scenario: The same files make the same package in both modes
      When Dana publishes the package "here" from the "simple-csv" dataset
      And Dana in the other mode publishes the package "there" from the "simple-csv" dataset
      Then the package "here" and the package "there" have the same files, metadata and top hash

    @CREA-11 @severity:critical
    Scenario: The same files and metadata make the same package in both modes
      When Dana publishes the package "here" from the "simple-csv" dataset with this metadata:
        | field       | value                     |
        | description | Yields of all plots, 2026 |
        | tags        | agronomy, yields          |
      And Dana in the other mode publishes the package "there" from the "simple-csv" dataset with this metadata:
        | field       | value                     |
        | description | Yields of all plots, 2026 |
        | tags        | agronomy, yields          |
      Then the package "here" and the package "there" have the same files, metadata and top hash

    @CREA-11 @severity:critical
    Scenario: Both modes report the same top hash
      When Dana publishes a package from the "simple-csv" dataset with this metadata:
        | field   | value       |
        | project | Grain yield |
      Then Dana is told the name and the top hash of the package
      And Dana in the other mode can see the top hash of the package

    @CREA-11 @severity:critical
    Scenario: A package published in one mode can be updated in the other
      Given Dana has published a package from the "simple-csv" dataset
      When Dana in the other mode adds 2 files of the "nested-structure" dataset to it
      Then it holds exactly the "simple-csv" dataset and 2 files of the "nested-structure" dataset, byte for byte
      And it has a new revision
      And its first revision is unchanged

    @JRN-5 @journey @severity:critical
    Scenario: Dana publishes in one mode and works in the other
      When Dana publishes a package from the "nested-structure" dataset with this metadata:
        | field       | value                     |
        | description | Yields of all plots, 2026 |
        | tags        | agronomy, yields          |
      Then Dana in the other mode finds the package
      And Dana in the other mode can see every file of the package, and no others
      And Dana in the other mode can see the metadata of the package
      And Dana in the other mode can download every file from the package, byte for byte
