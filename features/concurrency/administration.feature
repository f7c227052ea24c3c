Feature: Administering from several threads
  Whoever sets a new team up lets a program create users and tables while colleagues look at the lists. Everything that
  was created must be there afterwards, and nobody may be shown half a list.

  Background:
    Given Ada, an administrator, is signed in

  Rule: What is created while others look is there afterwards

    @CONC-4 @requires_admin @severity:critical
    Scenario: Create two users while the users are listed
      When she creates two users while 6 threads list the users
      Then both users are there as they were created
      And each list has the users of this test environment

    @CONC-5 @requires_admin @severity:critical
    Scenario: Create two tables while the tables are listed
      Given the packages bucket has 2 tables
      When she creates two tables while 6 threads list the tables
      Then both tables are there with their configurations
      And each list has the tables that were there before
