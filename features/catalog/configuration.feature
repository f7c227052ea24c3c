Feature: Knowing the catalog
  Scripts and assistants find everything through the catalog: its registry, its region, the place of its tables. What
  QuiltOps says about a catalog must be what that catalog says about itself, and a wrong address must be told as such.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: A catalog is what it says about itself

    @CAT-1 @smoke @severity:critical
    Scenario: The catalog's configuration is reported as it is
      When she reads the configuration of this catalog
      Then she sees the region, the registry, the API gateway and the analytics bucket of this deployment
      And she sees the stack prefix and the Tabulator data catalog of this deployment

    @CAT-1 @severity:normal
    Scenario: A slash at the end of the catalog's address makes no difference
      When she reads the configuration of this catalog, with a slash at the end of its address
      Then she sees the region, the registry, the API gateway and the analytics bucket of this deployment

    @CAT-4 @severity:critical
    Scenario: The registry that QuiltOps names can be used
      When she asks for the registry's URL
      Then she sees the registry of this deployment
      And a client that knows only this URL and the token of Dana is let in

  Rule: An address that leads nowhere is said to lead nowhere

    @CAT-5 @severity:critical
    Scenario: A host that does not exist is named
      When she reads the configuration of the catalog "http://no-such-catalog.invalid"
      Then she is refused: the service failed
      And the error names "no-such-catalog.invalid"

    @CAT-5 @severity:normal
    Scenario: A site that is not a catalog is reported as such
      When she reads the configuration of a web page
      Then she is refused: the service failed or not found
      And the message says that the answer is not a configuration

    @CAT-5 @severity:critical @embedded_only
    Scenario: A site without a configuration is named
      Given another catalog answers with a 404 page
      When she reads the configuration of that catalog
      Then she is refused: not found
      And the error names the address of that catalog

    @CAT-5 @severity:normal @embedded_only
    Scenario Outline: A configuration without the <field> is refused
      Given another catalog answers with a configuration without "<field>"
      When she reads the configuration of that catalog
      Then she is refused: the service failed
      And the error names "<field>"

      Examples:
        | field              |
        | region             |
        | registryUrl        |
        | apiGatewayEndpoint |
        | analyticsBucket    |

    @CAT-5 @severity:normal @embedded_only
    Scenario: A configuration that is a list is refused
      Given another catalog answers with a list
      When she reads the configuration of that catalog
      Then she is refused: the service failed
      And the message says that the answer is not a configuration

    @CAT-5 @slow @severity:normal @embedded_only
    Scenario: Nobody waits long for a site that does not answer
      Given another catalog takes 12 s to answer
      When she reads the configuration of that catalog
      Then she is refused: the service failed
      And the message says that it took too long
      And she was told within 11 s

    @CAT-5 @severity:normal
    Scenario Outline: <flaw> is not accepted as an address
      When she reads the configuration of the catalog "<address>"
      Then she is refused: invalid
      And the error names "<address>"

      Examples:
        | flaw              | address              |
        | nothing           |                      |
        | a word            | catalog              |
        | a bucket          | s3://no-such-catalog |
        | a file on disk    | file:///etc/passwd   |

  Rule: The default catalog is where calls go that name no other

    @CAT-2 @local_mode @severity:critical
    Scenario: The default catalog can be set
      Given Lee, a reviewer, is not signed in
      When Lee makes this catalog the default
      Then he can see the registry of this deployment
      And quilt3 in a new process has this catalog as the default

    @CAT-2 @local_mode @severity:normal
    Scenario Outline: A default catalog that is <flaw> is refused
      When she makes the catalog "<address>" the default
      Then she is refused: <reason>
      And quilt3 in a new process has this catalog as the default

      Examples:
        | flaw            | address                        | reason             |
        | nothing         |                                | invalid            |
        | not an address  | catalog                        | invalid            |
        | nowhere         | http://no-such-catalog.invalid | the service failed |

    @CAT-3 @multiuser_mode @severity:critical
    Scenario: The default catalog of a shared server cannot be changed
      When she makes the catalog "http://no-such-catalog.invalid" the default
      Then she is refused: invalid
      And the error names "QUILT_CATALOG_URL"
      And she can see the registry of this deployment
