Feature: Staying within your rights
  Roles say who may read and who may write. QuiltOps must never allow more than the role does: anything that is not
  allowed is refused as such and changes nothing, and buckets outside your role are invisible.

  Rule: Readers can read but change nothing

    @SEC-1 @smoke @severity:critical
    Scenario: A reviewer can read
      Given Lee, a reviewer, is signed in
      When he browses the package "test-user/metadata-rich"
      Then he gets an answer

    @SEC-1 @severity:blocker
    Scenario: A reviewer cannot create a package
      Given Lee, a reviewer, is signed in
      When he publishes a package from the "single-file" dataset
      Then he is refused: not allowed
      And the package does not exist

    @SEC-1 @severity:blocker
    Scenario: A reviewer cannot update a package
      Given Dana, a data scientist, is signed in
      And she has published a package from the "single-file" dataset
      And Lee, a reviewer, is signed in
      When Lee adds 2 files of the "simple-csv" dataset to it
      Then he is refused: not allowed
      And the package is unchanged
      And Lee finds the package

    @SEC-1 @severity:blocker
    Scenario: A reviewer cannot delete a package
      Given Dana, a data scientist, is signed in
      And she has published a package from the "single-file" dataset
      And Lee, a reviewer, is signed in
      When Lee deletes it
      Then the deletion is refused
      And the package is unchanged

  Rule: Buckets outside your role are invisible

    @SEC-2 @severity:blocker
    Scenario: A bucket outside your role is not listed
      Given Dana, a data scientist, is signed in
      When she lists the buckets
      Then she does not see the restricted bucket

    @SEC-2 @severity:blocker
    Scenario Outline: A bucket outside the role of someone who <attempt> stays hidden
      Given Dana, a data scientist, is signed in
      And a package in the restricted bucket with these files:
        | file       |
        | secret.txt |
      When Dana <attempt> the package
      Then she learns nothing about it

      Examples:
        | attempt                            |
        | searches the restricted bucket for |
        | asks for the details of            |
        | browses                            |

    @SEC-2 @severity:blocker
    Scenario: Files outside your role cannot be downloaded
      Given Dana, a data scientist, is signed in
      And a package in the restricted bucket with these files:
        | file       |
        | secret.txt |
      When Dana downloads "secret.txt" from the package
      Then she is refused

    @SEC-2 @severity:blocker
    Scenario: Nobody can republish files they may not read
      Given Dana, a data scientist, is signed in
      And these files in the restricted bucket:
        | file       |
        | secret.txt |
      When Dana publishes a package from that file
      Then she is refused
      And the package does not exist

    @SEC-2 @requires_admin @severity:critical
    Scenario: Authorized users see the restricted bucket
      Given Ada, an administrator, is signed in
      And a package in the restricted bucket with these files:
        | file       |
        | secret.txt |
      When Ada browses the package
      Then she sees exactly the files of the package, with their sizes

  Rule: Users can keep working after credentials expire

    @CONT-4 @multiuser_mode @exclusive @severity:critical @embedded_only
    Scenario: A new link works after an earlier link's browsing session has ended
      Given Dana, a data scientist, signed in 3 minutes ago
      And she has asked for a link to "metadata/schema.json" in the package "test-user/nested-structure"
      When that time has passed
      And she asks for another link to "metadata/README.md" in the package "test-user/nested-structure"
      Then that link gives "metadata/README.md" of the package to anyone, without signing in, until it expires

    @CONT-4 @multiuser_mode @exclusive @severity:normal @embedded_only
    Scenario: A new link works after the registry has ended an earlier link's browsing session early
      Given Dana, a data scientist, is signed in
      And she has asked for a link to "metadata/schema.json" in the package "test-user/nested-structure"
      When the registry ends Dana's browsing session
      And she asks for another link to "metadata/README.md" in the package "test-user/nested-structure"
      Then that link gives "metadata/README.md" of the package to anyone, without signing in, until it expires

    @CONT-4 @multiuser_mode @exclusive @severity:critical @embedded_only
    Scenario: A link does not depend on the browsing session of someone else who asked before
      Given Dana, a data scientist, is signed in
      And Lee, a reviewer, is signed in
      And Dana has asked for a link to "metadata/schema.json" in the package "test-user/nested-structure"
      When the registry ends Dana's browsing session
      And Lee asks for another link to "metadata/README.md" in the package "test-user/nested-structure"
      Then that link gives "metadata/README.md" of the package to anyone, without signing in, until it expires

    @SEC-3 @multiuser_mode @severity:critical @embedded_only
    Scenario: An expired token ends the session
      Given Lee, a reviewer, is signed in with a token that is valid for 2 s
      When the token has expired
      And he asks the registry who is signed in
      Then he is refused: not signed in

    @SEC-3 @multiuser_mode @severity:critical @embedded_only
    Scenario: Signing in again renews an expired token
      Given Lee, a reviewer, is signed in with a token that is valid for 2 s
      When the token has expired
      And he signs in again
      And he asks the registry who is signed in
      Then the registry recognizes Lee

    @SEC-4 @exclusive @severity:critical @embedded_only
    Scenario: AWS credentials are renewed between two calls
      Given Dana, a data scientist, signed in long ago
      And she has asked for a client for "s3" in "us-east-1"
      When all AWS credentials issued so far have expired
      And she browses the package "test-user/simple-csv"
      Then she gets an answer

    @SEC-4 @exclusive @severity:normal @embedded_only
    Scenario: AWS credentials are renewed while a client is in use
      Given Dana, a data scientist, signed in long ago
      And she has asked for a client for "s3" in "us-east-1"
      When all AWS credentials issued so far have expired
      Then the client works
