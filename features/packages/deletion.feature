Feature: Deleting packages
  Now and then something has to go: a mistake, a trial, data that a contract says to delete. Anyone who deletes a package
  must be able to rely on two things: it is gone from everywhere people look, and nothing else is.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: What was deleted is gone, and nothing else is

    @CREA-10 @smoke @severity:critical
    Scenario: A deleted package is gone, but its files and its neighbors are not
      Given these files in the packages bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana has published the package "yields" from that file
      And the package "neighbor" whose name starts with the name of the package "yields"
      When Dana deletes the package "yields"
      Then she is told that it was deleted
      And it does not exist
      And every package other than it is unchanged
      And the file "yields.csv" is still in S3

    @CREA-10 @severity:critical
    Scenario: Nobody finds a package that was deleted
      Given Dana has published a package from the "single-file" dataset
      And Dana has found it
      When she deletes it
      Then she no longer finds it

    @CREA-10 @severity:critical
    Scenario: Nobody finds a package that was deleted from another bucket
      Given Dana has published the package "yields" in the scratch bucket with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana has found it
      When she deletes it
      Then she no longer finds it

    @CREA-10 @severity:normal
    Scenario: A deleted package has no details
      Given Dana has published a package from the "single-file" dataset
      And Dana has deleted it
      When she asks for the details of it
      Then she is refused: not found

    @CREA-10 @multiuser_mode @severity:critical @embedded_only
    Scenario: The registry deletes a package with few revisions where S3 denies people deletion
      Given Dana has published a package from the "single-file" dataset
      And it has 2 earlier revisions
      And S3, asked to delete in the registry, answers with AccessDenied
      When she deletes it
      Then she is told that it was deleted
      And it does not exist
      And every package other than it is unchanged

    @CREA-10 @multiuser_mode @severity:critical @embedded_only
    Scenario: The registry deletes a package where S3 denies people deletion
      Given Dana has published a package from the "single-file" dataset
      And it has 105 earlier revisions
      And S3, asked to delete in the registry, answers with AccessDenied
      When she deletes it
      Then she is told that it was deleted
      And it does not exist
      And every package other than it is unchanged

    @CREA-10 @severity:critical @embedded_only
    Scenario: A package is deleted with all its revisions where the registry cannot do it
      Given Dana has published a package from the "single-file" dataset
      And it has 3 earlier revisions
      And the registry answers the operation "DeleteRevision" with this:
        """
        {"data": null, "errors": [{"message": "The index is being rebuilt"}]}
        """
      When she deletes it
      Then she is told that it was deleted
      And it does not exist
      And every package other than it is unchanged

    @CREA-10 @slow @severity:normal @embedded_only
    Scenario: A package of more than a thousand revisions is deleted completely where the registry cannot do it
      Given Dana has published a package from the "single-file" dataset
      And it has 1,001 earlier revisions
      And the registry answers the operation "DeleteRevision" with this:
        """
        {"data": null, "errors": [{"message": "The index is being rebuilt"}]}
        """
      When she deletes it
      Then she is told that it was deleted
      And it does not exist
      And every package other than it is unchanged

    @CREA-10 @severity:critical
    Scenario: The name of a deleted package can be used again
      Given Dana has published the package "yields" from the "simple-csv" dataset with this metadata:
        | field   | value    |
        | project | Oncology |
      And Dana has deleted it
      When Dana publishes the package "yields" from the "single-file" dataset
      Then it holds exactly the "single-file" dataset, byte for byte
      And it has 1 revision
      And it has no metadata

  Rule: What was not deleted is not reported as deleted

    @CREA-10 @severity:critical @embedded_only
    Scenario Outline: The deletion of a package that <cannot be deleted> is reported as failed
      Given Dana has published a package from the "single-file" dataset
      And S3, asked to delete in the registry, answers with AccessDenied
      And the registry answers the operation "DeleteRevision" with this:
        """
        <answer>
        """
      When she deletes it
      Then the deletion is refused
      And it is unchanged

      Examples:
        | cannot be deleted               | answer |
        | the registry refuses to delete  | {"data": {"packageRevisionDelete": {"__typename": "OperationError", "message": "The package is on hold"}}} |
        | the registry says nothing about | {"data": {"packageRevisionDelete": {}}} |
        | the registry fails to delete    | {"data": null, "errors": [{"message": "The package is on hold"}]} |

    @CREA-10 @multiuser_mode @severity:critical @embedded_only
    Scenario: A deletion is reported as failed if neither S3 nor the registry can carry it out
      Given Dana has published a package from the "single-file" dataset
      And S3, asked to delete in the registry, answers with AccessDenied
      And the registry answers with a 500
      When she deletes it
      Then the deletion is refused
      And it is unchanged

  Rule: What is not a package cannot be deleted

    @CREA-10 @severity:normal
    Scenario: A package cannot be deleted twice
      Given Dana has published a package from the "single-file" dataset
      And Dana has deleted it
      When she deletes it
      Then the deletion is refused
      And every package other than it is unchanged

    @CREA-10 @severity:normal
    Scenario Outline: Nothing is deleted by <what>
      When Dana deletes the package called "<name>"
      Then the deletion is refused
      And every package other than it is unchanged

      Examples:
        | what                       | name                      |
        | a name that leads nowhere  | test-user/no-such-package |
        | a name with two slashes    | test-user/simple/csv      |
        | an empty name              |                           |
        | a name that climbs out     | no-such-user/../simple    |
        | a name with a wildcard     | test-user/simple*         |

    @CREA-10 @severity:blocker
    Scenario: Nothing is deleted by the first part of a name
      Given the package "soil" in the namespace "project"
      And the package "weather" in the namespace "project"
      When Dana deletes a package, naming only the namespace
      Then the deletion is refused
      And the package "soil" is unchanged
      And every package other than the package "soil" is unchanged
