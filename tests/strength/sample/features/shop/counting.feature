Feature: Counting what lies on a shelf
  The shop knows what it has.

  Rule: What lies there is counted

    @DISC-1
    Scenario: Two pears are two
      Given a shelf with 2 pears
      Then 2 pears are counted

    @DISC-1
    Scenario: Two apples are two
      Given a shelf with 2 apples
      Then 2 apples are counted

    @DISC-2
    Scenario: A shelf is full
      Given a shelf with 3 pears
      Then one more does not fit

    @DISC-3
    Scenario: Plums come by themselves
      Given a shelf with 1 plums
      When 3 plums are waited for
      Then all is well
