Feature: Serving several users in one process
  A shared server serves the requests of many users side by side. What one of them may see and do must never reach
  another, however the requests overlap.

  Rule: Every request acts for its own sender only

    @CONC-8 @multiuser_mode @severity:blocker
    Scenario: A data scientist and a reviewer are served at once
      Given Dana, a data scientist, is signed in
      And Lee, a reviewer, is signed in
      When Dana and Lee each send 6 requests at once, asking who they are and for AWS credentials
      Then each request was answered for its own sender, and acted in AWS as that sender and no one else
