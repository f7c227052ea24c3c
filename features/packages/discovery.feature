Feature: Finding packages
  A scientist knows one word of what she is looking for, and expects the packages that contain it, all of them and no
  others, with enough about each to choose. She also expects a plain answer when a name leads nowhere.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A search finds what matches, and nothing else

    @DISC-1 @exclusive @smoke @severity:blocker
    Scenario Outline: A search finds packages by <what>
      When Dana searches for "<text>"
      Then she finds exactly <packages>
      And she sees the name, date, registry and bucket of every result
      And she sees the top hash of every result
      And she sees the description of every result
      And she sees the tags of every result

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
        | what              | text          |
        | an open quote     | zyxw\\"vut    |
        | a colon           | zyxw:vut      |
        | a slash           | zyxw/vut      |
        | brackets          | zyxw(vut[srq] |
        | an operator       | zyxw AND NOT  |
        | Icelandic letters | þorskur       |
        | emoji             | 🧪zyxw         |

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

    @DISC-4 @multiuser_mode @severity:normal @embedded_only
    Scenario Outline: The details of a package with <metadata> show its description and tags
      Given the registry answers with this:
        """
        {"data": {"package": {
          "bucket": "quilt-mcp-test-packages", "name": "test-user/yields", "modified": "2026-05-01T08:00:00.000000Z",
          "revision": {"hash": "5f2c", "message": "First harvest", "userMeta": <answer>}
        }}}
        """
      When Dana asks for the details of the package called "test-user/yields"
      Then she sees these packages:
        | name             | description   | tags   | changed                     | top hash |
        | test-user/yields | <description> | <tags> | 2026-05-01T08:00:00.000000Z | 5f2c     |

      Examples:
        | metadata             | answer                                                    | description   | tags            |
        | both                 | {"description": "Grain yields", "tags": ["soil", "rain"]} | Grain yields  | soil, rain      |
        | neither              | {"project": "Grain"}                                      | First harvest |                 |
        | keywords             | {"description": "Grain yields", "keywords": ["soil"]}     | Grain yields  | soil            |
        | a single tag         | {"description": "Grain yields", "tags": "soil"}           | Grain yields  | soil            |
        | a gap among its tags | {"description": "Grain yields", "tags": ["soil", null]}   | Grain yields  | soil            |
        | a number for a tag   | {"description": "Grain yields", "tags": [2026]}           | Grain yields  | 2026            |
        | no metadata          | null                                                      | First harvest |                 |
        | a number for tags    | {"description": "Grain yields", "tags": 2026}             | Grain yields  |                 |

    @DISC-4 @multiuser_mode @severity:minor @embedded_only
    Scenario: The details of a package whose latest revision is gone leave its top hash empty
      Given the registry answers with this:
        """
        {"data": {"package": {
          "bucket": "quilt-mcp-test-packages", "name": "test-user/yields", "modified": "2026-05-01T08:00:00.000000Z",
          "revision": null
        }}}
        """
      When Dana asks for the details of the package called "test-user/yields"
      Then she sees these packages:
        | name             | description | tags | changed                     | top hash |
        | test-user/yields |             |      | 2026-05-01T08:00:00.000000Z |          |

    @DISC-1 @multiuser_mode @severity:normal @embedded_only
    Scenario: The results of a search show what the registry knows
      Given the registry answers with this:
        """
        {"data": {"searchPackages": {"__typename": "PackagesSearchResultSet", "firstPage": {"hits": [
          {"name": "test-user/yields", "bucket": "quilt-mcp-test-packages", "hash": "5f2c", "comment": "First harvest",
           "modified": "2026-05-01T08:00:00.000000Z", "meta": "{\"description\": \"Grain yields\", \"tags\": [\"soil\"]}"},
          {"name": "test-user/soil", "bucket": "quilt-mcp-test-packages", "hash": "77aa", "comment": "Second harvest",
           "modified": "2026-06-01T08:00:00.000000Z", "meta": null},
          {"name": "test-user/rain", "bucket": "quilt-mcp-test-packages", "hash": "88bb", "comment": null,
           "modified": "2026-07-01T08:00:00.000000Z", "meta": "[]"},
          {"name": "test-user/wind", "bucket": "quilt-mcp-test-packages", "hash": "99cc", "comment": "Third harvest",
           "modified": "2026-08-01T08:00:00.000000Z", "meta": "{\"description\": "}
        ]}}}}
        """
      When Dana searches for "harvest"
      Then she sees these packages:
        | name             | description    | tags | changed                     | top hash |
        | test-user/yields | Grain yields   | soil | 2026-05-01T08:00:00.000000Z | 5f2c     |
        | test-user/soil   | Second harvest |      | 2026-06-01T08:00:00.000000Z | 77aa     |
        | test-user/rain   |                |      | 2026-07-01T08:00:00.000000Z | 88bb     |
        | test-user/wind   | Third harvest  |      | 2026-08-01T08:00:00.000000Z | 99cc     |

    @DISC-2 @multiuser_mode @severity:normal @embedded_only
    Scenario: A search that matches nothing finds nothing
      Given the registry answers with this:
        """
        {"data": {"searchPackages": {"__typename": "EmptySearchResultSet", "_": null}}}
        """
      When Dana searches for "harvest"
      Then she finds no packages

  Rule: A search of a bucket covers only that bucket

    @DISC-1 @severity:normal
    Scenario: A search of one bucket leaves out the packages of another
      Given the package "quinoa" in the scratch bucket with these files:
        | file       |
        | yields.csv |
      When Dana searches the packages bucket for "quinoa"
      Then she finds no packages
      And she finds the package "quinoa"

  Rule: A name that leads nowhere is reported as such

    @DISC-5 @severity:critical
    Scenario: A package that does not exist has no details
      When Dana asks for the details of the package called "test-user/no-such-package"
      Then she is refused: not found
      And the error names "test-user/no-such-package"
      And the error names the packages bucket

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
