Feature: Arguments that make no sense
  People type names, and programs build them. Every operation that is given a name that makes no sense must refuse it
  before doing anything, and the error must say which one it was.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: Only an S3 URI names a registry

    @ERR-3 @severity:critical
    Scenario Outline: Someone who <attempt> cannot use "<registry>" as the registry
      Given the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And Dana uses "<registry>" as the registry
      When Dana <attempt>
      Then she is refused: invalid
      And the error names the field "registry"
      And the package "yields" is unchanged

      Examples:
        | attempt                                              | registry                |
        | searches for "structure"                             | quilt-mcp-test-packages |
        | searches for "structure"                             |                         |
        | browses the package "yields" | quilt-mcp-test-packages |
        | browses the package "yields"                                  |                         |
        | reads the metadata of the package "yields" | quilt-mcp-test-packages |
        | reads the metadata of the package "yields"                    |                         |
        | asks for the details of the package "yields" | quilt-mcp-test-packages |
        | asks for the details of the package "yields"                  |                         |
        | asks for a link to "yields.csv" in the package "yields" | quilt-mcp-test-packages |
        | asks for a link to "yields.csv" in the package "yields"       |                         |
        | compares the package "yields" with the package "test-user/simple-csv" | quilt-mcp-test-packages |
        | compares the package "yields" with the package "test-user/simple-csv" |                 |
        | adds the "single-file" dataset to the package "yields" | quilt-mcp-test-packages |
        | adds the "single-file" dataset to the package "yields"        |                         |

    @ERR-3 @severity:normal
    Scenario: Nobody can publish to something that is not a registry
      Given Dana uses "https://quilt-mcp-test-packages" as the registry
      When Dana publishes a package from the "single-file" dataset
      Then she is refused: invalid
      And it does not exist

    @ERR-3 @CREA-1 @severity:normal
    Scenario: Publishing without naming a registry uses the default one, or is refused
      Given Dana uses "" as the registry
      When Dana publishes a package from the "single-file" dataset
      Then she is refused, or the package holds all of the "single-file" dataset

  Rule: A package name has two parts

    @ERR-3 @severity:critical
    Scenario Outline: Someone who <attempt> cannot use "<name>" as the package name
      When Dana <attempt> the package called "<name>"
      Then she is refused: invalid
      And the error names the field "package_name"

      Examples:
        | attempt                                         | name                 |
        | browses                                         | simple-csv           |
        | browses                                         | test-user/simple/csv |
        | browses                                         |                      |
        | reads the metadata of                           | simple-csv           |
        | reads the metadata of                           | test-user/simple/csv |
        | reads the metadata of                           |                      |
        | asks for a link to "data.csv" in                | simple-csv           |
        | asks for a link to "data.csv" in                |                      |
        | adds the "single-file" dataset to               | simple-csv           |
        | adds the "single-file" dataset to               | test-user/simple/csv |
        | adds the "single-file" dataset to               |                      |
        | compares the package "test-user/simple-csv" with | simple-csv          |
        | compares the package "test-user/simple-csv" with |                     |

    @ERR-3 @severity:normal
    Scenario Outline: A comparison cannot begin with a package called "<name>"
      When Dana compares the package called "<name>" with the package "test-user/simple-csv"
      Then she is refused: invalid
      And the error names the field "package_name"

      Examples:
        | name                 |
        | simple-csv           |
        | test-user/simple/csv |

  Rule: A file has a name

    @ERR-3 @severity:normal
    Scenario: There is no link to a file without a name
      When Dana asks for a link to the missing file "" in the package "test-user/simple-csv"
      Then she is refused: invalid
      And the error names the field "path"

    @ERR-3 @severity:normal
    Scenario Outline: The error says which entry is <flaw>
      When Dana publishes a package from these entries:
        | entry         |
        | (a good file) |
        | <entry>       |
      Then she is refused: invalid
      And the error names the field "s3_uri"
      And the error names the second entry

      Examples:
        | flaw                   | entry                        |
        | not an S3 URI          | https://example.org/file.csv |
        | a bucket without a key | s3://quilt-mcp-test-data     |
        | a key without a bucket | s3:///file.csv               |

    @ERR-3 @severity:normal
    Scenario: A package cannot be created from nothing
      When Dana publishes a package from no files
      Then she is refused: invalid
      And the error names the field "s3_uris"
      And it does not exist

    @ERR-3 @severity:normal
    Scenario: Adding no files is refused
      Given the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      When Dana adds no files to the package "yields"
      Then she is refused: invalid
      And the error names the field "s3_uris"
      And the package "yields" is unchanged

    @ERR-3 @severity:normal
    Scenario Outline: An update of nothing but <flaw> is refused
      Given the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      When Dana adds these entries to the package "yields":
        | entry   |
        | <entry> |
      Then she is refused: invalid
      And the error names the field "s3_uris"
      And the package "yields" is unchanged

      Examples:
        | flaw                   | entry                        |
        | a web address          | https://example.org/file.csv |
        | a bucket               | s3://quilt-mcp-test-data     |
        | a folder               | s3://quilt-mcp-test-data/v1/ |
        | a gap                  | (nothing)                    |

  Rule: A user has a name, an address and a role

    @ERR-3 @USER-13 @requires_admin @severity:critical
    Scenario Outline: <user> is refused when an administrator <tries>
      Given Ada, an administrator, is signed in
      When Ada <act>
      Then she is refused: invalid
      And the message says that something is empty
      And users and single sign-on are unchanged

      Examples:
        | user                     | tries                     | act                                                                             |
        | A user without a name    | looks someone up          | looks up a user without a name                                                  |
        | A user with a blank name | looks someone up          | looks up a user with a blank name                                               |
        | A user without a name    | deletes someone           | deletes a user without a name                                                   |
        | A user with a blank name | deletes someone           | deletes a user with a blank name                                                |
        | A user without a name    | changes an address        | changes the e-mail address of a user without a name to a new one                |
        | A user with a blank name | changes an address        | changes the e-mail address of a user with a blank name to a new one             |
        | A user without a name    | makes an administrator    | makes a user without a name an administrator                                    |
        | A user with a blank name | makes an administrator    | makes a user with a blank name an administrator                                 |
        | A user without a name    | deactivates someone       | deactivates a user without a name                                               |
        | A user with a blank name | deactivates someone       | deactivates a user with a blank name                                            |
        | A user without a name    | resets a password         | resets the password of a user without a name                                    |
        | A user with a blank name | resets a password         | resets the password of a user with a blank name                                 |
        | A user without a name    | gives a role              | gives a user without a name the role "user"                                     |
        | A user with a blank name | gives a role              | gives a user with a blank name the role "user"                                  |
        | A user without a name    | adds a role               | adds the role "user" to a user without a name                                   |
        | A user with a blank name | adds a role               | adds the role "user" to a user with a blank name                                |
        | A user without a name    | removes a role            | removes the role "user" from a user without a name                              |
        | A user with a blank name | removes a role            | removes the role "user" from a user with a blank name                           |

    @ERR-3 @USER-13 @requires_admin @severity:critical
    Scenario Outline: An administrator cannot <change>
      Given Ada, an administrator, is signed in
      And a new colleague Nora with the role "viewer"
      When Ada <act>
      Then she is refused: invalid
      And the message says that something is empty
      And Nora is unchanged

      Examples:
        | change                          | act                                                 |
        | give someone an empty role      | gives Nora the role called ""                       |
        | give someone a blank role       | gives Nora the role called "  "                     |
        | add no roles                    | adds no roles to Nora                               |
        | remove no roles                 | removes no roles from Nora                          |
        | take someone's address away     | changes the e-mail address of Nora to ""            |
        | give someone a blank address    | changes the e-mail address of Nora to "  "          |
