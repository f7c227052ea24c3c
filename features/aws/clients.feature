Feature: Using AWS with your own rights
  For whatever Quilt itself does not do, people use AWS's own tools. QuiltOps hands out clients with the person's own
  rights in the deployment: as much as the role allows, in the right region, and none of the server's own rights.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A client works in the deployment's region unless another is requested

    @AWS-1 @smoke @severity:critical @embedded_only
    Scenario: An S3 client works in the deployment's region
      Given this deployment is in another region than "us-east-1"
      When she asks for a client for "s3"
      Then the client is for the region of this deployment
      And the client works

    @AWS-1 @severity:normal
    Scenario: The method's earlier name still gives an S3 client
      When she asks for a client for "s3" by the method's former name
      Then the client works

    @AWS-2 @severity:critical
    Scenario: A client works in the region that is asked for
      When she asks for a client for "s3" in "eu-west-1"
      Then the client is for the region "eu-west-1"
      And the client can read from and write to the remote bucket

    @AWS-2 @severity:critical
    Scenario: The region that is asked for overrides the machine's
      Given the AWS region of this machine is "ap-southeast-2"
      When she asks for a client for "s3" in "eu-west-1"
      Then the client is for the region "eu-west-1"
      And the client can read from and write to the remote bucket

    @AWS-1 @severity:critical
    Scenario: The deployment's region overrides the machine's
      Given the AWS region of this machine is "ap-southeast-2"
      When she asks for a client for "s3"
      Then the client is for the region of this deployment

    @AWS-3 @severity:critical
    Scenario Outline: A client for <service> works
      When she asks for a client for "<service>"
      Then the client is for the region of this deployment
      And the client works

      Examples:
        | service |
        | athena  |
        | sts     |
        | glue    |

    @AWS-3 @severity:normal
    Scenario: Two clients keep their own regions
      When she asks for a client for "s3" in "eu-west-1"
      And she asks for a client for "sts" in "us-east-1"
      Then the client is for the region "eu-west-1"
      And the second client is for the region "us-east-1"

  Rule: Objects in S3 are read as they were stored

    @AWS-4 @severity:critical
    Scenario: A client lists the objects of a dataset
      When she asks for a client for "s3" in "us-east-1"
      Then the client lists and gets exactly the objects of the "simple-csv" dataset, byte for byte

    @AWS-5 @severity:critical
    Scenario: A client gets objects as they were stored
      When she asks for a client for "s3" in "us-east-1"
      Then the client lists and gets exactly the objects of the "mixed-formats" dataset, byte for byte

  Rule: The error names a service that does not exist

    @AWS-6 @severity:normal
    Scenario Outline: A client for <flaw> is refused
      When she asks for a client for "<service>"
      Then she is refused: invalid or the service failed
      And the error names "<service>"

      Examples:
        | flaw                            | service    |
        | an unknown service              | no-service |
        | a service with a capital letter | S3         |
        | a path                          | ../s3      |
        | nothing                         |            |

    @AWS-6 @severity:normal
    Scenario: An unknown service is reported as the caller's mistake
      When she asks for a client for "no-service" in "us-east-1"
      Then she is refused: invalid

  Rule: A client has its owner's rights and no others

    @AWS-7 @severity:blocker
    Scenario Outline: <name> acts with the role "<role>"
      Given <name>, <description>, is signed in
      When <name> asks for a client for "sts" in "us-east-1"
      Then the client acts in the role "<role>"

      Examples:
        | name | description        | role    |
        | Dana | a data scientist   | user    |
        | Lee  | a reviewer         | viewer  |
        | Sam  | a nightly pipeline | service |

    @AWS-7 @multiuser_mode @severity:blocker
    Scenario: A client acts in its owner's role whoever is signed in on the server itself
      Given Ada, an administrator, is signed in with quilt3 on the shared server itself
      And Lee, a reviewer, is signed in
      When Lee asks for a client for "sts" in "us-east-1"
      Then the client acts in the role "viewer"

    @AWS-7 @multiuser_mode @severity:blocker
    Scenario: A reviewer's client is not an earlier user's
      Given Ada, an administrator, is signed in
      And Ada has asked for a client for "s3" in "us-east-1"
      And Lee, a reviewer, is signed in
      When Lee asks for a client for "sts" in "us-east-1"
      Then the client acts in the role "viewer"

    @AWS-7 @severity:blocker
    Scenario: A reader's client cannot write
      Given Lee, a reviewer, is signed in
      When Lee asks for a client for "s3" in "us-east-1"
      Then the client cannot write to the packages bucket
      And the client cannot delete from the packages bucket

    @AWS-7 @multiuser_mode @severity:blocker
    Scenario: Nobody gets a client without signing in
      Given Lee, a reviewer, is not signed in
      When Lee asks for a client for "s3" in "us-east-1"
      Then he is refused: not signed in

    @AWS-7 @AUTH-3 @severity:normal
    Scenario: Nobody gets a client on a machine without credentials
      Given Lee, a reviewer, is not signed in
      And this machine has no AWS credentials
      When Lee asks for a client for "s3" in "us-east-1"
      Then he is refused: not signed in

    @AWS-7 @multiuser_mode @severity:blocker
    Scenario Outline: Nobody gets a client with a token that is <flaw>
      Given Lee, a reviewer, has a token that is <flaw>
      When Lee asks for a client for "s3" in "us-east-1"
      Then he is refused: not signed in

      Examples:
        | flaw                    |
        | expired                 |
        | tampered with           |
        | of a deactivated user   |
