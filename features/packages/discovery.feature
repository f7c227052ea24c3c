Feature: Finding packages
  A scientist knows a word of what she is looking for, and expects the packages that have it, all of them and no
  others, with enough about each to choose. She also expects to be told plainly when a name leads nowhere.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A search finds what matches, and nothing else

    @DISC-1 @exclusive @smoke @severity:blocker
    Scenario Outline: Find packages by <what>
      When she searches for "<text>"
      Then she finds exactly <packages>
      And every result has a name, a top hash, a date, a registry and a bucket

      Examples:
        | what                      | text       | packages                                                                                 |
        | a word of the name        | structure  | "test-user/nested-structure"                                                             |
        | that word in capitals     | STRUCTURE  | "test-user/nested-structure"                                                             |
        | a word that several share | versioned  | "test-user/versioned-data", "test-user/versioned-data-v1", "test-user/versioned-data-v2" |
        | a word of the description | laboratory | "test-user/simple-csv"                                                                   |
        | a tag                     | preview    | "test-user/mixed-formats"                                                                |

    @DISC-2 @severity:critical
    Scenario: Find nothing
      When she searches for "zyxwvutsrq"
      Then she finds no packages

    @DISC-3 @exclusive @severity:critical
    Scenario: List all packages
      When she lists all packages
      Then she finds exactly the baseline packages
      And each name consists of a user and a package

    @DISC-7 @severity:normal
    Scenario Outline: Search for text with <what>
      When she searches for "<text>"
      Then the search is answered without an error
      And she finds no packages

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
    Scenario Outline: Search with <what>
      When she searches for "<text>"
      Then she finds exactly <packages>

      Examples:
        | what                           | text                       | packages                     |
        | a star for any letters         | *ested-struct*             | "test-user/nested-structure" |
        | a question mark for one letter | *n?sted-structure          | "test-user/nested-structure" |
        | a slash that is part of a name | test-user/nested-structure | "test-user/nested-structure" |

    @DISC-8 @severity:critical
    Scenario: Find a package right after it was made
      Given Lee, a reviewer, is signed in
      When Dana creates a package from the "single-file" dataset
      Then Dana finds it by name
      And Lee finds it by name

  Rule: Details tell what the registry knows

    @DISC-4 @smoke @severity:critical
    Scenario: See the details of a package
      When she asks for the details of "test-user/simple-csv"
      Then the details are those of "test-user/simple-csv" in this registry
      And the top hash is the one that the registry holds for "test-user/simple-csv"
      And the date, in ISO 8601, is when "test-user/simple-csv" was last changed
      And description and tags are those that "test-user/simple-csv" was made with

  Rule: A name that leads nowhere is said to lead nowhere

    @DISC-5 @severity:critical
    Scenario: Ask for a package that is not there
      When she asks for the details of "test-user/no-such-package"
      Then she is refused with a NotFoundError
      And the error names "test-user/no-such-package"
      And the error names the registry

    @DISC-6 @severity:normal
    Scenario Outline: Ask for a package by a name with <flaw>
      When she asks for the details of "<name>"
      Then she is refused with a ValidationError
      And the error names the field "package_name"
      And the message states the form of a package name

      Examples:
        | flaw          | name                 |
        | no slash      | simple-csv           |
        | two slashes   | test-user/simple/csv |
        | nothing in it |                      |
        | spaces        | test user/simple csv |
