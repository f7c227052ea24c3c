Feature: Ten scenarios that a newcomer wrote
  Written with docs/writing-scenarios.md and docs/steps.md alone, by somebody who knows the product and no Python. They
  are not part of the suite: tests check that the guide still leads to scenarios without findings, and run them.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A colleague sees what was published, and nothing else

    @JRN-1 @severity:critical
    Scenario: A reviewer finds a package of many folders
      Given Lee, a reviewer, is signed in
      When Dana creates a package from the "nested-structure" dataset
      Then Lee finds it by name
      And he sees the same 50 files that Dana published

    @CREA-3 @severity:normal
    Scenario: A reviewer reads what a package is about
      Given Lee, a reviewer, is signed in
      When Dana creates a package from the "single-file" dataset with metadata
      Then Lee finds it by name
      And he reads the metadata that Dana gave

    @CREA-10 @severity:critical
    Scenario: A withdrawn package is gone for everybody
      Given Lee, a reviewer, is signed in
      And Dana has created a package from the "single-file" dataset
      When Dana deletes it
      Then Lee no longer finds it, by name or among all packages
      And its files still lie where they were

  Rule: What is published stays what it is

    @UPD-1 @severity:critical
    Scenario: Add a figure to a finished package
      Given Dana has created a package from the "simple-csv" dataset
      When she adds the "single-file" dataset to it
      Then the package has a new top hash and 6 files
      And the earlier revision still holds its 5 files

    @CREA-1 @severity:normal
    Scenario: Publish a table under a Swedish name
      Given a file named "skörd åren 2024–2026.csv" in S3
      When she creates a package from that file without its folders
      Then the package holds that file under its own name, byte for byte

    @CREA-4 @severity:normal
    Scenario: Refuse a second package of one name
      Given Dana has created a package from the "single-file" dataset
      When she creates a package of the same name from the "mixed-formats" dataset
      Then she is refused with a ValidationError
      And the first package is unchanged

  Rule: The reference packages can be relied on

    @DISC-4 @severity:normal
    Scenario Outline: Look at the details of the <name> reference package
      When she asks for the details of "test-user/<name>"
      Then the details are those of "test-user/<name>" in this registry

      Examples:
        | name          |
        | simple-csv    |
        | metadata-rich |

    @DISC-4 @severity:normal
    Scenario: Cite a reference package by its top hash
      When she asks for the details of "test-user/versioned-data"
      Then the top hash is the one that the registry holds for "test-user/versioned-data"
      And the date, in ISO 8601, is when "test-user/versioned-data" was last changed

  Rule: Who may not, learns why

    @AUTH-6 @multiuser_mode @severity:critical
    Scenario: Search with a token that somebody changed
      Given Lee, a reviewer, has a token that is tampered with
      When Lee searches for "simple-csv"
      Then he is refused with an AuthenticationError
      And the message shows no secret

    @DISC-4 @severity:normal
    Scenario: Ask for a package that was never there
      When she asks for the details of "test-user/never-there"
      Then she is refused with a NotFoundError
      And the error names "test-user/never-there"
