Feature: Offboarding a colleague
  On a colleague's last day all of their access must end, whatever tokens and credentials they still have. Their work
  stays where it is, and the others can still read it.

  Rule: People who leave are locked out, and their work stays

    @JRN-6 @journey @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: A colleague who leaves is locked out, and their package stays
      Given Ada, an administrator, is signed in
      And Nora, a new colleague with the role "user", is signed in
      And Nora has fetched AWS credentials
      And Nora has published a package from the "simple-csv" dataset
      When Ada deactivates Nora
      Then Nora cannot sign in
      And Nora's token no longer works
      And the package is unchanged
      And Nora's AWS credentials no longer work an hour later

    @JRN-6 @journey @requires_admin @severity:critical @embedded_only
    Scenario: A colleague who has left cannot search
      Given Ada, an administrator, is signed in
      And Nora, a new colleague with the role "user", is signed in
      When Ada deactivates Nora
      And Nora searches for "structure"
      Then Nora is refused: not signed in
      And the message shows no secret

    @JRN-6 @journey @multiuser_mode @requires_admin @severity:critical @embedded_only
    Scenario: A colleague who has left gets no AWS client
      Given Ada, an administrator, is signed in
      And Nora, a new colleague with the role "user", is signed in
      When Ada deactivates Nora
      And Nora asks for a client for "s3" in "us-east-1"
      Then Nora is refused: not signed in
