Feature: Finding packages
  People find what others published by its name.

  Background:
    Given Dana is signed in

  Rule: What exists is found

    @DISC-1 @severity:critical @smoke @owner:packages
    Scenario: Find a package by name
      When she searches for "nested"
      Then she finds:
        | name             |
        | test-user/nested |

    @DISC-4 @severity:minor
    Scenario: The details are complete
      When she searches for "nested"
      Then all is well

    @DISC-7
    Scenario: Wildcards work
      When she searches for "n*"
      Then the search fails saying "wildcards are taken literally"

    @DISC-2
    Scenario: Capitals make no difference
      When she searches for "NESTED"
      Then the search fails saying "found 0 packages"

    @DISC-3
    Scenario: Everything is listed
      When she searches for ""
      Then the search fails saying "found 4 packages instead of 5"

    @DISC-1
    Scenario: Two promises are broken
      When she searches for "n"
      Then the search fails saying "in no order"
      And all is well
      And the search fails saying "a page is missing"

  Rule: What is malformed is refused

    @DISC-6
    Scenario Outline: Refuse a malformed name
      When she searches for "<name>"
      Then <result>

      Examples:
        | case        | name  | result                                         |
        | no slash    | a     | all is well                                    |
        | two slashes | a/b/c | the search fails saying "it was not refused"   |
