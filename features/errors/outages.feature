Feature: When registry or S3 fail
  Networks and services fail. Nobody must wait for ever, nobody must take half a package for a whole one, and what S3
  asks to be tried again is tried again.

  Rule: A registry that fails is told as such, soon, and nothing is left half-written

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: Ask a registry that answers with <failure>
      Given Lee, a reviewer, is signed in
      And the registry answers with <failure>
      When he asks the registry who he is
      Then he is refused with a BackendError
      And he was told so within 10 s

      Examples:
        | failure               |
        | a 500                 |
        | a proxy's 502 page    |
        | a 503                 |
        | a 429                 |
        | a reset               |
        | a reset in mid-answer |
        | half an answer        |
        | unfinished JSON       |

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: Ask when <trouble>
      Given Lee, a reviewer, is signed in
      And <trouble>
      When he asks the registry who he is
      Then he is refused with a BackendError
      And he was told so within 10 s

      Examples:
        | trouble                                   |
        | the registry's host is not known any more |
        | the registry cannot prove by TLS who it is |

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: Publish while the registry answers with <failure>
      Given Dana, a data scientist, is signed in
      And the registry answers with <failure>
      When she creates a package from the "single-file" dataset
      Then she is refused with a BackendError, or gets what she asked for
      And the package is there whole or not at all
      And she was told so within 10 s

      Examples:
        | failure               |
        | a 500                 |
        | a proxy's 502 page    |
        | a 503                 |
        | a 429                 |
        | a reset               |
        | a reset in mid-answer |
        | unfinished JSON       |

  Rule: Whoever only looks is told of an outage, and not that there is nothing

    @ERR-7 @severity:critical @embedded_only
    Scenario Outline: Get <failure> when she <attempt>
      Given Dana, a data scientist, is signed in
      And registry and S3 answer with <failure>
      When she <attempt>
      Then she is refused with a BackendError
      And she was told so within 10 s

      Examples:
        | failure         | attempt                                                                   |
        | a 500           | searches for "structure"                                                  |
        | a 503           | searches for "structure"                                                  |
        | a reset         | searches for "structure"                                                  |
        | unfinished JSON | searches for "structure"                                                  |
        | a 500           | lists all packages                                                        |
        | a 500           | browses "test-user/simple-csv"                                            |
        | a 503           | browses "test-user/simple-csv"                                            |
        | a reset         | browses "test-user/simple-csv"                                            |
        | unfinished JSON | browses "test-user/simple-csv"                                            |
        | half an answer  | browses "test-user/simple-csv"                                            |
        | a 500           | reads the metadata of "test-user/simple-csv"                              |
        | a 500           | asks for the details of "test-user/simple-csv"                            |
        | a 500           | compares "test-user/versioned-data-v1" with "test-user/versioned-data-v2" |
        | a 500           | asks for a link to "metadata/schema.json" in "test-user/nested-structure" |
        | a 503           | asks for a link to "metadata/schema.json" in "test-user/nested-structure" |
        | a reset         | asks for a link to "metadata/schema.json" in "test-user/nested-structure" |
        | unfinished JSON | asks for a link to "metadata/schema.json" in "test-user/nested-structure" |

    @ERR-7 @multiuser_mode @severity:critical @embedded_only
    Scenario Outline: Ask for a link while the catalog answers with <failure>
      Given Dana, a data scientist, is signed in
      And the catalog answers with <failure> when asked for a file
      When she asks for a link to "metadata/schema.json" in "test-user/nested-structure"
      Then she is refused with a BackendError
      And she was told so within 10 s

      Examples:
        | failure            |
        | a 500              |
        | a proxy's 502 page |
        | a reset            |

  Rule: What S3 asks to be tried again is tried again

    @ERR-8 @severity:critical @embedded_only
    Scenario Outline: Publish while S3 answers twice with <failure>
      Given Dana, a data scientist, is signed in
      And S3 answers the next two writes of the package's pointers with <failure>
      When she creates a package from the "single-file" dataset
      Then the package holds those 1 files, byte for byte

      Examples:
        | failure       |
        | SlowDown      |
        | InternalError |
        | a reset       |

  Rule: Where S3 goes on failing, publishing is refused and leaves nothing behind

    @ERR-8 @exclusive @slow @severity:critical @embedded_only
    Scenario Outline: Publish while S3 goes on answering with <failure>
      Given Dana, a data scientist, is signed in
      And S3 answers every write to the registry with <failure>
      When she creates a package from the "single-file" dataset
      Then she is refused with a BackendError
      And no package was created

      Examples:
        | failure       |
        | SlowDown      |
        | InternalError |
        | a reset       |

    @ERR-8 @exclusive @severity:critical @embedded_only
    Scenario: Publish while S3 denies to write
      Given Dana, a data scientist, is signed in
      And S3 answers every write to the registry with AccessDenied
      When she creates a package from the "single-file" dataset
      Then she is refused with a PermissionError or a BackendError
      And no package was created

    @ERR-8 @exclusive @severity:critical @embedded_only
    Scenario: Publish while S3 denies to read the data
      Given Dana, a data scientist, is signed in
      And S3 answers every read of the data with AccessDenied
      When she creates a package from the "single-file" dataset
      Then she is refused with a PermissionError or a BackendError
      And no package was created
