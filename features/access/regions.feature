Feature: Data in another region
  A team's data stays where it was measured or where it must be kept. A package may point to a bucket in another region,
  and its users need not care; when a region fails, they must learn which one, and the others must keep working.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A package may point into another region

    @REG-1 @severity:critical
    Scenario: A package of data in another region can be published, browsed and downloaded
      Given these files in the remote bucket:
        | file       | content |
        | yields.csv | 12 rows |
      When Dana publishes a package from that file
      Then the package holds exactly that file, byte for byte
      And she can see every file of the package, and no others
      And she can download every file from the package, byte for byte

  Rule: A failing region is named, and the others keep working

    @REG-2 @exclusive @slow @severity:normal @embedded_only
    Scenario: An error while publishing from a failing region names the region
      Given these files in the remote bucket:
        | file       | content |
        | yields.csv | 12 rows |
      And S3 in the other region answers with a 500
      When Dana publishes a package from that file
      Then she is refused: the service failed
      And the error names "eu-west-1"

    @REG-2 @exclusive @severity:critical @embedded_only
    Scenario: A failing region does not stop work elsewhere
      Given S3 in the other region answers with a 500
      When Dana publishes a package from the "single-file" dataset
      Then the package holds exactly the "single-file" dataset, byte for byte
