"""Administration through the MCP server: which tool is told what, and what its answer comes to."""

from __future__ import annotations

from typing import Any

import pytest
from test_server_verbs import Said

from environment.driving.server_verbs import ServerVerbs
from environment.driving.tables import CONFIGURATIONS, CSV_WITH_HEADER, continuing
from environment.errors import SuiteError

ROLE = {"id": "1", "name": "viewer", "arn": "arn:aws:iam::123456789012:role/viewer", "type": "managed"}
NORA = {
    "name": "nora",
    "email": "nora@example.org",
    "is_active": True,
    "is_admin": False,
    "is_sso_only": False,
    "is_service": False,
    "date_joined": "2026-11-28T10:00:00+00:00",
    "last_login": "2026-11-28T10:00:00+00:00",
}


def verbs(**answers: Any) -> tuple[Any, Said]:
    said = Said(answers)
    return ServerVerbs(said), said  # type: ignore[arg-type]  # a conversation without a server


@pytest.mark.parametrize("role", ["viewer", ROLE])
def test_roles_are_read_by_name_or_whole(role: Any) -> None:
    server, _ = verbs(admin_user_get={"user": {**NORA, "role": role, "extra_roles": [role]}})
    found = server.get_user("nora")

    assert (found.name, found.role.name, [each.name for each in found.extra_roles]) == ("nora", "viewer", ["viewer"])
    if isinstance(role, dict):
        assert found.role.arn == ROLE["arn"]
    else:
        with pytest.raises(SuiteError, match="it answers name"):
            _ = found.role.arn


def test_users_and_roles_are_read_from_resources() -> None:
    users = {"data": {"users": [{**NORA, "role": None, "extra_roles": []}], "roles": [ROLE]}}
    server, said = verbs(get_resource=users)

    assert [(each.name, each.role) for each in server.list_users()] == [("nora", None)]
    assert [each.type for each in server.list_roles()] == ["managed"]
    assert [arguments["uri"] for _, arguments in said.asked] == ["admin://users", "admin://roles"]


def test_only_what_was_changed_is_answered() -> None:
    server, said = verbs(admin_user_set_active={"user": {"name": "nora", "is_active": False}})
    changed = server.set_user_active("nora", False)

    assert said.asked == [("admin_user_set_active", {"name": "nora", "active": False})]
    assert changed.is_active is False
    with pytest.raises(SuiteError, match="it answers name, is_active"):
        _ = changed.email


@pytest.mark.parametrize("kind", CONFIGURATIONS)
def test_a_table_is_created_from_what_its_configuration_says(kind: str) -> None:
    answer = {"table_name": "harvest", "config": "made by the tool"}
    server, said = verbs(tabulator_table_create=answer)

    assert server.create_tabulator_table("data", "harvest", CONFIGURATIONS[kind]).config == "made by the tool"
    [(_, asked)] = said.asked
    assert asked["schema"] == [{"name": "plot", "type": "STRING"}, {"name": "grams", "type": "DOUBLE"}]
    assert asked["parser_format"] == ("parquet" if "Parquet" in kind else "csv")
    assert asked["parser_header"] is (kind == "CSV files with a header")
    assert asked.get("parser_delimiter") == ("\t" if kind.startswith("tab") else None)


def test_what_the_tool_cannot_be_told_breaks_the_scenario() -> None:
    server, said = verbs()
    with pytest.raises(SuiteError, match="its tool does not take continue_on_error"):
        server.create_tabulator_table("data", "harvest", continuing(CSV_WITH_HEADER))
    assert said.asked == []
