"""``acceptance users``: from a registry with one administrator to the four users, again, and after somebody meddled."""

from __future__ import annotations

import json

import pytest
import requests

from environment.clients.users import UserArranger
from environment.errors import SuiteError
from environment.observers.directory import DirectoryObserver
from infra.rehearsal.stand_in import FOUNDER, StandIn
from infra.users_command import users

RIGHT = "the users and their roles are as they should be"
FOUR = {
    "test_admin": ("admin@test.com", "admin", True),
    "test_user": ("user@test.com", "user", False),
    "test_readonly": ("readonly@test.com", "viewer", False),
    "test_service": ("service@test.com", "service", False),
}


def known(live: StandIn) -> dict[str, tuple[str, str | None, bool]]:
    found = DirectoryObserver(live.registry()).users()
    return {name: (user.email, user.role, user.is_admin) for name, user in found.items() if name != FOUNDER}


@pytest.mark.slow
def test_creates_the_four_users_once_and_mends_what_was_changed(unpeopled: StandIn) -> None:
    would = unpeopled.create_users("--dry-run")
    assert would.count("would create the user") == 4
    assert known(unpeopled) == {}

    unpeopled.create_users()
    assert known(unpeopled) == FOUR
    assert RIGHT in unpeopled.create_users()

    arranger = UserArranger(unpeopled.registry())
    arranger.appoint("test_user")
    arranger.set_role("test_readonly", "user")
    arranger.set_email("test_service", "other@test.com")
    arranger.deactivate("test_admin")
    unpeopled.create_users()

    assert known(unpeopled) == FOUR
    assert RIGHT in unpeopled.create_users()


def test_a_password_goes_to_the_store_and_nowhere_else(unpeopled: StandIn) -> None:
    unpeopled.create_users()
    link = unpeopled.running.control.mails("readonly@test.com")[0].links[0]
    output = unpeopled.command(users, "password", "test_readonly", "--target", "live", given=f"{link}\n")

    stored = unpeopled.client("secretsmanager").get_secret_value(
        SecretId="quilt-mcp-test/users/test_readonly", VersionStage="AWSCURRENT"
    )
    content = json.loads(stored["SecretString"])
    signed_in = requests.post(f"{unpeopled.running.registry_url}/api/login", json=content, timeout=10)
    assert signed_in.ok
    assert content["username"] == "test_readonly"
    assert content["password"] not in output
    assert link not in output
    assert "test_readonly has no password" not in unpeopled.create_users()


def test_a_link_that_is_refused_leaves_the_password_in_force(unpeopled: StandIn) -> None:
    unpeopled.create_users()
    for _ in range(2):
        with pytest.raises(SuiteError, match="Chose a password for test_service: the registry answered 4"):
            unpeopled.command(
                users, "password", "test_service", "--target", "live", given="https://x/reset/not-a-link\n"
            )

    assert "test_service has no password" in unpeopled.create_users()


def test_a_user_who_is_none_of_the_four_is_named(unpeopled: StandIn) -> None:
    with pytest.raises(SuiteError, match=r'"test_usr".*test_user'):
        unpeopled.command(users, "password", "test_usr", "--target", "live")
