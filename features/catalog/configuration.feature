Feature: Knowing the catalog
  Scripts and assistants find everything through the catalog: its registry, its region, the place of its tables. What
  QuiltOps says about a catalog must be what that catalog says about itself, and a wrong address must be told as such.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A catalog is what it says about itself

    @CAT-1 @smoke @severity:critical
    Scenario: Read the catalog's configuration
      When she reads the configuration of this catalog
      Then it gives the region, the registry, the API gateway and the analytics bucket of this deployment
      And it gives the stack prefix and the Tabulator data catalog of this deployment

    @CAT-1 @severity:normal
    Scenario: Read the configuration from an address with a slash at its end
      When she reads the configuration of this catalog, with a slash after its address
      Then it gives the region, the registry, the API gateway and the analytics bucket of this deployment

    @CAT-4 @severity:critical
    Scenario: Use the registry that QuiltOps names
      When she asks for the registry's URL
      Then it is the registry of this deployment
      And a client that knows this URL and the token of Dana alone is let in

  Rule: An address that leads nowhere is said to lead nowhere

    @CAT-5 @severity:critical
    Scenario: Read from a host that does not exist
      When she reads the configuration of the catalog "http://no-such-catalog.invalid"
      Then she is refused with a BackendError
      And the error names "no-such-catalog.invalid"

    @CAT-5 @severity:normal
    Scenario: Read from a site that is no catalog
      When she reads the configuration of a web page
      Then she is refused with a BackendError or a NotFoundError
      And the message says that the answer is not a configuration

    @CAT-5 @severity:critical @embedded_only
    Scenario: Read from a site that has no configuration
      Given another site has no configuration
      When she reads the configuration of that catalog
      Then she is refused with a NotFoundError
      And the error names the address that was read

    @CAT-5 @severity:normal @embedded_only
    Scenario Outline: Read a configuration without the <field>
      Given another catalog has a configuration without "<field>"
      When she reads the configuration of that catalog
      Then she is refused with a BackendError
      And the error names "<field>"

      Examples:
        | field              |
        | region             |
        | registryUrl        |
        | apiGatewayEndpoint |
        | analyticsBucket    |

    @CAT-5 @severity:normal @embedded_only
    Scenario: Read a configuration that is a list
      Given another catalog has a list for a configuration
      When she reads the configuration of that catalog
      Then she is refused with a BackendError
      And the message says that the answer is not a configuration

    @CAT-5 @slow @severity:normal @embedded_only
    Scenario: Read from a site that takes too long
      Given another catalog takes 12 s to answer
      When she reads the configuration of that catalog
      Then she is refused with a BackendError
      And the message says that it took too long
      And she was told so within 11 s

    @CAT-5 @severity:normal
    Scenario Outline: Give <flaw> for an address
      When she reads the configuration of the catalog "<address>"
      Then she is refused with a ValidationError
      And the error names "<address>"

      Examples:
        | flaw              | address              |
        | nothing           |                      |
        | a word            | catalog              |
        | a bucket          | s3://no-such-catalog |
        | a file on disk    | file:///etc/passwd   |

  Rule: The default catalog is where calls go that name no other

    @CAT-2 @local_mode @severity:critical
    Scenario: Set the default catalog
      Given Lee, a reviewer, is not signed in
      When Lee makes this catalog his default
      Then the registry's URL that he is told is this deployment's
      And quilt3 in a new process has this catalog as its default

    @CAT-2 @local_mode @severity:normal
    Scenario Outline: A default catalog that is <flaw> is refused
      When she makes the catalog "<address>" her default
      Then she is refused with a <error>
      And quilt3 in a new process has this catalog as its default

      Examples:
        | flaw            | address                        | error           |
        | nothing         |                                | ValidationError |
        | not an address  | catalog                        | ValidationError |
        | nowhere         | http://no-such-catalog.invalid | BackendError    |

    @CAT-3 @multiuser_mode @severity:critical
    Scenario: Set the default catalog on a shared server
      When she makes the catalog "http://no-such-catalog.invalid" her default
      Then she is refused with a ValidationError
      And the error names "QUILT_CATALOG_URL"
      And the registry's URL that she is told is this deployment's
