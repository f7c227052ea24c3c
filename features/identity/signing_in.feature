Feature: Signing in
  Whoever works with Quilt through QuiltOps does so under their own identity: at their own machine with the
  session of quilt3, or through a shared server with a token. They must be able to rely on two things: signed in,
  they are where they think they are; without valid credentials, nothing happens at all.

  Rule: Whoever is signed in can see where

    @AUTH-1 @local_mode @smoke @severity:blocker
    Scenario: Sign in at one's own machine
      Given Dana, a data scientist, is signed in
      When she asks for her sign-in status
      Then the status says that she is signed in to this deployment
      And it names the catalog, the registry, the region and the Tabulator data catalog

    @AUTH-2 @multiuser_mode @smoke @severity:blocker
    Scenario: Sign in through a shared server
      Given Dana, a data scientist, is signed in
      When she asks for her sign-in status
      Then the status says that she is signed in to this deployment
      And it names the catalog, the registry, the region and the Tabulator data catalog

    @AUTH-2 @multiuser_mode @severity:critical
    Scenario: A second person's token is the second person's
      Given Dana, a data scientist, is signed in
      And Lee, a reviewer, is signed in
      When Lee asks the registry who he is
      Then the registry says that it is Lee

    @AUTH-5 @severity:critical
    Scenario: The endpoint and headers that QuiltOps hands out work by themselves
      Given Dana, a data scientist, is signed in
      When she asks for the GraphQL endpoint and its headers
      Then the endpoint is the one of this deployment
      And the registry accepts a call with these headers alone
      And it refuses the same call without them

  Rule: Without credentials nothing happens

    @AUTH-3 @local_mode @severity:critical
    Scenario: Ask for the status without having signed in
      Given Dana, a data scientist, is not signed in
      When she asks for her sign-in status
      Then the status says that she is not signed in

    @AUTH-3 @severity:blocker
    Scenario: Look for packages without having signed in
      Given Dana, a data scientist, is not signed in
      When she searches for "structure"
      Then she is refused with an AuthenticationError
      And the message says how to sign in
      And the message shows no secret

  Rule: A token that is not valid opens nothing

    @AUTH-4 @multiuser_mode @severity:critical
    Scenario: Use an expired token
      Given Dana, a data scientist, has a token that is expired
      When she searches for "structure"
      Then she is refused with an AuthenticationError
      And the message says that it expired
      And the message shows no secret

    @AUTH-6 @multiuser_mode @severity:blocker
    Scenario Outline: Use a token that is <flaw>
      Given Dana, a data scientist, has a token that is <flaw>
      When she searches for "structure"
      Then she is refused with an AuthenticationError
      And the message shows no secret

      Examples:
        | flaw                    |
        | tampered with           |
        | signed with another key |
        | of a deactivated user   |
