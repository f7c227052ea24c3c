Feature: Serving several users in one process
  A shared server handles the requests of many users at the same time. What one of them may see and do must never carry
  over to another, however the requests overlap.

  Rule: Every request acts for its own sender only

    @CONC-8 @multiuser_mode @severity:blocker
    Scenario: A data scientist and a reviewer are served at the same time
      Given Dana, a data scientist, is signed in
      And Lee, a reviewer, is signed in
      When Dana and Lee each send 6 requests at once, asking who they are and for AWS credentials
      Then each request was answered for its own sender, and acted in AWS as that sender and no one else

  Rule: Neither user's additions are lost

    @CONC-7 @multiuser_mode @severity:critical
    Scenario: Two people add to one package at once
      Given Dana, a data scientist, is signed in
      And Ada, an administrator, is signed in
      And a package with these files:
        | file       | content |
        | plot-1.csv | 12 rows |
      When Dana and Ada each add a file of their own to it at once
      Then each got a revision that holds what they published, and the latest ones are among them
