Feature: Onboarding a colleague
  On somebody's first day an administrator opens the doors, and no more of them than the work needs. By noon the new
  colleague reads what the others have published, and by evening has published something.

  Rule: A new colleague can do what the role allows, and nothing else

    @JRN-3 @journey @smoke @requires_admin @severity:blocker
    Scenario: Ada takes a new colleague in
      Given Ada, an administrator, is signed in
      When Ada creates a user for the new colleague with the role "viewer"
      And she changes the new colleague's e-mail address
      And she gives the new colleague the role "user" and the further roles "viewer"
      And she lists the users
      Then the users of this test environment and the new colleague are listed as the registry has them
      And the registry has the e-mail address that the new colleague was given
      And the registry has the new colleague with the role "user" and the further roles "viewer"

    @JRN-3 @journey @smoke @requires_admin @severity:blocker @embedded_only
    Scenario: The new colleague's first day
      Given Ada, an administrator, is signed in
      And Lee, a reviewer, is signed in
      When Ada creates a user for the new colleague with the role "user"
      And the new colleague signs in
      And the new colleague creates a package from the "simple-csv" dataset
      Then the package holds those 5 files, byte for byte
      And Lee finds it by name
      And the new colleague cannot read the restricted bucket
