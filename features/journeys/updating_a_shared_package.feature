Feature: Updating a shared package
  Measurements do not end when the first package is out. A pipeline adds what came in over night; those who work with the
  package see what is new, and those who cited the first revision still have it.

  Rule: A shared package can grow without taking anything away from those who use it

    @JRN-2 @journey @severity:blocker
    Scenario: The nightly pipeline adds to the package that Dana shared
      Given Dana, a data scientist, is signed in
      And Sam, a nightly pipeline, is signed in
      When Dana creates a package from the "simple-csv" dataset
      Then Sam finds it by name
      And it sees the same 5 files that Dana published
      When Sam adds 2 files of the "nested-structure" dataset to it
      And Dana compares the earlier revision with the new one
      Then exactly 2 files of the "nested-structure" dataset are named as added
      And Dana sees 7 files in it
      And the earlier revision still holds its 5 files
