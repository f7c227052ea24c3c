Feature: Working from several threads
  A service that serves many people, and a notebook that is in a hurry, call QuiltOps from several threads at once.
  Each must get its own answer and no other's, and nothing that was written may be lost.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: Every reader gets what they asked for

    @CONC-1 @severity:critical
    Scenario: Several packages can be read at once
      Given 5 packages, each with files and metadata of its own
      And Dana has browsed those packages
      When Dana reads files and metadata of those packages from 10 threads at once
      Then each thread was given the files and the metadata of its package, and no other thread's

    @CONC-1 @severity:critical @embedded_only
    Scenario: Several packages can be read at once for the first time
      Given 5 packages, each with files and metadata of its own
      And S3, asked for the file lists of those packages, takes 1 s to answer
      When Dana reads files and metadata of those packages from 10 threads at once
      Then each thread was given the files and the metadata of its package, and no other thread's

    @CONC-3 @severity:critical
    Scenario: One package can be browsed from many threads
      Given a package with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      And Dana has browsed it
      When Dana reads files and metadata of the package from 10 threads at once
      Then each thread was given the files and the metadata of its package, and no other thread's

    @CONC-3 @severity:critical @embedded_only
    Scenario: One package can be browsed from many threads for the first time
      Given a package with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      And S3, asked for the file lists of it, takes 1 s to answer
      When Dana reads files and metadata of the package from 10 threads at once
      Then each thread was given the files and the metadata of its package, and no other thread's

  Rule: Nothing that was written is lost

    @CONC-2 @severity:critical
    Scenario: Several packages can be published at once
      When Dana publishes 5 packages from as many threads at once
      Then each got a revision that holds what they published, and the latest ones are among them

    @CONC-7 @severity:critical
    Scenario: One package can be updated from many threads
      Given a package with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      And Dana has browsed it
      When Dana adds 8 files to the package from as many threads at once
      Then each got a revision that holds what they published, and the latest ones are among them

  Rule: Different kinds of work do not interfere with each other

    @CONC-6 @severity:critical
    Scenario: All kinds of work can be done at once
      Given 5 packages, each with files and metadata of its own
      When Dana does ten different things with those packages from ten threads at once
      Then all ten got an answer

    @CONC-6 @severity:critical @embedded_only
    Scenario: Publishing two packages at once does not swallow what a program prints
      When Dana publishes 2 packages, and the second begins before the first is done
      Then whatever the program prints afterwards still appears
