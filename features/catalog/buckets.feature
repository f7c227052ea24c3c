Feature: Seeing buckets
  People use the list of buckets to choose where to look and where to publish. The list must contain every bucket of the
  deployment that they may read, and none that they may not.

  Rule: Everyone sees the buckets that they may read, and no others

    @CAT-6 @exclusive @smoke @severity:critical
    Scenario: A data scientist sees her buckets
      Given Dana, a data scientist, is signed in
      When she lists the buckets
      Then she sees only the data, scratch, packages and remote buckets

    @CAT-6 @exclusive @severity:critical
    Scenario: A reviewer sees his buckets
      Given Lee, a reviewer, is signed in
      When he lists the buckets
      Then he sees only the data, scratch and packages buckets

    @CAT-6 @exclusive @requires_admin @severity:normal
    Scenario: An administrator sees all buckets
      Given Ada, an administrator, is signed in
      When she lists the buckets
      Then she sees only the data, scratch, packages, restricted and remote buckets

  Rule: Each bucket is shown with its region and the access that it gives

    @CAT-6 @severity:normal
    Scenario: The region of each bucket is shown
      Given Dana, a data scientist, is signed in
      When she lists the buckets
      Then she sees the region of each bucket as S3 has it

    @CAT-6 @severity:normal
    Scenario: The access to each bucket is shown
      Given Dana, a data scientist, is signed in
      When she lists the buckets
      Then she sees what access each bucket gives
