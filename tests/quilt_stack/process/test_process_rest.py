"""The registry's REST endpoints and its GraphQL transport, on the wire."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.exceptions
import jwt
import pytest
import requests
from stack_wire import ADMINISTRATOR, OPEN_BUCKET, READER, SERVICE, WRITER, WireDeployment

OUTDATED = "Outdated access token: please log in again"
MALFORMED = "Token could not be deserialized"


def call(deployment: WireDeployment, method: str, path: str, **arguments: Any) -> requests.Response:
    return requests.request(
        method, deployment.running.registry_url + path, timeout=10, allow_redirects=False, **arguments
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_user_signs_in_with_name_or_email_and_is_known(wire: WireDeployment) -> None:
    for name in (WRITER, f"{WRITER}@example.org"):
        answer = call(wire, "POST", "/api/login", json={"username": name, "password": wire.passwords[WRITER]})
        token = answer.json()["token"]

        assert jwt.decode(token, options={"verify_signature": False})["exp"] == answer.json()["exp"]
        assert call(wire, "GET", "/api/me?_cachebust=1", headers=bearer(token)).json() == {
            "current_user": WRITER,
            "email": f"{WRITER}@example.org",
            "is_staff": False,
            "is_active": True,
        }


def test_a_wrong_password_is_refused(wire: WireDeployment) -> None:
    answer = call(wire, "POST", "/api/login", json={"username": WRITER, "password": "wrong-password"})

    assert (answer.status_code, answer.json()) == (401, {"message": "Login attempt failed"})


def test_a_code_becomes_a_token_once(wire: WireDeployment) -> None:
    code = call(wire, "GET", "/api/code", headers=wire.headers(WRITER)).json()["code"]

    first = call(wire, "POST", "/api/token", data={"refresh_token": code})
    second = call(wire, "POST", "/api/token", data={"refresh_token": code})

    assert first.status_code == 200
    assert first.json()["access_token"] == first.json()["refresh_token"]
    assert first.json()["expires_at"] > time.time()
    assert call(wire, "GET", "/api/me", headers=bearer(first.json()["access_token"])).ok
    assert second.status_code == 401
    assert call(wire, "POST", "/api/token", data={}).status_code == 400


def test_a_refreshed_token_replaces_the_old_one(wire: WireDeployment) -> None:
    old = wire.token(WRITER)

    new = call(wire, "POST", "/api/refresh", headers=bearer(old)).json()["token"]

    assert call(wire, "GET", "/api/me", headers=bearer(new)).ok
    assert call(wire, "GET", "/api/me", headers=bearer(old)).status_code == 401


def test_signing_out_ends_the_token_alone(wire: WireDeployment) -> None:
    gone, stays = wire.token(WRITER), wire.token(WRITER)

    assert call(wire, "POST", "/api/logout", headers=bearer(gone)).json() == {}

    assert call(wire, "GET", "/api/me", headers=bearer(gone)).status_code == 401
    assert call(wire, "GET", "/api/me", headers=bearer(stays)).ok


def test_a_token_expires_by_the_deployments_clock(deployment: WireDeployment) -> None:
    token = deployment.token(WRITER)
    assert call(deployment, "GET", "/api/me", headers=bearer(token)).ok

    deployment.running.control.advance_clock(90 * 24 * 3600 + 1)

    for path in ("/api/me", "/api/auth/get_credentials"):
        answer = call(deployment, "GET", path, headers=bearer(token))
        assert (answer.status_code, answer.json()) == (401, {"message": OUTDATED})
    answer = call(deployment, "POST", "/graphql", json={"query": "{ me { name } }"}, headers=bearer(token))
    assert (answer.status_code, answer.json()) == (401, {"message": OUTDATED})
    deployment.running.control.reset_clock()
    assert call(deployment, "GET", "/api/me", headers=bearer(token)).ok


def test_tokens_are_revoked_and_expired_through_the_control_port(wire: WireDeployment) -> None:
    control = wire.running.control
    revoked = wire.token(READER)
    control.revoke_tokens(READER)
    expired = wire.token(READER)
    control.expire_tokens(READER)
    late = control.issue_token(READER, lifetime_seconds=-1)

    assert call(wire, "GET", "/api/me", headers=bearer(revoked)).json() == {"message": "Token invalid."}
    assert call(wire, "GET", "/api/me", headers=bearer(expired)).json() == {"message": OUTDATED}
    assert call(wire, "GET", "/api/me", headers=bearer(late)).json() == {"message": OUTDATED}


def test_credentials_work_until_they_are_expired(wire: WireDeployment) -> None:
    answer = call(wire, "GET", "/api/auth/get_credentials", headers=wire.headers(SERVICE))
    credentials = answer.json()
    assert set(credentials) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert datetime.fromisoformat(credentials["Expiration"]) > datetime.now(UTC)
    s3 = boto3.client(
        "s3",
        endpoint_url=wire.running.aws_url,
        region_name=wire.running.region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    s3.put_object(Bucket=OPEN_BUCKET, Key="rest/credentials", Body=b"")

    wire.running.control.expire_session_credentials()

    with pytest.raises(botocore.exceptions.ClientError) as error:
        s3.put_object(Bucket=OPEN_BUCKET, Key="rest/credentials", Body=b"")
    assert error.value.response["Error"]["Code"] == "ExpiredToken"


@pytest.mark.parametrize("token", ["no-token", "a.b.c", "eyJhbGciOiJub25lIn0.eyJpZCI6IjEifQ."])
def test_what_is_no_token_of_this_registry_is_told_so(wire: WireDeployment, token: str) -> None:
    answer = call(wire, "GET", "/api/me", headers=bearer(token))

    assert (answer.status_code, answer.json()) == (401, {"message": MALFORMED})


@pytest.mark.parametrize(
    ("method", "path", "arguments", "status"),
    [
        ("GET", "/api/me", {}, 401),
        ("GET", "/api/code", {}, 401),
        ("GET", "/api/auth/get_credentials", {}, 401),
        ("POST", "/api/refresh", {}, 401),
        ("POST", "/api/logout", {}, 401),
        ("GET", "/api/search?index=a&action=search", {}, 401),
        ("POST", "/api/package_name_valid", {"json": {"name": "a/b"}}, 401),
        ("POST", "/api/admin/reindex/open-bucket", {"json": {}}, 401),
        ("POST", "/graphql", {"json": {"query": "{ me { name } }"}}, 401),
        ("POST", "/api/login", {"data": "no json"}, 400),
        ("POST", "/api/login", {"json": {"username": "dana"}}, 400),
        ("POST", "/api/register", {"json": {}}, 400),
        ("POST", "/api/change_password", {"json": {"link": "no-link", "password": "long enough"}}, 401),
        ("POST", "/api/change_password", {"json": {"link": "no-link", "password": "short"}}, 400),
        ("GET", "/api/no-such-endpoint", {}, 404),
        ("GET", "/api/login", {}, 405),
        ("GET", "/voila/", {}, 404),
    ],
)
def test_every_refusal_is_json_with_a_message(
    wire: WireDeployment, method: str, path: str, arguments: dict[str, Any], status: int
) -> None:
    answer = call(wire, method, path, **arguments)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(answer.json()["message"], str)
    assert answer.json()["message"]


def test_a_refused_body_is_not_repeated(wire: WireDeployment) -> None:
    answer = call(wire, "POST", "/api/login", json={"username": [], "password": "Plain-Secret-9"})

    assert answer.status_code == 400
    assert "Plain-Secret-9" not in answer.text


def test_who_signs_up_is_let_in_by_the_mailed_link(wire: WireDeployment) -> None:
    body = {"username": "newcomer", "email": "newcomer@example.org", "password": "A-long-passw0rd"}
    assert call(wire, "POST", "/api/register", json=body).json() == {}
    assert call(wire, "POST", "/api/login", json=body).status_code == 401

    (mail,) = wire.running.control.mails("Newcomer@example.org")
    activation = requests.get(mail.links[0], allow_redirects=False, timeout=10)
    again = requests.get(mail.links[0], allow_redirects=False, timeout=10)

    assert activation.headers["location"] == f"{wire.running.catalog_url}/signin"
    assert again.headers["location"] == f"{wire.running.catalog_url}/activation_error"
    assert call(wire, "POST", "/api/login", json=body).ok
    assert call(wire, "POST", "/api/register", json=body).json() == {"message": "Username already taken."}


def test_a_password_is_changed_by_the_mailed_link(wire: WireDeployment) -> None:
    body = {"username": "forgetful", "email": "forgetful@example.org", "password": "First-passw0rd"}
    call(wire, "POST", "/api/register", json=body)
    requests.get(wire.running.control.mails(body["email"])[0].links[0], allow_redirects=False, timeout=10)
    assert call(wire, "POST", "/api/reset_password", json={"email": body["email"]}).json() == {}
    assert call(wire, "POST", "/api/reset_password", json={"email": "nobody@example.org"}).json() == {}

    link = wire.running.control.mails(body["email"])[-1].links[0].rsplit("/", 1)[1]
    changed = call(wire, "POST", "/api/change_password", json={"link": link, "password": "Second-passw0rd"})

    assert (changed.status_code, changed.json()) == (200, {})
    assert call(wire, "POST", "/api/login", json=body).status_code == 401
    assert call(wire, "POST", "/api/login", json={**body, "password": "Second-passw0rd"}).ok
    assert wire.running.control.mails("nobody@example.org") == []


@pytest.mark.parametrize("name", ["a/b", "no-slash", "a/b/c", "a/ü"])
def test_package_names_are_judged(wire: WireDeployment, name: str) -> None:
    answer = call(wire, "POST", "/api/package_name_valid", json={"name": name}, headers=wire.headers(READER))

    assert answer.json() == {"valid": name in ("a/b", "a/ü")}


def test_search_answers_and_refuses(wire: WireDeployment) -> None:
    headers = wire.headers(READER)
    query = {"index": OPEN_BUCKET, "action": "search", "query": "*"}

    answer = call(wire, "GET", "/api/search", params=query, headers=headers)
    foreign = call(wire, "GET", "/api/search", params={**query, "index": "closed-bucket"}, headers=headers)

    assert answer.json()["timed_out"] is False
    assert "hits" in answer.json()
    assert foreign.status_code == 403
    assert call(wire, "GET", "/api/search", params={**query, "action": "dance"}, headers=headers).status_code == 400


def test_a_bucket_is_indexed_anew_by_administrators(wire: WireDeployment) -> None:
    path = f"/api/admin/reindex/{OPEN_BUCKET}"

    assert call(wire, "POST", path, json={}, headers=wire.headers(ADMINISTRATOR)).json() == {}
    assert call(wire, "POST", path, json={}, headers=wire.headers(WRITER)).status_code == 403
    missing = call(wire, "POST", "/api/admin/reindex/nowhere", json={}, headers=wire.headers(ADMINISTRATOR))
    assert (missing.status_code, missing.json()) == (404, {"message": "Bucket not found"})


def test_the_sign_in_page_and_the_health_check_answer_everybody(wire: WireDeployment) -> None:
    page = call(wire, "GET", "/login")

    assert page.ok
    assert 'type="password"' in page.text
    assert call(wire, "GET", "/healthcheck").ok


def test_pages_of_any_origin_may_call(wire: WireDeployment) -> None:
    origin = {"Origin": "http://catalog.example"}
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}

    assert call(wire, "GET", "/api/me", headers=origin).headers["access-control-allow-origin"] == "*"
    answer = call(wire, "OPTIONS", "/graphql", headers={**origin, **preflight})
    assert answer.ok
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", ""])
def test_graphql_takes_a_bare_token_too(wire: WireDeployment, scheme: str) -> None:
    headers = {"Authorization": scheme + wire.token(WRITER)}

    answer = call(wire, "POST", "/graphql", json={"query": "{ me { name } }"}, headers=headers)

    assert answer.json() == {"data": {"me": {"name": WRITER}}}


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        "{}",
        '{"query": ""}',
        '{"query": "{ me { name }"}',
        '{"query": "{ noSuchField }"}',
        '{"query": "query A { me { name } }", "operationName": "B"}',
        '{"query": "{ me { name } }", "variables": 3}',
        '{"query": "query A($n: Int!) { me { name } }", "variables": {"n": "three"}}',
    ],
)
def test_what_cannot_be_executed_is_a_400_for_both_clients(wire: WireDeployment, body: str) -> None:
    headers = {**wire.headers(WRITER), "Content-Type": "application/json"}

    answer = call(wire, "POST", "/graphql", data=body, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["message"]
    assert all(error["message"] for error in answer.json()["errors"])


def test_a_refused_administrators_field_is_200_without_data(wire: WireDeployment) -> None:
    query = {"query": "{ admin { user { list { name } } } }"}

    refused = call(wire, "POST", "/graphql", json=query, headers=wire.headers(WRITER))
    allowed = call(wire, "POST", "/graphql", json=query, headers=wire.headers(ADMINISTRATOR))

    assert refused.status_code == 200
    assert refused.json()["data"] is None
    assert "permission" in refused.json()["errors"][0]["message"]
    assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert ADMINISTRATOR in [user["name"] for user in allowed.json()["data"]["admin"]["user"]["list"]]
