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
    Scenario: Publish ten thousand files
      Given 10,000 small files in S3
      When she creates a package of all those files
      Then the package holds those 10,000 files, each with its size and hash

    @PERF-8 @exclusive @slow @large @severity:normal
    Scenario: Publish and browse several gigabytes
      Given 7 files of 300 MB in S3
      When she creates a package of all those files
      And she browses it
      Then the package holds those 7 files, each with its size and hash
      And she sees each of the 7 with its size

  Rule: A large package can be looked at and compared like any other

    @PERF-7 @exclusive @slow @large @severity:normal
    Scenario: Browse and compare ten thousand files
      Given a package of 10,000 files side by side
      And a package that lacks 10 of its files
      When she browses that package
      And she compares the smaller package with it
      Then she sees all 10,000 files
      And the comparison names the 10 files that the smaller one lacks as added, and no others
