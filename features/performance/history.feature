Feature: Noticing what gets slower
  Limits are wide. Long before one is broken, whoever looks after a release wants to know that something takes longer
  than it used to: each timed scenario is held against its own history, and the report says so.

  Background:
    Given Dana, a data scientist, is signed in
    And a package of 50 files side by side

  Rule: What takes over 10 % longer than it used to raises an alert

    @PERF-9 @severity:normal
    Scenario: Take longer than before
      When she browses that package, which takes 12 % longer than in the five runs before
      Then the report alerts people that it took 12 % longer

    @PERF-9 @severity:normal
    Scenario: Take about as long as before
      When she browses that package, which takes 9 % longer than in the five runs before
      Then the report raises no alert
