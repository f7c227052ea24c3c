"""API keys through the unmodified quilt3.api_keys and quilt3.admin.api_keys (registry facts 2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import quilt3.admin.api_keys as all_keys
import quilt3.api_keys as own_keys
from quilt3.admin.exceptions import Quilt3AdminError
from quilt3.api_keys import APIKeyError
from running_registry import Person

Unique = Callable[[str], str]


def as_bearer(person: Person, secret: str) -> Person:
    return Person(person.deployment, person.name, secret)


@pytest.fixture
def clock(ada: Person) -> Iterator[Callable[[float], None]]:
    yield lambda seconds: ada.deployment.control.advance_clock(seconds) and None
    ada.deployment.control.reset_clock()


def test_a_key_acts_for_its_owner_everywhere_until_it_is_revoked(ada: Person, unique: Unique) -> None:
    key, secret = own_keys.create(unique("pipeline"), expires_in_days=30)
    assert secret.startswith("qk_")
    start, end = key.fingerprint.split("...")
    assert secret.startswith(start) and secret.endswith(end)
    assert secret not in key.fingerprint
    assert (key.status, key.user_email, key.last_used_at) == ("ACTIVE", "ada@example.com", None)
    assert (key.expires_at - key.created_at).days == 30

    bearer = as_bearer(ada, secret)
    assert bearer.graphql("{ me { name } }") == {"me": {"name": "ada"}}
    assert bearer.credentials().status_code == 200
    assert own_keys.get(key.id).last_used_at is not None  # type: ignore[union-attr]
    assert all_keys.get(key.id).user_email == "ada@example.com"  # type: ignore[union-attr]

    own_keys.revoke(secret=secret)
    assert bearer.credentials().status_code == 401
    assert own_keys.get(key.id) is None


def test_keys_expire_by_the_clock(ada: Person, unique: Unique, clock: Callable[[float], None]) -> None:
    key, secret = own_keys.create(unique("short"), expires_in_days=1)
    clock(24 * 3600 + 1)
    answer = as_bearer(ada, secret).credentials()
    assert (answer.status_code, answer.json()["message"]) == (401, "API key expired.")
    assert [found.id for found in own_keys.list(name=key.name, status="EXPIRED")] == [key.id]
    assert own_keys.list(name=key.name, status="ACTIVE") == []


def test_lists_are_narrowed_and_everybody_sees_their_own(
    ada: Person, unique: Unique, sign_in: Callable[[str], Person]
) -> None:
    name = unique("narrow")
    key, _ = own_keys.create(name)
    create = (
        "mutation ($name: String!) { apiKeyCreate(input: {name: $name}) { ... on APIKeyCreated { apiKey { id } } } }"
    )
    other = sign_in("dana").graphql(create, name=name)["apiKeyCreate"]["apiKey"]["id"]
    assert [found.id for found in own_keys.list(name=name)] == [key.id]
    assert own_keys.get(other) is None
    assert {found.id for found in all_keys.list(key_name=name)} == {key.id, other}
    assert [found.id for found in all_keys.list(email="dana@example.com", key_name=name)] == [other]
    assert [found.id for found in all_keys.list(fingerprint=key.fingerprint)] == [key.id]
    with pytest.raises(APIKeyError):
        own_keys.revoke(id=other)
    all_keys.revoke(other)
    assert all_keys.get(other) is None
    with pytest.raises(Quilt3AdminError):
        all_keys.revoke(other)


@pytest.mark.parametrize(
    ("name", "days", "path"),
    [("", 1, "input.name"), ("x", 0, "input.expiresInDays"), ("x", 366, "input.expiresInDays")],
)
def test_what_is_wrong_with_a_new_key_is_named(ada: Person, name: str, days: int, path: str) -> None:
    before = len(own_keys.list())
    with pytest.raises(APIKeyError, match=path):
        own_keys.create(name, expires_in_days=days)
    assert len(own_keys.list()) == before


def test_keys_of_the_inactive_and_unknown_keys_are_refused(
    ada: Person, unique: Unique, sign_in: Callable[[str], Person]
) -> None:
    import quilt3.admin.users as users

    name = unique("user")
    users.create(name, f"{name}@example.com", "viewer")
    create = 'mutation { apiKeyCreate(input: {name: "k"}) { ... on APIKeyCreated { secret } } }'
    secret = sign_in(name).graphql(create)["apiKeyCreate"]["secret"]
    users.set_active(name, False)
    assert as_bearer(ada, secret).credentials().status_code == 401
    assert as_bearer(ada, "qk_nonsense").credentials().json()["message"] == "API key invalid."
