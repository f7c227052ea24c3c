Feature: Onboarding a colleague
  On a colleague's first day an administrator gives them the access they need, and no more. By noon they are reading
  what others have published, and by the evening they have published something themselves.

  Rule: A new colleague can do what their role allows, and nothing else

    @JRN-3 @journey @smoke @requires_admin @severity:blocker
    Scenario: An administrator sets up an account and corrects it
      Given Ada, an administrator, is signed in
      When Ada creates a user for Nora with the role "viewer"
      And she changes the e-mail address of Nora to a new one
      And she gives Nora the role "user" and the further role "viewer"
      And she lists the users
      Then she sees the current details of Ada, Dana, Lee, Sam and Nora
      And the registry's users include:
        | name | role | further roles | e-mail address |
        | Nora | user | viewer        | new            |

    @JRN-3 @journey @smoke @requires_admin @severity:blocker @embedded_only
    Scenario: A new colleague publishes a package on the first day
      Given Ada, an administrator, is signed in
      And Lee, a reviewer, is signed in
      When Ada creates a user for Nora with the role "user"
      And Nora signs in
      And Nora publishes a package from the "simple-csv" dataset
      Then the package holds exactly the "simple-csv" dataset, byte for byte
      And Lee finds it
      And Nora has this access to S3:
        | bucket     | access |
        | restricted | none   |
