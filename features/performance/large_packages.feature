Feature: Working with large packages
  Instruments deliver thousands of files and files of gigabytes. A package of them must come out complete, and must
  neither take the day nor all of the memory.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A large package is published completely

    @PERF-4 @exclusive @slow @large @severity:critical
    Scenario: Publish a hundred files of half a gigabyte together
      When she creates a package from the large "large-package" dataset
      Then it took less than 120 s and less than 500 MB of memory
      And the package holds those 100 files, byte for byte

    @PERF-7 @exclusive @slow @large @severity:normal
    Scenario: Publish, browse and compare ten thousand files
      Given 10,000 small files in S3
      And a package of all but 10 of them
      When she creates a package of all those files
      And she browses it
      And she compares the smaller package with it
      Then the package holds those 10,000 files, each with its size and hash
      And she sees each of the 10,000 with its size
      And the comparison names the 10 files that the smaller one lacks as added, and no others

    @PERF-8 @exclusive @slow @large @severity:normal
    Scenario: Publish and browse several gigabytes
      Given 5 files of 500 MB in S3
      When she creates a package of all those files
      And she browses it
      Then the package holds those 5 files, each with its size and hash
      And she sees each of the 5 with its size
