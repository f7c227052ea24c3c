Feature: Updating packages
  Data grow. A collaborator adds to a package that others rely on; they get a new revision, and whoever cited the old
  one still gets exactly what they cited.

  Rule: An update adds a revision and leaves the earlier ones as they were

    @UPD-1 @smoke @severity:blocker
    Scenario: Add two files to a package of five
      Given Dana, a data scientist, is signed in
      And Dana has created a package from the "simple-csv" dataset
      When she adds 2 files of the "nested-structure" dataset to it
      Then the package has a new top hash and 7 files
      And the earlier revision still holds its 5 files
