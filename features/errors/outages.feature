Feature: When the registry or S3 fails
  Networks and services fail. Nobody should have to wait forever or mistake half a package for a whole one, and
  requests are retried when S3 asks for it.

  Rule: A failing registry is reported quickly, and nothing is left half-written

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: A registry that answers with <failure> is reported quickly
      Given Lee, a reviewer, is signed in
      And the registry answers with <failure>
      When he asks the registry who is signed in
      Then he is refused: the service failed
      And he waited at most 10 s

      Examples:
        | failure |
        | a 500 |
        | a proxy's 502 page |
        | a 503 |
        | a 429 |
        | a reset |
        | a reset in mid-answer |
        | half an answer |
        | unfinished JSON |
        | a list |

    @ERR-7 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: Users are refused if the catalog, asked for its configuration, answers with <failure>
      Given the catalog, asked for its configuration, answers with <failure>
      And Lee, a reviewer, is signed in
      When he asks the registry who is signed in
      Then he is refused: not signed in or the service failed

      Examples:
        | failure              |
        | a 500                |
        | a 404                |
        | a reset              |
        | unfinished JSON      |
        | an empty JSON object |

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: The failure is reported quickly when the registry's address leads to <host>
      Given Lee, a reviewer, is signed in
      And the registry's address leads to <host>
      When he asks the registry who is signed in
      Then he is refused: the service failed
      And he waited at most 10 s

      Examples:
        | host                                   |
        | a host that does not exist             |
        | a host without a valid TLS certificate |

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: Nothing is left half-published when the registry answers with <failure>
      Given Dana, a data scientist, is signed in
      And the registry answers with <failure>
      When she publishes a package from the "single-file" dataset
      Then she is refused: the service failed, or gets what she asked for
      And the package is either complete or absent
      And she waited at most 10 s

      Examples:
        | failure |
        | a 500 |
        | a proxy's 502 page |
        | a 503 |
        | a 429 |
        | a reset |
        | a reset in mid-answer |
        | unfinished JSON |

    @ERR-7 @severity:critical @embedded_only
    Scenario: Users who were signed in before an outage can keep working after it
      Given Dana, a data scientist, is signed in
      And the deployment answers with a 503
      When the outage is over
      And she publishes a package from the "single-file" dataset
      Then it holds exactly the "single-file" dataset, byte for byte
      And she finds it

    @ERR-7 @USER-10 @requires_admin @severity:critical @embedded_only
    Scenario Outline: A password is reset only once when the registry answers with <failure>
      Given Ada, an administrator, is signed in
      And a new colleague Nora with the role "viewer"
      And the registry answers with <failure>
      When Ada resets the password of Nora
      Then she is refused: the service failed
      And Nora gets a mail with a link to choose a new password

      Examples:
        | failure               |
        | a 502 after the work  |
        | a reset in mid-answer |
        | half an answer        |

    @ERR-7 @requires_admin @severity:critical @embedded_only
    Scenario Outline: Nothing is done twice for an administrator who <attempt> and gets no answer
      Given Ada, an administrator, is signed in
      And these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |
      And the registry answers once with a 502 after the work
      When Ada <attempt>
      Then she is refused: the service failed

      Examples:
        | attempt                                        |
        | creates a user for Mira with the role "viewer" |
        | renames the table "harvest" to "yields"        |

  Rule: An outage is reported as an outage, not as an empty answer

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: <failure> is reported to someone who <attempt>
      Given Dana, a data scientist, is signed in
      And the deployment answers with <failure>
      When she <attempt>
      Then she is refused: the service failed
      And she waited at most 10 s

      Examples:
        | failure         | attempt |
        | a 500           | searches for "structure" |
        | a 503           | searches for "structure" |
        | a reset         | searches for "structure" |
        | unfinished JSON | searches for "structure" |
        | a 500           | lists all packages |
        | a 500           | browses the package "test-user/simple-csv" |
        | a 503           | browses the package "test-user/simple-csv" |
        | a reset         | browses the package "test-user/simple-csv" |
        | unfinished JSON | browses the package "test-user/simple-csv" |
        | half an answer  | browses the package "test-user/simple-csv" |
        | a 500           | reads the metadata of the package "test-user/simple-csv" |
        | a 500           | asks for the details of the package "test-user/simple-csv" |
        | a 500           | compares the package "test-user/versioned-data-v1" with the package "test-user/versioned-data-v2" |
        | a 500           | asks for a link to "metadata/schema.json" in the package "test-user/nested-structure" |
        | a 503           | asks for a link to "metadata/schema.json" in the package "test-user/nested-structure" |
        | a reset         | asks for a link to "metadata/schema.json" in the package "test-user/nested-structure" |
        | unfinished JSON | asks for a link to "metadata/schema.json" in the package "test-user/nested-structure" |

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: While search answers with <failure>, a package can still be opened by its name
      Given Lee, a reviewer, is signed in
      And Dana, a data scientist, is signed in
      And search answers with <failure>
      When Lee searches for "structure"
      And Dana browses the package "test-user/nested-structure"
      Then Lee is refused: the service failed
      And Dana gets an answer

      Examples:
        | failure |
        | a 503   |
        | a reset |

    @ERR-7 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: A catalog that answers with <failure> is reported to someone who asks for a link
      Given Dana, a data scientist, is signed in
      And the catalog, asked for a file, answers with <failure>
      When she asks for a link to "metadata/schema.json" in the package "test-user/nested-structure"
      Then she is refused: <reason>
      And she waited at most 10 s

      Examples:
        | failure               | reason                       |
        | a 500                 | the service failed           |
        | a proxy's 502 page    | the service failed           |
        | a reset               | the service failed           |
        | a redirect to nowhere | the service failed           |
        | a page of its own     | the service failed           |
        | a 401                 | not signed in                |
        | a 403                 | not allowed or not signed in |
        | a 404                 | not found                    |

  Rule: Requests are retried when S3 asks for it

    @ERR-8 @severity:critical @embedded_only
    Scenario Outline: Publishing succeeds even if S3 answers twice with <failure>
      Given Dana, a data scientist, is signed in
      And S3, asked to write the pointers of the package "yields", answers twice with <failure>
      When she publishes the package "yields" from the "single-file" dataset
      Then the package holds exactly the "single-file" dataset, byte for byte

      Examples:
        | failure |
        | SlowDown |
        | InternalError |
        | a reset |

  Rule: While S3 keeps failing, publishing is refused and leaves nothing behind

    @ERR-8 @exclusive @slow @severity:critical @embedded_only
    Scenario Outline: Nothing is published while S3 keeps answering with <failure>
      Given Dana, a data scientist, is signed in
      And S3, asked to write to the registry, answers with <failure>
      When she publishes a package from the "single-file" dataset
      Then she is refused: the service failed
      And the package does not exist

      Examples:
        | failure |
        | SlowDown |
        | InternalError |
        | a reset |

    @ERR-8 @exclusive @severity:critical @embedded_only
    Scenario: Nothing is published while S3 denies writing
      Given Dana, a data scientist, is signed in
      And S3, asked to write to the registry, answers with AccessDenied
      When she publishes a package from the "single-file" dataset
      Then she is refused: not allowed or the service failed
      And the package does not exist

    @ERR-8 @exclusive @severity:critical @embedded_only
    Scenario: Nothing is published while S3 denies reading the data
      Given Dana, a data scientist, is signed in
      And S3, asked to read the data, answers with AccessDenied
      When she publishes a package from the "single-file" dataset
      Then she is refused: not allowed or the service failed
      And the package does not exist
