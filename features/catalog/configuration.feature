Feature: Knowing the catalog
  Scripts and assistants find everything through the catalog: its registry, its region, its tables. What QuiltOps says
  about a catalog must be what that catalog says about itself, and a wrong address must be reported as such.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: QuiltOps reports what a catalog says about itself

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
      And a client that knows only this URL and Dana's token is let in

    @CAT-1 @severity:normal @embedded_only
    Scenario Outline: A catalog's stack is recognized if its analytics bucket is named <how>
      Given another catalog answers with this:
        """
        {
          "region": "eu-north-1",
          "registryUrl": "https://registry.invalid",
          "apiGatewayEndpoint": "https://api.invalid/prod",
          "analyticsBucket": "<bucket>"
        }
        """
      When she reads the configuration of that catalog
      Then she sees this configuration:
        | field                  | value                    |
        | region                 | eu-north-1               |
        | registry               | https://registry.invalid |
        | API gateway            | https://api.invalid/prod |
        | analytics bucket       | <bucket>                 |
        | stack prefix           | <stack>                  |
        | Tabulator data catalog | quilt-<stack>-tabulator  |

      Examples:
        | how                      | bucket                                      | stack         |
        | as the template names it | quilt-staging-analyticsbucket-10ort3e91tnoa | quilt-staging |
        | with capitals            | Lab-AnalyticsBucket-1A2B                    | Lab           |
        | by hand                  | laboratory-logs-2026                        | laboratory    |
        | with one word            | logs                                        | logs          |

  Rule: An address that leads nowhere is reported as such

    @CAT-5 @severity:critical
    Scenario: The error names a host that does not exist
      When she reads the configuration of the catalog "http://no-such-catalog.invalid"
      Then she is refused: the service failed
      And the error names "no-such-catalog.invalid"

    @CAT-5 @severity:normal
    Scenario: A site that is not a catalog is reported as such
      When she reads the configuration of a web page
      Then she is refused: the service failed or not found
      And the message says that the answer is not a configuration

    @CAT-5 @severity:critical @embedded_only
    Scenario: The error names a site without a configuration
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
    Scenario Outline: A configuration whose <field> is <value> is refused
      Given another catalog answers with this:
        """
        <configuration>
        """
      When she reads the configuration of that catalog
      Then she is refused: the service failed

      Examples:
        | field              | value    | configuration                                                                                  |
        | region             | empty    | {"region": "", "registryUrl": "r", "apiGatewayEndpoint": "a", "analyticsBucket": "b"}          |
        | region             | a number | {"region": 5, "registryUrl": "r", "apiGatewayEndpoint": "a", "analyticsBucket": "b"}           |
        | registryUrl        | empty    | {"region": "eu-north-1", "registryUrl": "", "apiGatewayEndpoint": "a", "analyticsBucket": "b"} |
        | registryUrl        | a number | {"region": "eu-north-1", "registryUrl": 5, "apiGatewayEndpoint": "a", "analyticsBucket": "b"}  |
        | apiGatewayEndpoint | empty    | {"region": "eu-north-1", "registryUrl": "r", "apiGatewayEndpoint": "", "analyticsBucket": "b"} |
        | apiGatewayEndpoint | a number | {"region": "eu-north-1", "registryUrl": "r", "apiGatewayEndpoint": 5, "analyticsBucket": "b"}  |
        | analyticsBucket    | empty    | {"region": "eu-north-1", "registryUrl": "r", "apiGatewayEndpoint": "a", "analyticsBucket": ""} |
        | analyticsBucket    | a number | {"region": "eu-north-1", "registryUrl": "r", "apiGatewayEndpoint": "a", "analyticsBucket": 5}  |

    @CAT-5 @severity:normal @embedded_only
    Scenario Outline: A catalog that answers with <failure> is reported as such
      Given another catalog answers with <failure>
      When she reads the configuration of that catalog
      Then she is refused: <reason>
      And the error names the address of that catalog

      Examples:
        | failure         | reason                       |
        | a 403           | not allowed or not signed in |
        | a 404           | not found                    |
        | a 500           | the service failed           |
        | a reset         | the service failed           |
        | unfinished JSON | the service failed           |

    @CAT-5 @severity:normal @embedded_only
    Scenario: A configuration that is a list is refused
      Given another catalog answers with a list
      When she reads the configuration of that catalog
      Then she is refused: the service failed
      And the message says that the answer is not a configuration

    @CAT-5 @slow @severity:normal @embedded_only
    Scenario: Nobody has to wait long for a site that does not answer
      Given another catalog takes 12 s to answer
      When she reads the configuration of that catalog
      Then she is refused: the service failed
      And the message says that it took too long
      And she waited at most 11 s

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

  Rule: Only the deployment that people are signed in to receives their credentials

    @SEC-6 @severity:blocker
    Scenario: A foreign site that is asked for its configuration receives nobody's token
      When she reads the configuration of a foreign site
      Then the foreign site is sent no token of Dana's

    @SEC-6 @CAT-2 @local_mode @severity:blocker
    Scenario Outline: A foreign site set as the default receives no token from someone who <attempt>
      Given Dana has made a foreign site the default
      When she <attempt>
      Then the foreign site is sent no token of Dana's

      Examples:
        | attempt                     |
        | asks for the sign-in status |
        | asks for the registry's URL |
        | lists the buckets           |

  Rule: Calls that name no catalog go to the default one

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
