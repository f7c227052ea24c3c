Feature: Finding packages
  A scientist knows a word of what she is looking for, and expects the packages that have it, all of them and no
  others, with enough about each to choose. She also expects to be told plainly when a name leads nowhere.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A search finds what matches, and nothing else

    @DISC-1 @exclusive @smoke @severity:blocker
    Scenario Outline: A search finds packages by <what>
      When Dana searches for "<text>"
      Then she finds exactly <packages>
      And she sees the name, top hash, date, registry and bucket of every result

      Examples:
        | what                      | text       | packages                                                                                    |
        | a word of the name        | structure  | "test-user/nested-structure"                                                                |
        | that word in capitals     | STRUCTURE  | "test-user/nested-structure"                                                                |
        | a word that several share | versioned  | "test-user/versioned-data", "test-user/versioned-data-v1" and "test-user/versioned-data-v2" |
        | a word of the description | laboratory | "test-user/simple-csv"                                                                      |
        | a tag                     | preview    | "test-user/mixed-formats"                                                                   |

    @DISC-2 @severity:critical
    Scenario: A search for an unknown word finds nothing
      When Dana searches for "zyxwvutsrq"
      Then she finds no packages

    @DISC-3 @exclusive @severity:critical
    Scenario: All packages are listed
      When Dana lists all packages
      Then she finds exactly the packages of the test environment

    @DISC-7 @severity:normal
    Scenario Outline: A search for text with <what> is answered
      When Dana searches for "<text>"
      Then she finds no packages

      Examples:
        | what               | text          |
        | an open quote      | zyxw\\"vut     |
        | a colon            | zyxw:vut      |
        | a slash            | zyxw/vut      |
        | brackets           | zyxw(vut[srq] |
        | an operator        | zyxw AND NOT  |
        | letters of Iceland | þorskur       |
        | emoji              | 🧪zyxw        |

    @DISC-7 @exclusive @severity:normal
    Scenario Outline: A search understands <what>
      When Dana searches for "<text>"
      Then she finds exactly <packages>

      Examples:
        | what                           | text                       | packages                     |
        | a star for any letters         | *ested-struct*             | "test-user/nested-structure" |
        | a question mark for one letter | *n?sted-structure          | "test-user/nested-structure" |
        | a slash that is part of a name | test-user/nested-structure | "test-user/nested-structure" |

    @DISC-8 @severity:critical
    Scenario: A package is found right after it was published
      Given Lee, a reviewer, is signed in
      When Dana publishes a package from the "single-file" dataset
      Then Dana finds the package
      And Lee finds the package

    @DISC-1 @DISC-8 @severity:critical
    Scenario Outline: What was published is found by <what>
      Given Lee, a reviewer, is signed in
      When Dana publishes the package "yields" from the "single-file" dataset with this metadata:
        | field       | value                   |
        | description | Grain yields near Ystad |
        | tags        | agronomy, winterwheat   |
      Then Lee finds it by "<text>"

      Examples:
        | what                    | text        |
        | its description         | Ystad       |
        | one of its tags         | winterwheat |

  Rule: Details show what the registry knows

    @DISC-4 @smoke @severity:critical
    Scenario: The details of a package are complete
      When Dana asks for the details of the package "test-user/simple-csv"
      Then she sees the name, registry and bucket of the package
      And she sees the top hash of the package
      And she sees when the package was last changed, in ISO 8601
      And she can see the description and the tags of the package

  Rule: A name that leads nowhere is reported as such

    @DISC-5 @severity:critical
    Scenario: A package that does not exist has no details
      When Dana asks for the details of the package called "test-user/no-such-package"
      Then she is refused: not found
      And the error names "test-user/no-such-package"
      And the error names the registry

    @DISC-6 @severity:normal
    Scenario Outline: A package name with <flaw> is refused when its details are asked for
      When Dana asks for the details of the package called "<name>"
      Then she is refused: invalid
      And the error names the field "package_name"
      And the message says how a package name is formed

      Examples:
        | flaw          | name                 |
        | no slash      | simple-csv           |
        | two slashes   | test-user/simple/csv |
        | nothing in it |                      |
        | spaces        | test user/simple csv |
