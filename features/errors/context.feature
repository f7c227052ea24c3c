Feature: Errors that say what was asked
  Whoever calls QuiltOps from a program acts on its errors: signs in, corrects a name, asks for a right, tries again. So
  each kind of error carries what it is about, in a form that a program can read.

  Rule: Each kind of error names what it is about

    @ERR-1 @severity:normal
    Scenario: An AuthenticationError tells which way of signing in failed
      Given Lee, a reviewer, is not signed in
      When he asks the registry who he is
      Then he is refused with an AuthenticationError
      And the error's context gives the way of signing in that failed

    @ERR-2 @severity:normal @embedded_only
    Scenario: A BackendError tells what failed and where
      Given Lee, a reviewer, is signed in
      And the registry answers with a 500
      When he asks the registry who he is
      Then he is refused with a BackendError
      And the error's context gives the operation and the backend

    @ERR-3 @severity:normal
    Scenario: A ValidationError tells which argument is wrong
      Given Dana, a data scientist, is signed in
      When she asks for a link to "data" in "no-slash"
      Then she is refused with a ValidationError
      And the error's context gives the field and the value

    @ERR-4 @severity:normal
    Scenario: A NotFoundError tells what was sought and where
      Given Dana, a data scientist, is signed in
      When she compares "test-user/no-such-package" with "test-user/simple-csv"
      Then she is refused with a NotFoundError
      And the error's context gives the resource and the place where it was sought

    @ERR-5 @severity:normal
    Scenario: A PermissionError tells which right is needed
      Given Lee, a reviewer, is signed in
      When Lee publishes into the packages bucket
      Then he is refused with a PermissionError
      And the error's context gives the permission that is needed
