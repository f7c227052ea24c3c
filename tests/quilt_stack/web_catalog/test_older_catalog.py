"""What the older web catalog asks for besides, with a bundle and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from catalog_shop import PACKAGE, SECOND, CatalogShop
from stack_wire import ADMINISTRATOR, OPEN_BUCKET, READER, WRITER, WireDeployment

Call = Callable[..., requests.Response]


@pytest.fixture
def call(shop: CatalogShop) -> Call:
    """Sends a call about users as an administrator, or as somebody else."""

    def call(name: str, user: str = ADMINISTRATOR, **body: str) -> requests.Response:
        url = f"{shop.wire.running.registry_url}/api/users/{name}"
        headers = shop.wire.headers(user)
        return (
            requests.post(url, json=body, headers=headers, timeout=10) if body else requests.get(url, headers=headers)
        )

    return call


@pytest.mark.slow
def test_a_user_is_created_changed_and_deleted(call: Call) -> None:
    def shown() -> dict[str, Any]:
        return {user["username"]: user for user in call("list").json()["results"]}

    assert call("create", username="nora", email="nora@example.org").status_code == 200
    try:
        assert shown()["nora"]["is_active"] is True
        for name, field, value in (
            ("disable", "is_active", False),
            ("enable", "is_active", True),
            ("grant_admin", "is_superuser", True),
            ("revoke_admin", "is_superuser", False),
        ):
            assert call(name, username="nora").status_code == 200
            assert shown()["nora"][field] is value
        assert call("edit_email", username="nora", email="n@example.org").status_code == 200
        assert shown()["nora"]["email"] == "n@example.org"
        assert call("set_role", username="nora", role="writer").status_code == 200
        assert shown()["nora"]["role_id"] == shown()[WRITER]["role_id"]
    finally:
        assert call("delete", username="nora").status_code == 200
    assert "nora" not in shown()


@pytest.mark.parametrize(
    ("name", "body", "status", "text"),
    [
        ("create", {"username": WRITER, "email": "new@example.org"}, 409, "Username already taken."),
        ("create", {"username": "9", "email": "new@example.org"}, 400, "Username is not valid."),
        ("create", {"username": "new", "email": "new"}, 400, "Invalid email."),
        ("create", {"username": "new", "email": f"{WRITER}@example.org"}, 409, "Email already taken."),
        ("edit_email", {"username": WRITER, "email": f"{READER}@example.org"}, 400, "Another user already has"),
        ("edit_email", {"username": WRITER, "email": "new"}, 400, "Invalid email."),
        ("set_role", {"username": WRITER, "role": "nobody"}, 400, "No role exists"),
        ("set_role", {"username": WRITER}, 400, "role"),
        ("disable", {"username": "stranger"}, 404, "User not found"),
        ("delete", {"username": ADMINISTRATOR}, 403, "yourself"),
    ],
)
def test_what_is_refused(call: Call, name: str, body: dict[str, str], status: int, text: str) -> None:
    answer = call(name, **body)

    assert answer.status_code == status and text in answer.json()["message"]


def test_users_are_for_administrators(call: Call) -> None:
    assert call("list", user=WRITER).status_code == 403
    assert call("disable", user=WRITER, username=READER).status_code == 403


def test_mail_that_cannot_be_sent_is_told(call: Call, shop: CatalogShop) -> None:
    shop.wire.running.control.set_conditions(mail_accepted=False)
    try:
        answer = call("create", username="mailless", email="mailless@example.org")
    finally:
        shop.wire.running.control.set_conditions(mail_accepted=True)
        call("delete", username="mailless")

    assert answer.status_code == 500 and answer.json()["message"].startswith("SMTP settings are invalid")


def search(wire: WireDeployment, **headers: str) -> dict[str, Any]:
    params = {"action": "search", "index": f"{OPEN_BUCKET},{OPEN_BUCKET}_packages", "query": "harvest"}
    url = f"{wire.running.registry_url}/api/search"
    return dict(requests.get(url, params=params, headers=wire.headers(READER) | headers, timeout=10).json()["hits"])


def test_pages_search_in_the_older_form_and_others_do_not(shop: CatalogShop) -> None:
    page, other = search(shop.wire, Origin=shop.url), search(shop.wire)

    assert isinstance(page["total"], int)
    found = {(hit["_source"]["handle"], hit["_source"]["comment"]) for hit in page["hits"]}
    assert (PACKAGE, SECOND) in found
    assert other["total"]["relation"] == "eq"
    assert not any("handle" in hit["_source"] for hit in other["hits"])


def test_who_shares_a_bucket(shop: CatalogShop) -> None:
    found = shop.wire.graphql("{ bucketConfigs { name collaborators { permissionLevel collaborator { username } } } }")

    people = {bucket["name"]: bucket["collaborators"] for bucket in found["bucketConfigs"]}
    assert {"permissionLevel": "READ", "collaborator": {"username": READER}} in people[OPEN_BUCKET]


def test_the_page_takes_nothing_from_others(shop: CatalogShop) -> None:
    page = requests.get(f"{shop.url}/b/{OPEN_BUCKET}/no/such.page", timeout=10)

    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert re.findall(r'<(?:script|link)[^>]*"https?:', page.text) == []
    assert 'src="/app.' in page.text
    assert requests.get(f"{shop.url}/index.html", timeout=10).text == page.text
    script = requests.get(f"{shop.url}/config.js", timeout=10)
    assert (
        script.headers["content-type"].startswith("text/javascript") and shop.wire.running.registry_url in script.text
    )


@pytest.mark.parametrize(
    "path", ["/bundle.json/../../bundle.json", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd"]
)
def test_no_other_file_is_served(shop: CatalogShop, path: str) -> None:
    answer = requests.Request("GET", shop.url).prepare()
    answer.url = shop.url + path
    with requests.Session() as session:
        assert "root:" not in session.send(answer, timeout=10).text


def test_everybody_reads_the_catalogs_settings_and_nothing_else_of_the_bucket(shop: CatalogShop) -> None:
    bucket = "local-servicebucket-1a2b3c"
    shop.s3.put_object(Bucket=bucket, Key="private", Body=b"x")
    url = shop.wire.running.aws_url

    assert requests.get(f"{url}/{bucket}/catalog/settings.json", timeout=10).json() == {}
    assert requests.get(f"{url}/{bucket}/private", timeout=10).status_code == 403


def test_without_the_bundle_none_of_it_is_there(wire: WireDeployment) -> None:
    registry, headers = wire.running.registry_url, wire.headers(ADMINISTRATOR)

    assert requests.get(f"{registry}/api/users/list", headers=headers, timeout=10).status_code == 404
    query = {"query": "{ bucketConfigs { collaborators { permissionLevel } } }"}
    assert requests.post(f"{registry}/graphql", json=query, headers=headers, timeout=10).status_code == 400
    assert "binaryApiGatewayEndpoint" not in requests.get(f"{wire.running.catalog_url}/config.json", timeout=10).json()
    assert search(wire, Origin=wire.running.catalog_url)["total"]["relation"] == "eq"
    assert requests.get(f"{wire.running.aws_url}/local-servicebucket-1a2b3c/catalog/settings.json").status_code == 403
