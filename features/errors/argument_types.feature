Feature: Arguments of the wrong kind
  Programs pass on what they were given, and sometimes that is nothing, or a number where a name belongs. Every operation
  says so before it does anything, so that whoever wrote the program sees the mistake and not what follows from it.

  Background:
    Given Ada, an administrator, is signed in

  Rule: An argument that is needed has a value

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

  Rule: A number is no name, list or text

    @ERR-3 @severity:normal
    Scenario Outline: <operation> takes no number as its <argument>
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

  Rule: A deletion that cannot be meant deletes nothing

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
