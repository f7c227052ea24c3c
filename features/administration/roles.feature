Feature: Giving people roles
  A role says which buckets a person may read and write. An administrator gives and takes roles; what a role allows, and
  no more, must then be what S3 itself lets the person do.

  Background:
    Given Ada, an administrator, is signed in

  Rule: An administrator sees which roles there are

    @ROLE-1 @requires_admin @severity:critical
    Scenario: List the roles
      Given there is a role that may only read the scratch bucket
      When Ada lists the roles
      Then the built-in roles, those of this test environment and that role are listed as the registry has them

  Rule: The role in which a person acts decides what S3 lets them do

    @ROLE-2 @requires_admin @smoke @severity:blocker @embedded_only
    Scenario: Give a reader the role of those who write
      Given there is a new colleague with the role "viewer" and the further roles "service"
      And the new colleague has signed in
      When Ada gives the new colleague the role "user"
      Then she is shown the new colleague as the registry has them
      And the registry has the new colleague with the role "user" and no other
      And the new colleague can write to the packages bucket
      And the new colleague can write to the scratch bucket

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: Give a person a role with one permission
      Given there is a role that may only read the scratch bucket
      And there is a new colleague with the role "user"
      And the new colleague has signed in
      When Ada gives the new colleague that role
      Then the registry has the new colleague with that role and no other
      And the new colleague can read the scratch bucket
      And the new colleague cannot write to the scratch bucket
      And the new colleague cannot read the packages bucket

    @ROLE-6 @requires_admin @severity:critical @embedded_only
    Scenario: Give a person another role and keep those they have
      Given there is a new colleague with the role "viewer" and the further roles "service"
      And the new colleague has signed in
      When Ada gives the new colleague the role "user" and the further roles "admin", beside those that they have
      Then the registry has the new colleague with the role "user" and the further roles "viewer", "service", "admin"
      And she is shown the new colleague as the registry has them
      And the new colleague can write to the scratch bucket
      And the new colleague cannot read the restricted bucket

    @ROLE-6 @requires_admin @severity:normal @embedded_only
    Scenario: Give a person other roles instead of those they have
      Given there is a new colleague with the role "viewer" and the further roles "service"
      And the new colleague has signed in
      When Ada gives the new colleague the role "user" and the further roles "admin"
      Then the registry has the new colleague with the role "user" and the further roles "admin"
      And she is shown the new colleague as the registry has them
      And the new colleague can write to the scratch bucket
      And the new colleague cannot switch to the role "service"

  Rule: Further roles are there to be switched to

    @ROLE-3 @requires_admin @severity:critical @embedded_only
    Scenario: Add a role
      Given there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada adds the roles "user", "service" to those of the new colleague
      Then the registry has the new colleague with the role "viewer" and the further roles "user", "service"
      And she is shown the new colleague as the registry has them
      And the new colleague cannot write to the scratch bucket

    @ROLE-3 @requires_admin @severity:normal @embedded_only
    Scenario: Switch to a role that was added
      Given there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada adds the roles "user", "service" to those of the new colleague
      And the new colleague switches to the role "user"
      Then the registry has the new colleague with the role "user" and the further roles "viewer", "service"
      And the new colleague can write to the scratch bucket

    @ROLE-4 @requires_admin @severity:critical @embedded_only
    Scenario: Remove a further role
      Given there is a new colleague with the role "viewer" and the further roles "user", "service"
      And the new colleague has signed in
      When Ada removes the roles "user" from those of the new colleague
      Then the registry has the new colleague with the role "viewer" and the further roles "service"
      And she is shown the new colleague as the registry has them
      And the new colleague cannot switch to the role "user"

    @ROLE-5 @requires_admin @severity:critical @embedded_only
    Scenario: Remove the only role and name one to fall back on
      Given there is a new colleague with the role "user"
      And the new colleague has signed in
      When Ada removes the roles "user" from those of the new colleague, with "viewer" to fall back on
      Then the registry has the new colleague with the role "viewer" and no other
      And she is shown the new colleague as the registry has them
      And the new colleague can read the scratch bucket
      And the new colleague cannot write to the scratch bucket

  Rule: A change reaches those, too, who are at work

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: Sign in anew after being given the right to write
      Given there is a new colleague with the role "viewer"
      And the new colleague has signed in
      When Ada gives the new colleague the role "user"
      And the new colleague signs in anew
      And the new colleague creates a package from the "simple-csv" dataset
      Then the package holds those 5 files, byte for byte

    @ROLE-2 @requires_admin @severity:blocker @embedded_only
    Scenario: Sign in anew after losing the right to write
      Given a new colleague with the role "user" is at work
      And the new colleague has created a package from the "single-file" dataset
      When Ada gives the new colleague the role "viewer"
      And the new colleague signs in anew
      And the new colleague adds 2 files of the "simple-csv" dataset to it
      Then the new colleague is refused
      And the first package is unchanged
      And the new colleague can only read the packages bucket

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: Sign in anew after losing the right to read
      Given there is a new colleague with the role "admin"
      And the new colleague has signed in
      And a package in the restricted bucket
      When Ada gives the new colleague the role "viewer"
      And the new colleague signs in anew
      And the new colleague browses it in the restricted bucket
      Then the new colleague learns nothing of that package
      And the new colleague cannot read the restricted bucket

    @ROLE-2 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: Stay signed in after being given the right to write
      Given a new colleague with the role "viewer" signed in long ago
      When Ada gives the new colleague the role "user"
      And all AWS credentials given out so far have come to their end
      And the new colleague creates a package from the "simple-csv" dataset
      Then the package holds those 5 files, byte for byte

    @ROLE-2 @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: Stay signed in after losing the right to write
      Given Dana, a data scientist, is signed in
      And she has created a package from the "single-file" dataset
      And a new colleague with the role "user" signed in long ago
      When Ada gives the new colleague the role "viewer"
      And all AWS credentials given out so far have come to their end
      And the new colleague adds 2 files of the "simple-csv" dataset to it
      Then the new colleague is refused
      And the first package is unchanged

    @ROLE-2 @multiuser_mode @requires_admin @severity:blocker @embedded_only
    Scenario: Go on with the same token after losing the right to write
      Given a new colleague with the role "user" is at work
      And the new colleague has created a package from the "single-file" dataset
      When Ada gives the new colleague the role "viewer"
      And the new colleague adds 2 files of the "simple-csv" dataset to it
      Then the new colleague is refused
      And the first package is unchanged
      And the new colleague can only read the packages bucket

    @ROLE-2 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: Keep AWS credentials of the role that one had
      Given a new colleague with the role "user" is at work
      When Ada gives the new colleague the role "viewer"
      Then the new colleague can only read the packages bucket
      And an hour later the AWS credentials that the new colleague had open nothing

  Rule: A role that does not exist can neither be given nor taken

    @ROLE-7 @requires_admin @severity:critical
    Scenario Outline: Name an unknown role when <doing>
      Given there is a new colleague with the role "viewer" and the further roles "user"
      When Ada <act>
      Then she is refused with a ValidationError or a NotFoundError
      And the error names "no_such_role"
      And the new colleague is as before

      Examples:
        | doing                      | act                                                                                             |
        | setting the role           | gives the new colleague the role "no_such_role"                                                 |
        | setting further roles      | gives the new colleague the role "user" and the further roles "no_such_role"                    |
        | adding roles               | adds the roles "service", "no_such_role" to those of the new colleague                          |
        | removing roles             | removes the roles "user", "no_such_role" from those of the new colleague                        |
        | naming one to fall back on | removes the roles "viewer" from those of the new colleague, with "no_such_role" to fall back on |
