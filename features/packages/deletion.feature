Feature: Deleting packages
  Now and then something must go: a mistake, a trial, what a contract says. Whoever deletes a package must be able to
  rely on two things: that it is gone from everywhere where people look, and that nothing else is.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: What was deleted is gone, and nothing else is

    @CREA-10 @smoke @severity:critical
    Scenario: Delete a package
      Given Dana has created a package from the "simple-csv" dataset
      And a package whose name goes on where that one's ends
      When she deletes it
      Then she is told that it was deleted
      And the registry holds no package of that name
      And every other package is as it was
      And its files still lie where they were

    @CREA-10 @severity:critical
    Scenario: Look for a package that was deleted
      Given Dana has created a package from the "single-file" dataset
      And Dana has found it by search
      When she deletes it
      Then she no longer finds it, by name or among all packages

    @CREA-10 @severity:normal
    Scenario: Ask for the details of a package that was deleted
      Given Dana has created a package from the "single-file" dataset
      And Dana has deleted it
      When she asks for its details
      Then she is refused with a NotFoundError

  Rule: What is no package cannot be deleted

    @CREA-10 @severity:normal
    Scenario: Delete a package again
      Given Dana has created a package from the "single-file" dataset
      And Dana has deleted it
      When she deletes it again
      Then the deletion is refused
      And every other package is as it was

    @CREA-10 @severity:normal
    Scenario Outline: Delete by <what>
      When she deletes the package "<name>"
      Then the deletion is refused
      And every other package is as it was

      Examples:
        | what                       | name                      |
        | a name that leads nowhere  | test-user/no-such-package |
        | a name with two slashes    | test-user/simple/csv      |
        | an empty name              |                           |
        | a name that climbs out     | no-such-user/../simple    |
        | a name with a wildcard     | test-user/simple*         |

    @CREA-10 @severity:blocker
    Scenario: Delete by the first part of a name
      Given two packages of a project of their own
      When she deletes by the project's name alone
      Then the deletion is refused
      And every other package is as it was
