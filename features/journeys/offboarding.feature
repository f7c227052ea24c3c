Feature: Offboarding a colleague
  On somebody's last day everything that opened doors for them must stop doing so, whatever they still have in their
  pockets. Their work stays where it is and stays readable for those who remain.

  Rule: Whoever leaves is outside, and their work is not

    @JRN-6 @journey @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: A colleague leaves
      Given Ada, an administrator, is signed in
      And a new colleague with the role "user" is at work
      And the new colleague has created a package from the "simple-csv" dataset
      When Ada deactivates the new colleague
      Then the new colleague cannot sign in
      And the token that the new colleague had opens nothing any more
      And the first package is unchanged
      And an hour later the AWS credentials that the new colleague had open nothing

    @JRN-6 @journey @requires_admin @severity:critical @embedded_only
    Scenario: A colleague who has left goes on trying
      Given Ada, an administrator, is signed in
      And there is a new colleague with the role "user"
      And the new colleague has signed in
      When Ada deactivates the new colleague
      And the new colleague searches for "structure"
      Then the new colleague is refused with an AuthenticationError
      And the message shows no secret
