Feature: Optional arguments left without a value
  Programs pass on what they have, and for an optional argument that is often nothing. The result must be as if the
  argument had been left out. Anything that can only have been meant differently is refused, or done as it was meant.

  Rule: An optional argument without a value counts as left out

    Background:
      Given Dana, a data scientist, is signed in

    @CREA-1 @CREA-8 @severity:critical
    Scenario Outline: A package made with <value> as its <argument> is the same as one made without it
      Given these files in the scratch bucket:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      When Dana's program publishes a package from those files with <value> as its <argument>
      Then the package holds exactly those files, byte for byte
      And the package has no metadata
      And every file of the package is the exact version that was published, and none was copied

      Examples:
        | value            | argument |
        | no value         | metadata |
        | an empty mapping | metadata |
        | false            | copy     |

    @UPD-4 @UPD-6 @severity:critical
    Scenario Outline: An update with <value> as its <argument> leaves the metadata as they were
      Given the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And these files in the scratch bucket:
        | file     | content |
        | soil.csv | 9 rows  |
      When Dana's program adds the file "soil.csv" to the package "yields" with <value> as its <argument>
      Then the package "yields" holds exactly these files:
        | file       | content |
        | yields.csv | 12 rows |
        | soil.csv   | 9 rows  |
      And the package "yields" has exactly this metadata:
        | field  | value |
        | status | draft |

      Examples:
        | value            | argument |
        | no value         | metadata |
        | an empty mapping | metadata |

    @CREA-1 @severity:normal
    Scenario: A package without a message gets the documented one
      Given these files in the scratch bucket:
        | file       | content |
        | plot-1.csv | 12 rows |
      When Dana's program publishes a package from that file with nothing at all as its message
      Then the package holds exactly that file, byte for byte
      And the package has the message "Package created via QuiltOps"

    @UPD-1 @severity:normal
    Scenario: An update without a message gets the documented one
      Given the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And these files in the scratch bucket:
        | file     | content |
        | soil.csv | 9 rows  |
      When Dana's program adds the file "soil.csv" to the package "yields" with nothing at all as its message
      Then the package "yields" has a new revision
      And the package "yields" has the message "Package updated via QuiltOps"

    @CONT-1 @severity:normal
    Scenario: Browsing without naming a folder shows the top of the package
      Given the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      When Dana's program browses the package "yields" with nothing at all as its path
      Then she sees exactly the files of the package "yields", with their sizes

    @DIFF-1 @severity:normal
    Scenario Outline: With <value> as <argument>, the latest revision is compared
      When Dana's program compares the package "<one>" with the package "<other>", with <value> as its <argument>
      Then she sees every file of the package "<other>" as added
      And she sees every file of the package "<one>" as deleted or modified

      Examples:
        | value         | argument      | one                      | other                    |
        | no value      | package1_hash | test-user/versioned-data | test-user/simple-csv     |
        | an empty text | package1_hash | test-user/versioned-data | test-user/simple-csv     |
        | no value      | package2_hash | test-user/simple-csv     | test-user/versioned-data |
        | an empty text | package2_hash | test-user/simple-csv     | test-user/versioned-data |

    @GQL-1 @severity:normal
    Scenario Outline: A query with <value> as its <argument> is answered
      When Dana's program asks in GraphQL with <value> as its <argument>
      Then the answer has data and no errors

      Examples:
        | value                       | argument  |
        | no value                    | variables |
        | an empty mapping            | variables |
        | no value                    | registry  |
        | an empty text               | registry  |
        | the address of the registry | registry  |

    @AWS-3 @severity:normal
    Scenario Outline: A client with <value> as its region is for the region of the catalog
      Given the AWS region of this machine is "ap-southeast-2"
      When Dana's program asks for an AWS client with <value> as its region
      Then the client is for the region of this deployment

      Examples:
        | value         |
        | no value      |
        | an empty text |

  Rule: Ambiguous input is refused, or no file is lost

    Background:
      Given Dana, a data scientist, is signed in

    @ERR-3 @CREA-1 @severity:normal
    Scenario Outline: A package made with <value> as its <argument> is complete, or refused
      Given these files in the scratch bucket:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      When Dana's program publishes a package from those files with <value> as its <argument>
      Then she is refused, or the package holds all of those files

      Examples:
        | value          | argument |
        | no value       | registry |
        | nothing at all | registry |

    @ERR-3 @CREA-2 @CREA-8 @severity:normal
    Scenario Outline: A package made with <value> as its <argument> is what was meant, or refused
      Given these files in the scratch bucket:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      When Dana's program publishes a package from those files with <value> as its <argument>
      Then she is refused with nothing changed, or finds those files in the package, <how>

      Examples:
        | value           | argument      | how                             |
        | no value        | message       | in their folders and not copied |
        | an empty text   | message       | in their folders and not copied |
        | no value        | auto_organize | with or without their folders   |
        | the word "no"   | auto_organize | side by side                    |
        | no value        | copy          | in their folders and not copied |
        | the word "none" | copy          | in their folders and not copied |

    @ERR-3 @UPD-6 @UPD-7 @severity:normal
    Scenario Outline: An update with <value> as its <argument> is what was meant, or refused
      Given the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And these files in the scratch bucket:
        | file     | content |
        | soil.csv | 9 rows  |
      When Dana's program adds the file "soil.csv" to the package "yields" with <value> as its <argument>
      Then she is refused with nothing changed, or finds the file "soil.csv" in the package "yields", <how>

      Examples:
        | value         | argument      | how                             |
        | no value      | message       | side by side                    |
        | an empty text | message       | side by side                    |
        | no value      | auto_organize | side by side                    |
        | the word "no" | auto_organize | side by side                    |
        | true          | auto_organize | in their folders and not copied |
        | no value      | copy          | side by side and not copied     |
        | an empty text | copy          | side by side and not copied     |
        | true          | copy          | side by side and copied         |

  Rule: Further roles and fallbacks are optional

    Background:
      Given Ada, an administrator, is signed in

    @ERR-3 @requires_admin @severity:normal
    Scenario Outline: A new user has no further roles if a program gives <value> as <argument>
      When Ada's program creates a user for Nora with <value> as its <argument>
      Then the registry's users include:
        | name | role | further roles |
        | Nora | user |               |

      Examples:
        | argument    | value         |
        | extra_roles | no value      |
        | extra_roles | an empty list |

    @ERR-3 @requires_admin @severity:normal
    Scenario Outline: A user's only role is the new one if a program gives <value> as <argument>
      Given a new colleague Nora with the role "viewer" and the further role "service"
      When Ada's program calls <operation> for Nora with <value> as its <argument>
      Then the registry's users include:
        | name | role | further roles |
        | Nora | user |               |

      Examples:
        | operation     | argument    | value         |
        | set_user_role | extra_roles | no value      |
        | set_user_role | extra_roles | an empty list |
        | set_user_role | append      | false         |

    @ERR-3 @requires_admin @severity:normal
    Scenario Outline: <value> as <argument> of <operation> is refused, or counts as left out
      Given a new colleague Nora with the role "viewer" and the further role "user"
      When Ada's program calls <operation> for Nora with <value> as its <argument>
      Then she is refused and Nora is unchanged, or Nora has the role "<role>" and no other one

      Examples:
        | operation         | argument | value         | role   |
        | set_user_role     | append   | no value      | user   |
        | remove_user_roles | fallback | no value      | viewer |
        | remove_user_roles | fallback | an empty text | viewer |
