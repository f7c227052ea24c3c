"""What people do by calling a method of the product, in the words of a release meeting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

DEEDS: Mapping[str, str] = {
    "AdminOps.add_user_roles": "give a user further roles",
    "AdminOps.create_user": "create users",
    "AdminOps.delete_user": "delete users",
    "AdminOps.get_sso_config": "read the SSO configuration",
    "AdminOps.get_user": "look up a user",
    "AdminOps.list_roles": "list the roles",
    "AdminOps.list_users": "list the users",
    "AdminOps.remove_user_roles": "take roles from a user",
    "AdminOps.reset_user_password": "reset a password",
    "AdminOps.set_sso_config": "change the SSO configuration",
    "AdminOps.set_user_active": "deactivate or reactivate users",
    "AdminOps.set_user_admin": "make users administrators, or no longer",
    "AdminOps.set_user_email": "change an e-mail address",
    "AdminOps.set_user_role": "change a user's role",
    "QuiltOps.browse_content": "browse packages",
    "QuiltOps.configure_catalog": "choose a catalog",
    "QuiltOps.create_package_revision": "publish packages",
    "QuiltOps.create_tabulator_table": "create tables",
    "QuiltOps.delete_package": "delete packages",
    "QuiltOps.delete_tabulator_table": "delete tables",
    "QuiltOps.diff_packages": "compare packages",
    "QuiltOps.execute_graphql_query": "ask in GraphQL",
    "QuiltOps.get_auth_status": "ask whether they are signed in",
    "QuiltOps.get_aws_client": "work with AWS",
    "QuiltOps.get_boto3_client": "work with AWS",
    "QuiltOps.get_catalog_config": "read a catalog's configuration",
    "QuiltOps.get_content_url": "get links to files, or download them",
    "QuiltOps.get_graphql_auth_headers": "use the registry's GraphQL themselves",
    "QuiltOps.get_graphql_endpoint": "use the registry's GraphQL themselves",
    "QuiltOps.get_open_query_status": "ask whether open query is on",
    "QuiltOps.get_package_info": "look at the details of packages",
    "QuiltOps.get_package_metadata": "read the metadata of packages",
    "QuiltOps.get_registry_url": "ask which registry they work with",
    "QuiltOps.get_tabulator_table": "look up a table",
    "QuiltOps.list_buckets": "list the buckets",
    "QuiltOps.list_tabulator_tables": "list the tables",
    "QuiltOps.rename_tabulator_table": "rename tables",
    "QuiltOps.search_packages": "search for packages, or list them",
    "QuiltOps.set_open_query": "turn open query on or off",
    "QuiltOps.update_package_revision": "add files to packages",
    "QuiltOps.update_tabulator_table": "change tables",
}
"""By method; of the MCP server's tools and of methods that are new there is none."""


def deeds(methods: Iterable[str]) -> str:
    """What people do by calling these methods; a method that is not known here by its own name."""
    return " or ".join(dict.fromkeys(DEEDS.get(each, f"call {each}") for each in methods))
