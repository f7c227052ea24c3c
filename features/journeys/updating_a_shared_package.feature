Feature: Updating a shared package
  Measurements do not stop when the first package is published. A pipeline adds what came in overnight; people who work
  with the package see what is new, and people who cited the first revision still have it.

  Rule: A shared package can grow without taking anything away from those who use it

    @JRN-2 @journey @severity:blocker
    Scenario: The nightly pipeline adds to the package that Dana shared
      Given Dana, a data scientist, is signed in
      And Sam, a nightly pipeline, is signed in
      When Dana publishes the package "yields" from the "simple-csv" dataset
      Then Sam finds the package "yields"
      And Sam can see every file of it, and no others
      When Sam adds 2 files of the "nested-structure" dataset to it
      And Dana compares its first revision with its latest revision
      Then she sees 2 files of the "nested-structure" dataset as added
      And she sees no files as deleted or modified
      And she can see every file of it, and no others
      And its first revision is unchanged
