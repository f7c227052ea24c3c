Feature: Administration from several threads
  A program that sets up a new team creates users and tables while colleagues look at the lists. Everything that was
  created must be there afterwards, and nobody must be shown half a list.

  Background:
    Given Ada, an administrator, is signed in

  Rule: What is created while others look at the lists is there afterwards

    @CONC-4 @requires_admin @severity:critical
    Scenario: Users can be created while others list the users
      When Ada creates users for Nora and Mira while 6 threads list everything
      Then she sees the current details of Nora and Mira
      And the registry's users include:
        | name | role   | further roles |
        | Nora | viewer |               |
        | Mira | viewer |               |
      And every list that she gets has Ada, Dana, Lee and Sam

    @CONC-5 @requires_admin @severity:critical
    Scenario: Tables can be created while others list the tables
      Given these tables:
        | table  | configuration           |
        | wheat  | CSV files with a header |
        | barley | tab-separated files     |
      When Ada creates the tables "oats" and "rye" while 6 threads list everything
      Then the registry has exactly these tables:
        | table  | configuration           |
        | wheat  | CSV files with a header |
        | barley | tab-separated files     |
        | oats   | as given                |
        | rye    | as given                |
      And every list that she gets has the tables "wheat" and "barley"
