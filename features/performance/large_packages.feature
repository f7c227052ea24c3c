Feature: Working with large packages
  Instruments deliver thousands of files, and files of several gigabytes. A package of them must come out complete, and
  must take neither all day nor all the memory.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A large package is published completely

    @PERF-4 @exclusive @slow @large @severity:critical
    Scenario: A hundred files of half a gigabyte together can be published
      When Dana publishes a package from the "large-package" dataset
      Then it took less than 120 s and less than 500 MB of memory
      And the package holds exactly the "large-package" dataset, byte for byte

    @PERF-7 @exclusive @slow @large @severity:normal
    Scenario: Ten thousand files can be published
      Given 10,000 files of 10 bytes in the packages bucket
      When Dana publishes a package from those files, without folders
      Then the package has the right size and hash for every file

    @PERF-8 @exclusive @slow @large @severity:normal
    Scenario: Several gigabytes can be published and browsed
      Given 7 files of 300 MB in the packages bucket
      When Dana publishes a package from those files, without folders
      And she browses it
      Then the package has the right size and hash for every file
      And she sees exactly the files of the package, with their sizes

  Rule: A large package can be looked at and compared like any other

    @PERF-7 @exclusive @slow @large @severity:normal
    Scenario: Ten thousand files can be browsed and compared
      Given the package "whole" of 10,000 files
      And the package "part" with all but 10 files of the package "whole"
      When Dana browses the package "whole"
      And she compares the package "part" with the package "whole"
      Then she sees exactly the files of the package "whole", with their sizes
      And she sees the files of the package "whole" that the package "part" lacks as added
      And she sees no files as deleted or modified
