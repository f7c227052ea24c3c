"""Calls as a program makes them that gives one argument in a particular way: no value, another type, an empty text…

Whoever is asked for exists as little as possible, unless the sentence names them, so that a call that is not refused
does nothing. What is named is there, and all else is in order, so that only the argument can be why it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from environment.driving.administration import User
from environment.driving.session import Session
from environment.driving.tables import CONFIGURATIONS, Table
from environment.driving.work import LEFT_OUT
from environment.targets.target import Target

OPERATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "search_packages": ("query", "registry"),
        "get_package_info": ("package_name", "registry"),
        "browse_content": ("package_name", "registry", "path"),
        "get_package_metadata": ("package_name", "registry"),
        "get_content_url": ("package_name", "registry", "path"),
        "diff_packages": ("package1_name", "package2_name", "registry"),
        "create_package_revision": ("package_name", "s3_uris"),
        "update_package_revision": ("package_name", "s3_uris", "registry"),
        "delete_package": ("bucket", "name"),
        "get_catalog_config": ("catalog_url",),
        "configure_catalog": ("catalog_url",),
        "execute_graphql_query": ("query",),
        "get_aws_client": ("service_name",),
        "list_tabulator_tables": ("bucket",),
        "get_tabulator_table": ("bucket", "table_name"),
        "create_tabulator_table": ("bucket", "table_name", "config"),
        "update_tabulator_table": ("bucket", "table_name", "config"),
        "rename_tabulator_table": ("bucket", "old_name", "new_name"),
        "delete_tabulator_table": ("bucket", "table_name"),
        "set_open_query": ("enabled",),
        "get_user": ("name",),
        "create_user": ("name", "email", "role"),
        "delete_user": ("name",),
        "set_user_email": ("name", "email"),
        "set_user_admin": ("name", "admin"),
        "set_user_active": ("name", "active"),
        "reset_user_password": ("name",),
        "set_user_role": ("name", "role"),
        "add_user_roles": ("name", "roles"),
        "remove_user_roles": ("name", "roles"),
    }
)
"""By the name of the method, the arguments that it must be given, in their order."""
OPTIONAL = (
    *("variables", "region", "extra_roles", "append", "fallback", "package1_hash", "package2_hash"),
    *("metadata", "message", "auto_organize", "copy"),
)
"""Arguments that every operation can do without."""
ADMINISTRATIVE = frozenset(name for name in OPERATIONS if "user" in name)
"""Those of AdminOps."""
OWN_REGISTRY = object()
"""In place of the address of the target's registry."""
GIVEN: Mapping[str, object] = MappingProxyType(
    {
        "no value": None,
        "nothing at all": LEFT_OUT,
        "a number": 7,
        "an empty text": "",
        "an empty list": [],
        "an empty mapping": {},
        'the word "no"': "no",
        'the word "none"': "none",
        "true": True,
        "false": False,
        "the address of the registry": OWN_REGISTRY,
    }
)
"""What an argument is given, in words."""
_PACKAGE = "test-user/no-such-package"


def right_arguments(operation: str, target: Target) -> dict[str, Any]:
    """Arguments that are in order, of things that are not there."""
    known: dict[str, Any] = {
        "query": "{ me { name } }" if operation == "execute_graphql_query" else "structure",
        "registry": target.registry,
        "package_name": _PACKAGE,
        "package1_name": _PACKAGE,
        "package2_name": _PACKAGE,
        "path": "no-such-file.csv",
        "s3_uris": [f"s3://{target.buckets.data}/no-such-file.csv"],
        "bucket": target.buckets.packages,
        "name": _PACKAGE if operation == "delete_package" else "no-such-user",
        "catalog_url": target.catalog_url,
        "service_name": "s3",
        "table_name": "no_such_table",
        "old_name": "no_such_table",
        "new_name": "no_such_table_either",
        "config": "schema: []",
        "enabled": False,
        "email": "no-such-user@example.com",
        "role": "no-such-role",
        "roles": ["no-such-role"],
        "admin": False,
        "active": True,
    }
    return {name: known[name] for name in OPERATIONS[operation]}


def arguments_for_table(operation: str, target: Target, table: Table, new_name: str) -> dict[str, Any]:
    """Arguments with which the operation would change or delete this table of the packages bucket."""
    of_table = {
        "table_name": table.name,
        "old_name": table.name,
        "new_name": new_name,
        "config": CONFIGURATIONS["Parquet files"],
    }
    return _replaced(right_arguments(operation, target), of_table)


def arguments_for_user(operation: str, target: Target, user: User) -> dict[str, Any]:
    """Arguments with which the operation would change this user, whose role becomes "user" or who loses that role."""
    of_user = {"name": user.user_name, "email": user.email, "role": "user", "roles": ["user"]}
    return _replaced(right_arguments(operation, target), of_user)


def operation_of(persona: Session, operation: str) -> Any:
    """The operation as the persona's session has it."""
    interface = persona.admin if operation in ADMINISTRATIVE else persona.ops
    return getattr(interface, operation)


def _replaced(arguments: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    return {name: others.get(name, value) for name, value in arguments.items()}
