Feature: Seeing one's buckets
  People choose from the list of buckets where to look and where to publish. The list must hold every bucket of the
  deployment that they may read, and not one that they may not.

  Rule: Everyone sees the buckets that are theirs to read, and no others

    @CAT-6 @exclusive @smoke @severity:critical
    Scenario: A data scientist lists the buckets
      Given Dana, a data scientist, is signed in
      When she lists the buckets
      Then she sees exactly the data, scratch, packages and remote buckets

    @CAT-6 @exclusive @severity:critical
    Scenario: A reviewer lists the buckets
      Given Lee, a reviewer, is signed in
      When he lists the buckets
      Then he sees exactly the data, scratch and packages buckets

    @CAT-6 @exclusive @requires_admin @severity:normal
    Scenario: An administrator lists the buckets
      Given Ada, an administrator, is signed in
      When she lists the buckets
      Then she sees exactly the data, scratch, packages, restricted and remote buckets

  Rule: Of each bucket it is told where it is and what one may do there

    @CAT-6 @severity:normal
    Scenario: See the region of each bucket
      Given Dana, a data scientist, is signed in
      When she lists the buckets
      Then each bucket is said to be in the region where S3 has it

    @CAT-6 @severity:normal
    Scenario: See what one may do with each bucket
      Given Dana, a data scientist, is signed in
      When she lists the buckets
      Then of each bucket Dana's access is told
