Feature: Staying quick and small
  People wait for what they see on a screen, and a shared server has only so much memory. What everyone does every day
  must stay within limits that people would accept, even in a well-filled registry.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: Browsing a well-filled registry takes only seconds

    @PERF-1 @exclusive @severity:critical
    Scenario: A search among a hundred packages is quick
      Given 100 packages that share a word
      When Dana searches for the word that they share
      Then she finds all 100 of them
      And it took less than 5 s and less than 100 MB of memory

    @PERF-2 @exclusive @severity:critical
    Scenario: More than a hundred packages are listed quickly
      Given 100 packages that share a word
      When Dana lists all packages
      Then she finds all 100 of them
      And it took less than 10 s

    @DISC-1 @DISC-3 @PERF-2 @exclusive @slow @severity:critical
    Scenario Outline: None of more than a thousand packages is silently left out when someone <attempt>
      Given 1,001 packages that share a word
      When Dana <attempt>
      Then she finds all 1,001 of them

      Examples:
        | attempt                              |
        | searches for the word that they share |
        | lists all packages                   |

    @PERF-3 @exclusive @severity:critical
    Scenario: A thousand files are browsed quickly
      Given a package of 1,000 files
      When Dana browses the package
      Then she sees exactly the files of the package, with their sizes
      And it took less than 10 s and less than 200 MB of memory

    @PERF-5 @exclusive @severity:normal
    Scenario: A deeply nested question is answered quickly
      Given a package with a file 25 folders deep
      When Dana asks in GraphQL for the folders of the package down to the last one
      Then the answer has data and no errors
      And Dana is told the path of the file in the last folder of the package
      And it took less than 30 s

    @PERF-3 @CONT-7 @exclusive @severity:critical @embedded_only
    Scenario: Browsing stays quick while every answer takes half a second
      Given a package of 50 files
      And the deployment takes 500 ms to answer
      When Dana browses the package
      Then she sees exactly the files of the package, with their sizes
      And it took less than 5 s

  Rule: Threads do not get in each other's way

    @PERF-6 @exclusive @severity:normal
    Scenario: Ten threads get more done than one
      Given a package with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      And Dana has browsed it
      When Dana browses the package with one thread and with ten, in turn
      Then ten threads take less than twice the time of one
