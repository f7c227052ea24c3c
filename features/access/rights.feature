Feature: Everybody within their rights
  Roles say who may read and who may write. QuiltOps must neither give more than the role gives nor pretend: what is not
  allowed is refused as such, changes nothing, and a bucket that is not one's own might as well not exist.

  Rule: Who may only read can read, and change nothing

    @SEC-1 @smoke @severity:critical
    Scenario: A reviewer reads
      Given Lee, a reviewer, is signed in
      When he browses "test-user/metadata-rich"
      Then the answer is not a refusal

    @SEC-1 @severity:blocker
    Scenario: A reviewer cannot create a package
      Given Lee, a reviewer, is signed in
      When he creates a package from the "single-file" dataset
      Then he is refused with a PermissionError
      And no package was created

    @SEC-1 @severity:blocker
    Scenario: A reviewer cannot update a package
      Given Dana, a data scientist, is signed in
      And she has created a package from the "single-file" dataset
      And Lee, a reviewer, is signed in
      When Lee adds 2 files of the "simple-csv" dataset to it
      Then he is refused with a PermissionError
      And the first package is unchanged

    @SEC-1 @severity:blocker
    Scenario: A reviewer cannot delete a package
      Given Dana, a data scientist, is signed in
      And she has created a package from the "single-file" dataset
      And Lee, a reviewer, is signed in
      When Lee deletes it
      Then the deletion is refused
      And the first package is unchanged

  Rule: A bucket that is not one's own might as well not exist

    @SEC-2 @severity:blocker
    Scenario: It is not listed
      Given Dana, a data scientist, is signed in
      When she lists the buckets
      Then she does not see the restricted bucket

    @SEC-2 @severity:blocker
    Scenario Outline: Nothing is learnt when one <attempt>
      Given Dana, a data scientist, is signed in
      And a package in the restricted bucket
      When Dana <attempt>
      Then she learns nothing of that package

      Examples:
        | attempt                                          |
        | searches the restricted bucket for that package  |
        | asks the restricted bucket for its details       |
        | browses it in the restricted bucket              |

    @SEC-2 @severity:blocker
    Scenario: Its files cannot be downloaded
      Given Dana, a data scientist, is signed in
      And a package in the restricted bucket
      When Dana asks for a link to its file in the restricted bucket
      Then she gets no link that gives its bytes

    @SEC-2 @severity:blocker
    Scenario: Its files cannot be published as one's own
      Given Dana, a data scientist, is signed in
      And a package in the restricted bucket
      When Dana publishes the file of the restricted bucket as her own
      Then she is refused
      And no package of that name is in the packages bucket

    @SEC-2 @requires_admin @severity:critical
    Scenario: Who has the right does see it
      Given Ada, an administrator, is signed in
      And a package in the restricted bucket
      When Ada browses it in the restricted bucket
      Then she sees its file there

  Rule: Credentials that end do not end the work

    @SEC-3 @multiuser_mode @severity:critical @embedded_only
    Scenario: A token comes to its end
      Given Lee, a reviewer, is signed in with a token that lives 2 s
      When the token has come to its end
      And he asks the registry who he is
      Then he is refused with an AuthenticationError

    @SEC-3 @multiuser_mode @severity:critical @embedded_only
    Scenario: Sign in anew after a token came to its end
      Given Lee, a reviewer, is signed in with a token that lives 2 s
      When the token has come to its end
      And he signs in anew
      And he asks the registry who he is
      Then the registry says that it is Lee

    @SEC-4 @exclusive @severity:critical @embedded_only
    Scenario: AWS credentials come to their end between two calls
      Given Dana, a data scientist, signed in long ago
      And she has asked for a client of "s3" in "us-east-1"
      When all AWS credentials given out so far have come to their end
      And she browses "test-user/simple-csv"
      Then the answer is not a refusal

    @SEC-4 @exclusive @severity:normal @embedded_only
    Scenario: AWS credentials come to their end while a client is in use
      Given Dana, a data scientist, signed in long ago
      And she has asked for a client of "s3" in "us-east-1"
      When all AWS credentials given out so far have come to their end
      Then it lists the deployment's buckets
