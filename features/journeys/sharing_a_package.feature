Feature: Sharing a package
  The story that Quilt is bought for: a data scientist finishes a piece of work, publishes it with an account of what
  it is, and a colleague who was not there finds it, looks inside and gets the very same bytes.

  Rule: What one person publishes, a colleague can find, read and trust

    @JRN-1 @journey @smoke @severity:blocker
    Scenario: Dana publishes her results and Lee uses them
      Given Dana, a data scientist, is signed in
      And Lee, a reviewer, is signed in
      When Dana creates a package from the "simple-csv" dataset with metadata
      Then Lee finds it by name
      And he sees the same 5 files that Dana published
      And he reads the metadata that Dana gave
      And what he downloads is what Dana published, byte for byte
