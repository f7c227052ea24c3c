Feature: Ten scenarios that a newcomer wrote
  Written with docs/writing-scenarios.md and docs/steps.md alone, by somebody who knows the product and no Python. They
  are not part of the suite: tests check that the guide still leads to scenarios without findings, and run them.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A colleague sees what was published, and nothing else

    @JRN-1 @severity:critical
    Scenario: A reviewer finds a package of many folders
      Given Lee, a reviewer, is signed in
      When Dana publishes a package from the "nested-structure" dataset
      Then Lee finds it
      And he can see every file of it, and no others

    @CREA-3 @severity:normal
    Scenario: A reviewer reads what a package is about
      Given Lee, a reviewer, is signed in
      When Dana publishes a package from the "single-file" dataset with this metadata:
        | field   | value       |
        | project | Grain yield |
      Then Lee finds it
      And he can see the metadata of it

    @CREA-10 @severity:critical
    Scenario: A withdrawn package is gone for everyone
      Given Lee, a reviewer, is signed in
      And these files in the packages bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana has published a package from that file
      When Dana deletes it
      Then Lee no longer finds it
      And the file "yields.csv" is still in S3

  Rule: What is published stays what it is

    @UPD-1 @severity:critical
    Scenario: A figure can be added to a finished package
      Given Dana has published the package "yields" from the "simple-csv" dataset
      When she adds the "single-file" dataset to it
      Then it holds exactly the "simple-csv" dataset and the "single-file" dataset, byte for byte
      And the first revision of the package "yields" is unchanged

    @CREA-1 @severity:normal
    Scenario: A table can have a Swedish name
      When Dana publishes a package with these files:
        | file                       | content |
        | skörd åren 2024–2026.csv   | 3 rows  |
      Then it holds exactly these files:
        | file                       | content |
        | skörd åren 2024–2026.csv   | 3 rows  |

    @CREA-4 @severity:normal
    Scenario: A second package of one name is refused
      Given Dana has published a package from the "single-file" dataset
      When she publishes it from the "mixed-formats" dataset
      Then she is refused: invalid
      And the package is unchanged

  Rule: The reference packages can be relied on

    @DISC-4 @severity:normal
    Scenario Outline: The <name> reference package has details
      When Dana asks for the details of the package "test-user/<name>"
      Then she sees the name, registry and bucket of the package

      Examples:
        | name          |
        | simple-csv    |
        | metadata-rich |

    @DISC-4 @severity:normal
    Scenario: A reference package can be cited by its top hash
      When Dana asks for the details of the package "test-user/versioned-data"
      Then she sees the top hash of the package
      And she sees when the package was last changed, in ISO 8601

  Rule: Anyone who may not, learns why

    @AUTH-6 @multiuser_mode @severity:critical
    Scenario: A token that somebody changed is refused
      Given Lee, a reviewer, has a token that is tampered with
      When Lee searches for "simple-csv"
      Then he is refused: not signed in
      And the message shows no secret

    @DISC-4 @severity:normal
    Scenario: A package that was never there is reported as such
      When Dana asks for the details of the package called "test-user/never-there"
      Then she is refused: not found
      And the error names "test-user/never-there"
