Feature: Errors that say what was asked
  A program that calls QuiltOps acts on its errors: it signs in, corrects a name, asks for permission, tries again. So
  each kind of error must say what it is about, in a form that a program can read.

  Rule: Each kind of error names what it is about

    @ERR-1 @severity:normal
    Scenario: An AuthenticationError gives the authentication method
      Given Lee, a reviewer, is not signed in
      When he asks the registry who is signed in
      Then he is refused: not signed in
      And the error's context gives the authentication method

    @ERR-2 @severity:normal @embedded_only
    Scenario: A BackendError says what failed and where
      Given Lee, a reviewer, is signed in
      And the registry answers with a 500
      When he asks the registry who is signed in
      Then he is refused: the service failed
      And the error's context gives the operation and the backend

    @ERR-2 @severity:normal @embedded_only
    Scenario Outline: The error names the package if someone could not <act>
      Given Dana, a data scientist, is signed in
      And the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And the deployment answers with a 500
      When Dana <attempt>
      Then she is refused: the service failed
      And the error's context gives the package and the registry

      Examples:
        | act               | attempt                                                      |
        | see the metadata  | reads the metadata of the package "yields"                   |
        | see the details   | asks for the details of the package "yields"                 |
        | compare           | compares the package "yields" with the package "test-user/simple-csv" |
        | add files         | adds the "single-file" dataset to the package "yields"       |
        | publish           | publishes the package "soil" from the "single-file" dataset  |

    @ERR-2 @severity:normal @embedded_only
    Scenario Outline: The error names the <thing> if someone could not <act>
      Given Dana, a data scientist, is signed in
      And the package "yields" with these files:
        | file           | content |
        | plots/west.csv | 12 rows |
      And the deployment answers with a 500
      When Dana <attempt>
      Then she is refused: the service failed
      And the error's context gives the package, the registry and the path

      Examples:
        | thing  | act        | attempt                                                     |
        | folder | open it    | opens the folder "plots" of the package "yields"            |
        | file   | get a link | asks for a link to "plots/west.csv" in the package "yields" |

    @ERR-2 @severity:normal @embedded_only
    Scenario: A BackendError says which registry could not be searched
      Given Dana, a data scientist, is signed in
      And the registry answers with a 500
      When Dana searches for "structure"
      Then she is refused: the service failed
      And the error's context gives the registry

    @ERR-2 @severity:normal
    Scenario: A BackendError says which catalog's configuration could not be read
      Given Dana, a data scientist, is signed in
      When she reads the configuration of the catalog "http://no-such-catalog.invalid"
      Then she is refused: the service failed
      And the error's context gives the address of the catalog

    @ERR-3 @severity:normal
    Scenario: A ValidationError says which argument is wrong
      Given Dana, a data scientist, is signed in
      When she asks for a link to "data" in the package called "no-slash"
      Then she is refused: invalid
      And the error's context gives the field and the value

    @ERR-4 @severity:normal
    Scenario: A NotFoundError says what was looked for and where
      Given Dana, a data scientist, is signed in
      When she compares the package called "test-user/no-such-package" with the package "test-user/simple-csv"
      Then she is refused: not found
      And the error's context gives the resource and where it was looked for

    @ERR-5 @severity:normal
    Scenario: A PermissionError gives the required permission
      Given Lee, a reviewer, is signed in
      When Lee publishes a package from the "single-file" dataset
      Then he is refused: not allowed
      And the error's context gives the required permission
