Feature: Working from several threads
  A service that serves many people, and a notebook that is in a hurry, call QuiltOps from several threads at once.
  Each must get what it asked for and no other's answer, and nothing that was written may get lost.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: Every reader gets what they asked for

    @CONC-1 @severity:critical
    Scenario: Read several packages at once
      Given 5 packages, each with files and metadata of its own
      And she has looked into them before
      When she reads those packages from 10 threads at once
      Then each thread was given the files and the metadata of the package that it asked for

    @CONC-1 @severity:critical @embedded_only
    Scenario: Read several packages at once for the first time
      Given 5 packages, each with files and metadata of its own
      And S3 takes 1 s to hand out their lists of files
      When she reads those packages from 10 threads at once
      Then each thread was given the files and the metadata of the package that it asked for

    @CONC-3 @severity:critical
    Scenario: Browse one package from many threads
      Given a package with files and metadata of its own
      And she has looked into it before
      When she browses that package from 10 threads at once
      Then each thread sees the same 3 files in the same order

    @CONC-3 @severity:critical @embedded_only
    Scenario: Browse one package from many threads for the first time
      Given a package with files and metadata of its own
      And S3 takes 1 s to hand out its list of files
      When she browses that package from 10 threads at once
      Then each thread sees the same 3 files in the same order

  Rule: Nothing that was written gets lost

    @CONC-2 @severity:critical
    Scenario: Create several packages at once
      Given files for 5 packages in S3
      When she creates a package of each from 5 threads at once
      Then all 5 packages are there with their files, byte for byte

    @CONC-7 @severity:critical
    Scenario: Update one package from many threads
      Given a package with files and metadata of its own
      And she has looked into it before
      When she updates it from 8 threads at once, each with a file of its own
      Then each thread was told the top hash of a revision with its file and the earlier ones
      And the latest revision is one of theirs

  Rule: Different work side by side does not disturb each other

    @CONC-6 @severity:critical
    Scenario: Do all kinds of work at once
      Given 5 packages, each with files and metadata of its own
      When she does ten kinds of work from ten threads at once
      Then each of the ten was answered

    @CONC-6 @severity:critical @embedded_only
    Scenario: Print after two packages were created side by side
      Given files for 2 packages in S3
      When she creates a package of each, and the second begins before the first is done
      Then what the program prints afterwards is seen
