Feature: Data in another region
  A team's data lies where it was measured or where it must stay. A package may point into another region's bucket, and
  who works with it need not care; when that region fails, they must be told which one, and the others go on.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A package may point into another region

    @REG-1 @severity:critical
    Scenario: Publish, look into and download a package whose data lie in another region
      Given a file in the remote bucket
      When she creates a package from that file
      Then the package holds those 1 files, byte for byte
      And she sees the same 1 files that Dana published
      And what she downloads is what Dana published, byte for byte

  Rule: A region that fails is named, and the others go on

    @REG-2 @exclusive @slow @severity:normal @embedded_only
    Scenario: Publish from a region that fails
      Given a file in the remote bucket
      And the bucket in the other region does not answer
      When she creates a package from that file
      Then she is refused with a BackendError
      And the error names the region "eu-west-1"

    @REG-2 @exclusive @severity:critical @embedded_only
    Scenario: Go on elsewhere while a region fails
      Given the bucket in the other region does not answer
      When she creates a package from the "single-file" dataset
      Then the package holds those 1 files, byte for byte
