"""What administrators do, done by the tools of the MCP server: users, roles and Tabulator tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from environment.driving.server_answers import Answered
from environment.errors import SuiteError
from environment.product.mcp_server.conversation import Conversation

_RESOURCE = "get_resource"
_USER = ("name", "email", "is_active", "is_admin", "is_sso_only", "is_service", "date_joined", "last_login")
_ROLE = ("id", "name", "arn", "type")


class AdministrationVerbs:
    """The operations of AdminOps, and those on tables; each raises `ServerFault` if the tool is lacking, or refuses."""

    def __init__(self, conversation: Conversation) -> None:
        self._said = conversation

    def list_users(self) -> list[Answered]:
        """All users; a resource has them, and no tool."""
        return [_user(_RESOURCE, each) for each in self._resource("admin://users")["users"]]

    def list_roles(self) -> list[Answered]:
        """All roles, in the same way."""
        return [_part(_RESOURCE, each, _ROLE) for each in self._resource("admin://roles")["roles"]]

    def get_user(self, name: str) -> Answered:
        """A user by name."""
        tool = "admin_user_get"
        return _user(tool, self._said.call(tool, name=name)["user"])

    def create_user(self, name: str, email: str, role: str, extra_roles: Sequence[str] = ()) -> Answered:
        """Create a user with one role or several."""
        tool = "admin_user_create"
        further = {"extra_roles": list(extra_roles)} if extra_roles else {}
        return _user(tool, self._said.call(tool, name=name, email=email, role=role, **further)["user"])

    def delete_user(self, name: str) -> None:
        """Delete a user."""
        self._said.call("admin_user_delete", name=name)

    def set_user_email(self, name: str, email: str) -> Answered:
        """Give a user another e-mail address."""
        return self._changed("admin_user_set_email", "email", name=name, email=email)

    def set_user_admin(self, name: str, admin: bool) -> Answered:
        """Grant or revoke admin rights."""
        return self._changed("admin_user_set_admin", "is_admin", name=name, admin=admin)

    def set_user_active(self, name: str, active: bool) -> Answered:
        """Lock a user out, or let them in again."""
        return self._changed("admin_user_set_active", "is_active", name=name, active=active)

    def list_tabulator_tables(self, bucket: str) -> list[dict[str, Any]]:
        """The tables of a bucket, each with its configuration."""
        found = self._said.call("tabulator_tables_list", bucket=bucket)["tables"]
        return [{"name": each["name"], "config": each["config_yaml"]} for each in found]

    def create_tabulator_table(self, bucket: str, table_name: str, config: str) -> Answered:
        """Create a table; the tool makes a configuration of its own from what can be told to it."""
        tool = "tabulator_table_create"
        answer = self._said.call(tool, bucket_name=bucket, table_name=table_name, **_table_arguments(config))
        return Answered(tool, table_name=answer["table_name"], config=answer["config"])

    def rename_tabulator_table(self, bucket: str, table_name: str, new_table_name: str) -> Answered:
        """Rename a table."""
        tool = "tabulator_table_rename"
        names = {"table_name": table_name, "new_table_name": new_table_name}
        return Answered(tool, table_name=self._said.call(tool, bucket_name=bucket, **names)["new_table_name"])

    def delete_tabulator_table(self, bucket: str, table_name: str) -> Answered:
        """Delete a table."""
        tool = "tabulator_table_delete"
        return Answered(tool, table_name=self._said.call(tool, bucket_name=bucket, table_name=table_name)["table_name"])

    def _changed(self, tool: str, field: str, **arguments: Any) -> Answered:
        """What a tool answers that changes one field: the user's name, and that field."""
        return _part(tool, self._said.call(tool, **arguments)["user"], ("name", field))

    def _resource(self, uri: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._said.call(_RESOURCE, uri=uri)["data"]
        return found


def _part(tool: str, fields: Mapping[str, Any], names: Sequence[str]) -> Answered:
    return Answered(tool, **{name: fields[name] for name in names})


def _user(tool: str, fields: Mapping[str, Any]) -> Answered:
    """A user; some tools answer the names of roles alone, others have roles with all fields."""
    role, further = fields["role"], fields["extra_roles"]
    return Answered(
        tool,
        **{name: fields[name] for name in _USER},
        role=None if role is None else _role(tool, role),
        extra_roles=[_role(tool, each) for each in further],
    )


def _role(tool: str, role: str | Mapping[str, Any]) -> Answered:
    return Answered(tool, name=role) if isinstance(role, str) else _part(tool, role, _ROLE)


def _table_arguments(config: str) -> dict[str, Any]:
    """The arguments of the tool for a configuration.

    Decision: that columns may be null or not is left out, because the tool takes texts alone.

    Raises:
        SuiteError: the configuration says something that the tool has no argument for.
    """
    said = yaml.safe_load(config)
    parser = dict(said["parser"])
    arguments = {
        "schema": [{"name": each["name"], "type": each["type"]} for each in said["schema"]],
        "package_pattern": said["source"]["package_name"],
        "logical_key_pattern": said["source"]["logical_key"],
        "parser_format": parser.pop("format"),
        "parser_header": parser.pop("header", False),
        **({"parser_delimiter": parser.pop("delimiter")} if "delimiter" in parser else {}),
    }
    beyond = [*parser, *(["continue_on_error"] if said.get("continue_on_error") else [])]
    if beyond:
        raise SuiteError(
            "Created a table through the MCP server", f"its tool does not take {', '.join(beyond)}", "Leave that out"
        )
    return arguments
