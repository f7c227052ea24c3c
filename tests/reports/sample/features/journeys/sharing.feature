Feature: Sharing
  A story that everybody knows.

  @JRN-1 @journey @skip:waits-for-the-new-registry
  Scenario: Dana shares
    Given Dana is signed in
    Then all is well

  @JRN-2 @journey
  Scenario: Lee follows
    Given a deployment that does not start
    Then all is well

  @JRN-3 @journey @local_mode
  Scenario: Ada comes on board
    Given a deployment that does not start
    Then all is well

  @JRN-5 @journey @multiuser_mode
  Scenario: Nothing is left
    Given something that cannot be undone
    Then all is well
