Feature: A bucket's workflows
  A data manager sets up workflows for a bucket: which metadata a clinical package needs, and how packages are named. Whoever
  looks at a package later must be able to rely on the workflow that it has passed.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A package records which workflow it has passed

    @CREA-3 @exclusive @severity:critical
    Scenario: A published package has passed its bucket's workflow
      Given the packages bucket has a workflow "clinical" that requires this metadata of every package:
        | field | allowed values |
        | study |                |
        | phase | I, II          |
      When Dana publishes a package from the "single-file" dataset, with "ST-17" as its study and "II" as its phase
      Then the package has passed the workflow "clinical"

    @CREA-3 @UPD-4 @exclusive @severity:critical
    Scenario: A package that was added to has passed its bucket's workflow again
      Given Dana has published the package "trial" from the "single-file" dataset, with "ST-17" as its study
      And the packages bucket has a workflow "clinical" that requires this metadata of every package:
        | field |
        | study |
      When Dana adds 2 files of the "simple-csv" dataset to the package "trial", a second later
      Then the package "trial" has a new revision
      And its latest revision has passed the workflow "clinical"

    @CREA-3 @CREA-12 @exclusive @severity:critical
    Scenario: Packages pass the same workflow with quilt3 and with quilt-mcp
      Given the packages bucket has a workflow "clinical" that requires this metadata of every package:
        | field |
        | study |
      And Dana has pushed the package "trial" with quilt3, with these files, with "ST-17" as its study:
        | file       | content |
        | visits.csv | 12 rows |
      When Dana adds the "single-file" dataset to the package "trial", a second later
      Then the first revision of the package "trial" has passed the workflow "clinical"
      And its latest revision has passed the workflow "clinical"

    @CREA-3 @CREA-8 @exclusive @severity:normal
    Scenario: A copy has passed the workflow of the bucket that it was copied to
      Given the packages bucket has a workflow "clinical" that requires this metadata of every package:
        | field |
        | study |
      And the remote bucket has a workflow "partners" that requires a file "README.md" in every package
      And Dana has published the package "trial" with these files, with "ST-17" as its study:
        | file      | content        |
        | README.md | "How we weigh" |
      When Dana copies it to the remote bucket
      Then the package "trial" in the remote bucket has passed the workflow "partners"
      And the package "trial" in the packages bucket has passed the workflow "clinical"

  Rule: Where a bucket has several workflows, its default one decides

    @CREA-3 @exclusive @severity:critical
    Scenario: A package needs to pass only the default workflow
      Given the packages bucket has a workflow "clinical" that requires this metadata of every package:
        | field |
        | study |
      And the packages bucket has another workflow "drafts" that requires that package names begin with "draft"
      When Dana publishes the package "trial" from the "single-file" dataset, with "ST-17" as its study
      Then it has passed the workflow "clinical"

    @CREA-3 @exclusive @severity:critical
    Scenario: A package that only another workflow would let pass is refused
      Given the packages bucket has a workflow "clinical" that requires this metadata of every package:
        | field |
        | study |
      And the packages bucket has another workflow "drafts" that requires that package names begin with "draft"
      When Dana publishes the package "draft" from the "single-file" dataset
      Then she is refused: invalid or the service failed
      And the package does not exist

  Rule: A package stays as it is if it no longer meets its bucket's requirements

    @CREA-3 @UPD-4 @exclusive @severity:critical
    Scenario: An addition to a package that lacks metadata required since is refused
      Given Dana has published the package "trial" from the "single-file" dataset, with "Dana" as its operator
      And the packages bucket has a workflow "clinical" that requires this metadata of every package:
        | field |
        | study |
      When Dana adds 2 files of the "simple-csv" dataset to the package "trial", a second later
      Then she is refused: invalid or the service failed
      And the package "trial" is unchanged

    @CREA-3 @UPD-4 @exclusive @severity:normal
    Scenario: A package is given the metadata that its bucket has come to require
      Given Dana has published the package "trial" from the "single-file" dataset, with "Dana" as its operator
      And the packages bucket has a workflow "clinical" that requires this metadata of every package:
        | field |
        | study |
      When Dana adds the "simple-csv" dataset to the package "trial", a second later, with "ST-17" as its study
      Then its latest revision has passed the workflow "clinical"
      And the package "trial" has exactly this metadata:
        | field    | value |
        | operator | Dana  |
        | study    | ST-17 |

  Rule: Metadata keeps the type that a workflow asks for

    @CREA-3 @exclusive @severity:critical
    Scenario: Numbers, truth values and lists are published as what they are
      Given the packages bucket requires this metadata of every package:
        | field     | type      |
        | patients  | number    |
        | consented | yes or no |
        | sites     | list      |
      When Dana publishes a package from the "single-file" dataset with this metadata:
        | field     | value       | type      |
        | patients  | 17          | number    |
        | consented | no          | yes or no |
        | sites     | Lund, Ystad | list      |
      Then the package has exactly this metadata:
        | field     | value       | type      |
        | patients  | 17          | number    |
        | consented | no          | yes or no |
        | sites     | Lund, Ystad | list      |

    @CREA-3 @exclusive @severity:critical
    Scenario: A package whose metadata has a value of the wrong type is refused
      Given the packages bucket requires this metadata of every package:
        | field    | type   |
        | patients | number |
      When Dana publishes a package from the "single-file" dataset with this metadata:
        | field    | value     |
        | patients | seventeen |
      Then she is refused: invalid or the service failed
      And the package does not exist
