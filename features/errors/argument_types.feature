Feature: Arguments of the wrong type
  Programs pass on what they were given, and sometimes that is nothing, or a number where a name belongs. Every
  operation must say so before it does anything, so that the program's author sees the mistake, not its consequences.

  Background:
    Given Ada, an administrator, is signed in

  Rule: A required argument must have a value

    @ERR-3 @severity:normal
    Scenario Outline: <operation> needs its <argument>
      When Ada's program calls <operation> with no value as its <argument>
      Then she is refused: invalid

      Examples:
        | operation               | argument      |
        | search_packages         | registry      |
        | get_package_info        | package_name  |
        | get_package_info        | registry      |
        | browse_content          | package_name  |
        | browse_content          | registry      |
        | browse_content          | path          |
        | get_package_metadata    | package_name  |
        | get_package_metadata    | registry      |
        | get_content_url         | package_name  |
        | get_content_url         | registry      |
        | get_content_url         | path          |
        | diff_packages           | package1_name |
        | diff_packages           | package2_name |
        | diff_packages           | registry      |
        | create_package_revision | package_name  |
        | create_package_revision | s3_uris       |
        | update_package_revision | package_name  |
        | update_package_revision | s3_uris       |
        | update_package_revision | registry      |
        | get_catalog_config      | catalog_url   |
        | configure_catalog       | catalog_url   |
        | execute_graphql_query   | query         |
        | get_aws_client          | service_name  |
        | list_tabulator_tables   | bucket        |
        | get_tabulator_table     | bucket        |
        | get_tabulator_table     | table_name    |
        | rename_tabulator_table  | old_name      |
        | rename_tabulator_table  | new_name      |
        | get_user                | name          |
        | create_user             | name          |
        | create_user             | email         |
        | create_user             | role          |
        | delete_user             | name          |
        | set_user_email          | name          |
        | set_user_email          | email         |
        | set_user_admin          | name          |
        | set_user_active         | name          |
        | reset_user_password     | name          |
        | set_user_role           | name          |
        | set_user_role           | role          |
        | add_user_roles          | name          |
        | add_user_roles          | roles         |
        | remove_user_roles       | name          |
        | remove_user_roles       | roles         |

  Rule: A number is not accepted as a name, list or text

    @ERR-3 @severity:normal
    Scenario Outline: <operation> does not accept a number as its <argument>
      When Ada's program calls <operation> with a number as its <argument>
      Then she is refused: invalid

      Examples:
        | operation               | argument      |
        | search_packages         | registry      |
        | get_package_info        | package_name  |
        | get_package_info        | registry      |
        | browse_content          | package_name  |
        | browse_content          | registry      |
        | browse_content          | path          |
        | get_package_metadata    | package_name  |
        | get_package_metadata    | registry      |
        | get_content_url         | package_name  |
        | get_content_url         | registry      |
        | get_content_url         | path          |
        | diff_packages           | package1_name |
        | diff_packages           | package2_name |
        | diff_packages           | registry      |
        | create_package_revision | package_name  |
        | create_package_revision | s3_uris       |
        | update_package_revision | package_name  |
        | update_package_revision | s3_uris       |
        | update_package_revision | registry      |
        | get_catalog_config      | catalog_url   |
        | configure_catalog       | catalog_url   |
        | execute_graphql_query   | query         |
        | get_aws_client          | service_name  |
        | list_tabulator_tables   | bucket        |
        | get_tabulator_table     | bucket        |
        | get_tabulator_table     | table_name    |
        | create_tabulator_table  | config        |
        | rename_tabulator_table  | old_name      |
        | rename_tabulator_table  | new_name      |
        | get_user                | name          |
        | create_user             | name          |
        | create_user             | email         |
        | create_user             | role          |
        | delete_user             | name          |
        | set_user_email          | name          |
        | set_user_email          | email         |
        | set_user_admin          | name          |
        | set_user_active         | name          |
        | reset_user_password     | name          |
        | set_user_role           | name          |
        | set_user_role           | role          |
        | add_user_roles          | name          |
        | add_user_roles          | roles         |
        | remove_user_roles       | name          |
        | remove_user_roles       | roles         |

  Rule: Empty text names nothing

    @ERR-3 @severity:normal
    Scenario Outline: <operation> does not accept empty text as its <argument>
      When Ada's program calls <operation> with an empty text as its <argument>
      Then she is refused: invalid or not found

      Examples:
        | operation             | argument      |
        | list_tabulator_tables | bucket        |
        | get_tabulator_table   | bucket        |
        | get_tabulator_table   | table_name    |
        | diff_packages         | package1_name |
        | configure_catalog     | catalog_url   |

  Rule: A deletion that makes no sense deletes nothing

    @ERR-3 @CREA-10 @severity:critical
    Scenario Outline: A deletion with <value> as its <argument> is refused
      When Ada's program deletes a package with <value> as its <argument>
      Then the deletion is refused

      Examples:
        | value    | argument |
        | no value | bucket   |
        | no value | name     |
        | a number | bucket   |
        | a number | name     |
        | an empty text | bucket |

  Rule: A publication that makes no sense publishes nothing

    @ERR-3 @CREA-6 @severity:critical
    Scenario Outline: A package cannot be made with <value> as its <argument>
      Given these files in the scratch bucket:
        | file       | content |
        | plot-1.csv | 12 rows |
        | plot-2.csv | 9 rows  |
      When Ada's program publishes a package from those files with <value> as its <argument>
      Then she is refused: invalid
      And it does not exist

      Examples:
        | value    | argument |
        | a number | metadata |
        | a number | message  |
        | a number | registry |

    @ERR-3 @UPD-7 @severity:critical
    Scenario Outline: A package cannot be updated with <value> as its <argument>
      Given the package "yields" with these files:
        | file       | content |
        | yields.csv | 12 rows |
      And these files in the scratch bucket:
        | file     | content |
        | soil.csv | 9 rows  |
      When Ada's program adds the file "soil.csv" to the package "yields" with <value> as its <argument>
      Then she is refused: invalid
      And the package "yields" is unchanged

      Examples:
        | value    | argument |
        | a number | metadata |
        | a number | message  |

  Rule: Comparisons, queries and clients accept only arguments of the right type

    @ERR-3 @DIFF-4 @severity:normal
    Scenario Outline: A number as <argument> is not accepted as a revision
      When Ada's program compares the package "test-user/versioned-data" with the package "test-user/simple-csv", with a number as its <argument>
      Then she is refused: invalid

      Examples:
        | argument      |
        | package1_hash |
        | package2_hash |

    @ERR-3 @severity:normal
    Scenario Outline: <operation> does not accept a number as its optional <argument>
      When Ada's program calls <operation> with a number as its <argument>
      Then she is refused

      Examples:
        | operation             | argument  |
        | execute_graphql_query | variables |
        | get_aws_client        | region    |

    @ERR-3 @severity:normal
    Scenario Outline: <operation> with <value> as its <argument> is refused, or still answered
      When Ada's program calls <operation> with <value> as its <argument>
      Then she is refused: invalid, or gets what she asked for

      Examples:
        | operation             | argument | value    |
        | search_packages       | query    | no value |
        | search_packages       | query    | a number |
        | execute_graphql_query | registry | a number |

  Rule: A change that makes no sense changes no table

    @ERR-3 @requires_admin @severity:critical
    Scenario Outline: <operation> with <value> as its <argument> is refused and leaves the tables as they were
      Given a table "harvest" over CSV files with a header
      When Ada's program calls <operation> for the table "harvest" with <value> as its <argument>
      Then she is refused
      And the table "harvest" is unchanged
      And every table of the packages bucket has a name

      Examples:
        | operation              | argument   | value         |
        | create_tabulator_table | bucket     | no value      |
        | create_tabulator_table | bucket     | a number      |
        | create_tabulator_table | bucket     | an empty text |
        | create_tabulator_table | table_name | no value      |
        | create_tabulator_table | table_name | a number      |
        | create_tabulator_table | table_name | an empty text |
        | create_tabulator_table | config     | an empty text |
        | update_tabulator_table | bucket     | no value      |
        | update_tabulator_table | bucket     | a number      |
        | update_tabulator_table | bucket     | an empty text |
        | update_tabulator_table | table_name | no value      |
        | update_tabulator_table | table_name | a number      |
        | update_tabulator_table | table_name | an empty text |
        | update_tabulator_table | config     | no value      |
        | update_tabulator_table | config     | a number      |
        | update_tabulator_table | config     | an empty text |
        | rename_tabulator_table | bucket     | no value      |
        | rename_tabulator_table | bucket     | a number      |
        | rename_tabulator_table | bucket     | an empty text |
        | rename_tabulator_table | old_name   | an empty text |
        | rename_tabulator_table | new_name   | an empty text |
        | delete_tabulator_table | bucket     | no value      |
        | delete_tabulator_table | bucket     | a number      |
        | delete_tabulator_table | bucket     | an empty text |
        | delete_tabulator_table | table_name | no value      |
        | delete_tabulator_table | table_name | a number      |
        | delete_tabulator_table | table_name | an empty text |

    @ERR-3 @requires_admin @severity:normal
    Scenario Outline: A new table needs a configuration
      Given a table "harvest" over CSV files with a header
      When Ada's program calls <operation> for the table called "no_such_table" with no value as its config
      Then she is refused
      And the registry has exactly these tables:
        | table   | configuration           |
        | harvest | CSV files with a header |

      Examples:
        | operation              |
        | create_tabulator_table |

    @ERR-3 @QRY-3 @exclusive @requires_admin @severity:critical
    Scenario Outline: Open query stays <state> when a program says <value>
      Given open query is <state>
      When Ada's program calls <operation> with <value> as its enabled
      Then she is refused
      And open query is <state> in the registry

      Examples:
        | operation      | state | value    |
        | set_open_query | on    | no value |
        | set_open_query | off   | a number |

  Rule: A change that makes no sense changes no user

    @ERR-3 @requires_admin @severity:critical
    Scenario Outline: <operation> with <value> as its <argument> is refused and leaves the user as they were
      Given a new colleague Nora with the role "viewer" and the further role "user"
      When Ada's program calls <operation> for Nora with <value> as its <argument>
      Then she is refused
      And Nora is unchanged

      Examples:
        | operation         | argument    | value    |
        | set_user_admin    | admin       | no value |
        | set_user_admin    | admin       | a number |
        | set_user_active   | active      | no value |
        | set_user_active   | active      | a number |
        | set_user_role     | extra_roles | a number |
        | set_user_role     | append      | a number |
        | remove_user_roles | fallback    | a number |

    @ERR-3 @requires_admin @severity:normal
    Scenario Outline: A number is not accepted as a list of further roles
      When Ada's program creates a user for Nora with a number as its <argument>
      Then she is refused
      And the registry has no user Nora

      Examples:
        | argument    |
        | extra_roles |
