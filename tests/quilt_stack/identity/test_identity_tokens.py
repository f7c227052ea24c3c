"""Tokens, codes and sign-in: what is accepted, what is refused, and with which text (registry facts 1.3, 2.1)."""

from __future__ import annotations

import base64
import json
import uuid

import hypothesis
import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from identity_registry import PASSWORD, Registry

from quilt_stack.registry.identity import (
    CODE_INVALID,
    LOGIN_FAILED,
    MALFORMED,
    NOT_SIGNED_IN,
    OUTDATED,
    REVOKED,
    Identity,
    Unauthenticated,
)

NINETY_DAYS = 90 * 24 * 3600


def refusal(identity: Identity, authorization: str | None) -> str:
    with pytest.raises(Unauthenticated) as caught:
        identity.authenticate(authorization)
    return caught.value.message


def test_the_token_is_hs256_and_says_only_who_which_and_until_when(registry: Registry) -> None:
    issued = registry.identity.sign_in("ada", PASSWORD)
    claims = jwt.decode(issued.token, options={"verify_signature": False})
    assert jwt.get_unverified_header(issued.token) == {"typ": "JWT", "alg": "HS256"}
    assert set(claims) == {"id", "uuid", "exp"}
    assert str(uuid.UUID(claims["id"])) == claims["id"]
    assert claims["exp"] == issued.expires_at
    assert abs(issued.expires_at - registry.clock.seconds() - NINETY_DAYS) < 5


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", ""])
def test_a_token_is_accepted_with_and_without_its_scheme(registry: Registry, prefix: str) -> None:
    token = registry.identity.issue_token("ada")
    caller = registry.identity.authenticate(prefix + token)
    assert (caller.name, caller.role_name, caller.is_admin) == ("ada", "viewer", False)


@pytest.mark.parametrize("login", ["ada", "ada@example.com"])
def test_users_sign_in_by_name_or_address(registry: Registry, login: str) -> None:
    token = registry.identity.sign_in(login, PASSWORD).token
    assert registry.identity.authenticate(token).name == "ada"


@pytest.mark.parametrize(
    ("login", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("ADA", PASSWORD), ("ada", "")]
)
def test_a_failed_sign_in_does_not_say_why(registry: Registry, login: str, password: str) -> None:
    with pytest.raises(Unauthenticated, match=LOGIN_FAILED):
        registry.identity.sign_in(login, password)


def test_inactive_users_and_unusable_passwords_do_not_sign_in(registry: Registry) -> None:
    registry.change_user("ada", is_active=False)
    registry.change_user("lee", password_hash=None)
    for name in ("ada", "lee"):
        with pytest.raises(Unauthenticated, match=LOGIN_FAILED):
            registry.identity.sign_in(name, PASSWORD)


@pytest.mark.parametrize("authorization", [None, "", "   ", "Bearer", "Bearer  "])
def test_nothing_to_go_by(registry: Registry, authorization: str | None) -> None:
    assert refusal(registry.identity, authorization) == NOT_SIGNED_IN


def test_expired_by_the_clock_and_by_the_control_port(registry: Registry) -> None:
    by_clock = registry.identity.issue_token("ada", lifetime_seconds=60)
    registry.clock.advance(61)
    assert refusal(registry.identity, by_clock) == OUTDATED
    registry.clock.reset()
    assert registry.identity.authenticate(by_clock).name == "ada"
    registry.identity.expire_tokens("ada")
    assert refusal(registry.identity, by_clock) == OUTDATED
    assert refusal(registry.identity, registry.identity.issue_token("ada", lifetime_seconds=-1)) == OUTDATED


def test_revoked_signed_out_refreshed_and_deactivated(registry: Registry) -> None:
    identity = registry.identity
    revoked = identity.issue_token("ada")
    identity.revoke_tokens("ada")
    assert refusal(identity, revoked) == REVOKED

    left, kept = identity.issue_token("ada"), identity.issue_token("ada")
    identity.sign_out(identity.authenticate(left))
    assert refusal(identity, left) == REVOKED
    assert identity.authenticate(kept).name == "ada"

    new = identity.refresh(identity.authenticate(kept)).token
    assert refusal(identity, kept) == REVOKED
    assert identity.authenticate(new).name == "ada"

    registry.change_user("ada", is_active=False)
    assert refusal(identity, new) == REVOKED


def test_tampered_foreign_and_unsigned_tokens_are_malformed(registry: Registry) -> None:
    identity = registry.identity
    token = identity.issue_token("ada")
    claims = jwt.decode(token, options={"verify_signature": False})
    header, payload, signature = token.split(".")
    other = base64.urlsafe_b64encode(json.dumps({**claims, "exp": claims["exp"] + 1}).encode()).decode().rstrip("=")
    for forged in (
        f"{header}.{other}.{signature}",
        f"{header}.{payload}.",
        jwt.encode(claims, "another key, long enough for the algorithm", algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
        "no.token.atall",
        "plain",
    ):
        assert refusal(identity, f"Bearer {forged}") == MALFORMED


def test_the_key_outlives_the_object(registry: Registry) -> None:
    token = registry.identity.issue_token("ada")
    assert Identity(registry.database, registry.settings, registry.clock).authenticate(token).name == "ada"


def test_a_code_is_good_once_and_for_ten_minutes(registry: Registry) -> None:
    identity = registry.identity
    caller = identity.authenticate(identity.issue_token("ada"))
    code = identity.one_time_code(caller)
    assert set(json.loads(base64.b64decode(code))) == {"id", "code"}
    assert identity.authenticate(identity.exchange(code).token).name == "ada"
    with pytest.raises(Unauthenticated, match=CODE_INVALID):
        identity.exchange(code)

    late = identity.one_time_code(caller)
    registry.clock.advance(601)
    with pytest.raises(Unauthenticated, match=CODE_INVALID):
        identity.exchange(late)


def test_only_the_last_code_counts_and_it_belongs_to_its_user(registry: Registry) -> None:
    identity = registry.identity
    ada = identity.authenticate(identity.issue_token("ada"))
    lee = identity.authenticate(identity.issue_token("lee"))
    first = identity.one_time_code(ada)
    second = json.loads(base64.b64decode(identity.one_time_code(ada)))
    stolen = base64.b64encode(json.dumps({"id": lee.user_id, "code": second["code"]}).encode()).decode()
    for code in (first, stolen):
        with pytest.raises(Unauthenticated, match=CODE_INVALID):
            identity.exchange(code)


def test_a_refresh_token_is_exchanged_and_stays_good(registry: Registry) -> None:
    identity = registry.identity
    token = identity.issue_token("ada")
    assert identity.authenticate(identity.exchange(token).token).name == "ada"
    assert identity.authenticate(token).name == "ada"


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_no_text_gets_in_and_none_breaks_the_registry(registry: Registry, text: str) -> None:
    for call in (registry.identity.authenticate, registry.identity.exchange):
        with pytest.raises(Unauthenticated):
            call(text)
