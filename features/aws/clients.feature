Feature: Working in AWS as oneself
  For what Quilt itself does not do, people take AWS's own tools. QuiltOps hands out clients that carry the person's own
  rights in the deployment: as much as the role allows, in the right region, and nothing of the server's own rights.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A client works where the deployment is, unless told otherwise

    @AWS-1 @smoke @severity:critical
    Scenario: Take an S3 client
      When she asks for a client of "s3"
      Then the client is for the region of this deployment
      And it lists the deployment's buckets

    @AWS-1 @severity:normal
    Scenario: Take an S3 client by the method's earlier name
      When she asks for a client of "s3" by the earlier name
      Then it lists the deployment's buckets

    @AWS-2 @severity:critical
    Scenario: Take a client for another region
      When she asks for a client of "s3" in "eu-west-1"
      Then the client is for the region "eu-west-1"
      And it reads and writes in the remote bucket

    @AWS-2 @severity:critical
    Scenario: Take a client for another region than the machine's
      Given the AWS region of this machine is "ap-southeast-2"
      When she asks for a client of "s3" in "eu-west-1"
      Then the client is for the region "eu-west-1"
      And it reads and writes in the remote bucket

    @AWS-1 @severity:critical
    Scenario: Take a client on a machine that is set to another region
      Given the AWS region of this machine is "ap-southeast-2"
      When she asks for a client of "s3"
      Then the client is for the region of this deployment

    @AWS-3 @severity:critical
    Scenario Outline: Take a client of <service>
      When she asks for a client of "<service>"
      Then the client is for the region of this deployment
      And the client can be used

      Examples:
        | service |
        | s3      |
        | athena  |
        | sts     |
        | glue    |

    @AWS-3 @severity:normal
    Scenario: Two clients do not disturb each other
      When she asks for a client of "s3" in "eu-west-1"
      And she asks for another client of "sts" in "us-east-1"
      Then the client is for the region "eu-west-1"
      And the other client is for the region "us-east-1"

  Rule: What lies in S3 is read as it was put there

    @AWS-4 @severity:critical
    Scenario: List objects
      When she asks for a client of "s3" in "us-east-1"
      Then it lists exactly the objects of the "simple-csv" dataset

    @AWS-5 @severity:critical
    Scenario: Get objects
      When she asks for a client of "s3" in "us-east-1"
      Then it gets the objects of the "mixed-formats" dataset, byte for byte

  Rule: A service that does not exist is named

    @AWS-6 @severity:normal
    Scenario Outline: Ask for a client of <flaw>
      When she asks for a client of "<service>"
      Then she is refused with a ValidationError or a BackendError
      And the error names "<service>"

      Examples:
        | flaw                      | service    |
        | a service that is not     | no-service |
        | a service with a capital  | S3         |
        | a path                    | ../s3      |
        | nothing                   |            |

    @AWS-6 @severity:normal
    Scenario: Ask for a client of a service that does not exist and be told whose mistake it is
      When she asks for a client of "no-service" in "us-east-1"
      Then she is refused with a ValidationError

  Rule: A client has its owner's rights and no others

    @AWS-7 @severity:blocker
    Scenario Outline: <name> acts with the role "<role>"
      Given <name>, <description>, is signed in
      When <name> asks for a client of "sts" in "us-east-1"
      Then AWS says that the caller has the role "<role>"

      Examples:
        | name | description        | role    |
        | Dana | a data scientist   | user    |
        | Lee  | a reviewer         | viewer  |
        | Sam  | a nightly pipeline | service |

    @AWS-7 @severity:blocker
    Scenario: A reader cannot write
      Given Lee, a reviewer, is signed in
      When Lee asks for a client of "s3" in "us-east-1"
      Then it is not allowed to write into the packages bucket
      And it is not allowed to delete from the packages bucket

    @AWS-7 @multiuser_mode @severity:blocker
    Scenario: There is no client without signing in
      Given Lee, a reviewer, is not signed in
      When Lee asks for a client of "s3" in "us-east-1"
      Then he is refused with an AuthenticationError

    @AWS-7 @AUTH-3 @severity:normal
    Scenario: There is no client where there are no credentials at all
      Given Lee, a reviewer, is not signed in
      And this machine has no AWS credentials
      When Lee asks for a client of "s3" in "us-east-1"
      Then he is refused with an AuthenticationError

    @AWS-7 @multiuser_mode @severity:blocker
    Scenario Outline: There is no client for a token that is <flaw>
      Given Lee, a reviewer, has a token that is <flaw>
      When Lee asks for a client of "s3" in "us-east-1"
      Then he is refused with an AuthenticationError

      Examples:
        | flaw                    |
        | expired                 |
        | tampered with           |
        | of a deactivated user   |
