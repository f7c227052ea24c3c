Feature: Sharing a package
  The story that people buy Quilt for: a data scientist finishes a piece of work and publishes it with a description, and
  a colleague who was not involved finds it, looks inside and gets the very same bytes.

  Rule: What one person publishes, a colleague can find, read and trust

    @JRN-1 @journey @smoke @severity:blocker
    Scenario: Dana publishes her results and Lee uses them
      Given Dana, a data scientist, is signed in
      And Lee, a reviewer, is signed in
      When Dana publishes the package "yields" from the "simple-csv" dataset with this metadata:
        | field       | value                        |
        | description | Yields of all plots, 2026    |
        | tags        | agronomy, yields             |
      Then Lee finds the package "yields"
      And he can see every file of it, and no others
      And he can see the metadata of it
      And he can download every file from it, byte for byte
