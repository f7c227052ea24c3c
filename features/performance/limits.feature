Feature: Staying quick and small
  People wait for what they see on a screen, and a shared server has only so much memory. What everybody does every day
  must stay within limits that a person would accept, also in a registry that is well filled.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: Looking around in a well-filled registry is a matter of seconds

    @PERF-1 @exclusive @severity:critical
    Scenario: Search among a hundred packages
      Given 100 packages that share a word
      When she searches for that word
      Then she finds all 100 of them
      And it took less than 5 s and less than 100 MB of memory

    @PERF-2 @exclusive @severity:critical
    Scenario: List more than a hundred packages
      Given 100 packages that share a word
      When she lists all packages
      Then she finds all 100 of them
      And it took less than 10 s

    @PERF-3 @exclusive @severity:critical
    Scenario: Browse a thousand files
      Given a package of 1,000 files side by side
      When she browses that package
      Then she sees all 1,000 files
      And it took less than 10 s and less than 200 MB of memory

    @PERF-5 @exclusive @severity:normal
    Scenario: Ask a deeply nested question
      Given a package with a file 25 folders deep
      When she asks in GraphQL for its folders down to the last one
      Then the answer has data and no errors
      And she is told of the file in the last one
      And it took less than 30 s

    @PERF-3 @CONT-7 @exclusive @severity:critical @embedded_only
    Scenario: Browse while every answer takes half a second
      Given a package of 50 files side by side
      And registry and S3 take 500 ms to answer
      When she browses that package
      Then she sees all 50 files
      And it took less than 5 s

  Rule: Threads do not stand in each other's way

    @PERF-6 @exclusive @severity:normal
    Scenario: Do the same work with one thread and with ten
      Given a package with files and metadata of its own
      And she has looked into it before
      When she browses that package with one thread and with ten, by turns
      Then ten threads take less than twice the time of one
