Feature: Roles
  A role says which buckets a person can read and write. Administrators give and remove roles; S3 itself must then
  allow a person exactly what the role allows, and nothing more.

  Background:
    Given Ada, an administrator, is signed in

  Rule: An administrator sees every role

    @ROLE-1 @requires_admin @severity:critical
    Scenario: The list of roles shows built-in and custom roles
      Given a role "auditor" that may only read the scratch bucket
      When Ada lists the roles
      Then she sees these roles, each with its ID, ARN and type:
        | role                 |
        | ReadQuiltBucket      |
        | ReadWriteQuiltBucket |
        | admin                |
        | user                 |
        | viewer               |
        | service              |
        | auditor              |

  Rule: S3 allows what a person's active role allows

    @ROLE-2 @requires_admin @smoke @severity:blocker @embedded_only
    Scenario: A viewer who becomes a user can write
      Given Nora, a new colleague with the role "viewer" and the further role "service", is signed in
      When Ada gives Nora the role "user"
      Then she sees the current details of Nora
      And the registry's users include:
        | name | role | further roles |
        | Nora | user |               |
      And every user other than Nora is unchanged
      And Nora has this access to S3:
        | bucket   | access         |
        | packages | read and write |
        | scratch  | read and write |

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: A role may read one bucket and write another
      Given a role "curator" that may read the packages bucket and write the scratch bucket
      And Nora, a new colleague with the role "viewer", is signed in
      When Ada gives Nora the role "curator"
      Then Nora has this access to S3:
        | bucket     | access         |
        | packages   | read           |
        | scratch    | read and write |
        | restricted | none           |

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: A role with one permission allows only that
      Given a role "auditor" that may only read the scratch bucket
      And Nora, a new colleague with the role "user", is signed in
      When Ada gives Nora the role "auditor"
      Then the registry's users include:
        | name | role    | further roles |
        | Nora | auditor |               |
      And Nora has this access to S3:
        | bucket   | access |
        | scratch  | read   |
        | packages | none   |

    @ROLE-6 @requires_admin @severity:critical @embedded_only
    Scenario: A person can get another role and keep their present ones
      Given Nora, a new colleague with the role "viewer" and the further role "service", is signed in
      When Ada gives Nora the role "user" and the further role "admin", in addition to her current roles
      Then the registry's users include:
        | name | role | further roles          |
        | Nora | user | viewer, service, admin |
      And she sees the current details of Nora
      And Nora has this access to S3:
        | bucket     | access         |
        | scratch    | read and write |
        | restricted | none           |

    @ROLE-6 @requires_admin @severity:normal @embedded_only
    Scenario: New roles replace the ones a person had
      Given Nora, a new colleague with the role "viewer" and the further role "service", is signed in
      When Ada gives Nora the role "user" and the further role "admin"
      Then the registry's users include:
        | name | role | further roles |
        | Nora | user | admin         |
      And she sees the current details of Nora
      And Nora has this access to S3:
        | bucket  | access         |
        | scratch | read and write |
      And Nora cannot switch to the role "service"

  Rule: A person can switch to each of their further roles

    @ROLE-3 @requires_admin @severity:critical @embedded_only
    Scenario: Added roles leave the active role as it is
      Given Nora, a new colleague with the role "viewer", is signed in
      When Ada adds the roles "user" and "service" to Nora
      Then the registry's users include:
        | name | role   | further roles |
        | Nora | viewer | user, service |
      And every user other than Nora is unchanged
      And she sees the current details of Nora
      And Nora has this access to S3:
        | bucket  | access |
        | scratch | read   |

    @ROLE-3 @requires_admin @severity:normal @embedded_only
    Scenario: A person can switch to an added role
      Given Nora, a new colleague with the role "viewer", is signed in
      When Ada adds the roles "user" and "service" to Nora
      And Nora switches to the role "user"
      Then the registry's users include:
        | name | role | further roles   |
        | Nora | user | viewer, service |
      And Nora has this access to S3:
        | bucket  | access         |
        | scratch | read and write |

    @ROLE-4 @requires_admin @severity:critical @embedded_only
    Scenario: A person cannot switch to a removed role
      Given Nora, a new colleague with the role "viewer" and the further roles "user" and "service", is signed in
      When Ada removes the role "user" from Nora
      Then the registry's users include:
        | name | role   | further roles |
        | Nora | viewer | service       |
      And she sees the current details of Nora
      And Nora cannot switch to the role "user"

    @ROLE-5 @requires_admin @severity:critical @embedded_only
    Scenario: A person who loses their only role gets the fallback
      Given Nora, a new colleague with the role "user", is signed in
      When Ada removes the role "user" from Nora, with the role "viewer" as the fallback
      Then the registry's users include:
        | name | role   | further roles |
        | Nora | viewer |               |
      And every user other than Nora is unchanged
      And she sees the current details of Nora
      And Nora has this access to S3:
        | bucket  | access |
        | scratch | read   |

  Rule: Changes apply to users who are already signed in

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: A viewer who becomes a user and signs in again can publish
      Given Nora, a new colleague with the role "viewer", is signed in
      When Ada gives Nora the role "user"
      And Nora signs in again
      And Nora publishes a package from the "simple-csv" dataset
      Then the package holds exactly the "simple-csv" dataset, byte for byte

    @ROLE-2 @requires_admin @severity:blocker @embedded_only
    Scenario: A user who becomes a viewer and signs in again cannot publish
      Given Nora, a new colleague with the role "user", is signed in
      And Nora has published a package from the "single-file" dataset
      When Ada gives Nora the role "viewer"
      And Nora signs in again
      And Nora adds 2 files of the "simple-csv" dataset to it
      Then Nora is refused
      And the package is unchanged
      And Nora has this access to S3:
        | bucket   | access |
        | packages | read   |

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: A person who loses the right to read and signs in again learns nothing
      Given Nora, a new colleague with the role "admin", is signed in
      And a package in the restricted bucket with these files:
        | file       |
        | secret.txt |
      When Ada gives Nora the role "viewer"
      And Nora signs in again
      And Nora browses it
      Then Nora learns nothing about it
      And Nora has this access to S3:
        | bucket     | access |
        | restricted | none   |

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: A person whose role loses the right to write and who signs in again can only read
      Given a role "curator" that may read the data bucket and write the packages bucket
      And Nora, a new colleague with the role "curator", is signed in
      And Nora has published a package from the "single-file" dataset
      When from now on the role "curator" may read the data bucket and read the packages bucket
      And Nora signs in again
      And Nora adds 2 files of the "simple-csv" dataset to it
      Then Nora is refused: not allowed
      And it is unchanged

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: Someone who changes teams finds what the new team has
      Given a role "wet lab" that may read the data and restricted buckets
      And Nora, a new colleague with the role "viewer", is signed in
      And the package "assays" in the restricted bucket with these files:
        | file      |
        | plate.csv |
      And Ada has given Nora the role "wet lab"
      And Nora has signed in again
      When Nora lists the buckets
      Then Nora has the role "wet lab"
      And Nora sees the restricted bucket
      And Nora does not see the scratch bucket
      And Nora finds the package "assays"

    @ROLE-2 @requires_admin @severity:critical @embedded_only
    Scenario: People whose role is given a bucket find the packages in it
      Given a role "botanist" that may only read the data bucket
      And Nora, a new colleague with the role "botanist", is signed in
      And the package "wheat" in the restricted bucket with these files:
        | file      |
        | wheat.csv |
      And from now on the role "botanist" may read the data and restricted buckets
      When Nora lists the buckets
      Then Nora sees the restricted bucket
      And Nora finds the package "wheat"
      And Nora can see every file of it, and no others

    @ROLE-2 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: A viewer who becomes a user can publish once their AWS credentials expire
      Given a new colleague Nora with the role "viewer"
      And Nora, a new colleague, signed in long ago
      When Ada gives Nora the role "user"
      And all AWS credentials issued so far have expired
      And Nora publishes a package from the "simple-csv" dataset
      Then the package holds exactly the "simple-csv" dataset, byte for byte

    @ROLE-2 @exclusive @requires_admin @severity:blocker @embedded_only
    Scenario: A user who becomes a viewer cannot publish once their AWS credentials expire
      Given a package with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And a new colleague Nora with the role "user"
      And Nora, a new colleague, signed in long ago
      When Ada gives Nora the role "viewer"
      And all AWS credentials issued so far have expired
      And Nora adds 2 files of the "simple-csv" dataset to it
      Then Nora is refused
      And the package is unchanged

    @ROLE-2 @multiuser_mode @requires_admin @severity:blocker @embedded_only
    Scenario: A user who becomes a viewer cannot publish with the same token
      Given Nora, a new colleague with the role "user", is signed in
      And Nora has published a package from the "single-file" dataset
      When Ada gives Nora the role "viewer"
      And Nora adds 2 files of the "simple-csv" dataset to it
      Then Nora is refused
      And the package is unchanged
      And Nora has this access to S3:
        | bucket   | access |
        | packages | read   |

    @ROLE-2 @exclusive @requires_admin @severity:critical @embedded_only
    Scenario: AWS credentials of a former role expire within an hour
      Given Nora, a new colleague with the role "user", is signed in
      And Nora has fetched AWS credentials
      When Ada gives Nora the role "viewer"
      Then Nora has this access to S3:
        | bucket   | access |
        | packages | read   |
      And Nora's AWS credentials no longer work an hour later

  Rule: Only roles that exist can be given or removed

    @ROLE-7 @requires_admin @severity:critical
    Scenario Outline: An unknown role is refused when <doing>
      Given a new colleague Nora with the role "viewer" and the further role "user"
      When Ada <act>
      Then she is refused: invalid or not found
      And the error names "no_such_role"
      And Nora is unchanged

      Examples:
        | doing                 | act                                                                                      |
        | setting the role      | gives Nora the role called "no_such_role"                                                |
        | setting further roles | gives Nora the role "user" and the further role called "no_such_role"                    |
        | adding roles          | adds the role "service" and the role called "no_such_role" to Nora                       |
        | removing roles        | removes the role "user" and the role called "no_such_role" from Nora                     |
        | naming a fallback     | removes the role "viewer" from Nora, with the role called "no_such_role" as the fallback |
