"""Signing in through a provider: who comes in, with which roles, and what S3 then allows (registry facts 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import quilt3.admin.roles as roles
import quilt3.admin.sso_config as sso_config
import quilt3.admin.users as users
import requests
from botocore.exceptions import ClientError
from quilt3.admin.exceptions import Quilt3AdminError
from running_registry import Person

Unique = Callable[[str], str]
CONFIG = """\
version: "1.0"
default_role: ReadQuiltBucket
mappings:
  - schema: {type: object, required: [groups], properties: {groups: {contains: {const: analysts}}}}
    roles: [analyst, viewer]
  - schema: {type: object, required: [steward]}
    roles: [viewer]
    admin: true
  - schema: {type: object, required: [former_steward]}
    roles: [viewer]
    admin: false
"""


@pytest.fixture
def configured(ada: Person) -> Iterator[None]:
    sso_config.set(CONFIG)
    yield
    sso_config.set(None)


def login(ada: Person, **claims: object) -> requests.Response:
    body = {"provider": "okta", "code": ada.deployment.control.sso_code(claims)}
    return requests.post(f"{ada.deployment.registry_url}/api/login", json=body, timeout=30)


def signed_in(ada: Person, name: str, **claims: object) -> Person:
    answer = login(ada, email=f"{name}@example.com", **claims)
    assert answer.status_code == 200, answer.text
    return Person(ada.deployment, name, answer.json()["token"])


def held(name: str) -> tuple[str, list[str]]:
    user: Any = users.get(name)
    return user.role.name, [role.name for role in user.extra_roles]


def test_who_is_new_gets_what_the_first_fitting_mapping_says(ada: Person, unique: Unique, configured: None) -> None:
    person = signed_in(ada, unique("federated"), groups=["cooks", "analysts"], steward=True)
    user: Any = users.get(person.name)
    assert (user.is_sso_only, user.is_active, user.is_admin) == (True, True, False)
    assert held(person.name) == ("analyst", ["viewer"])
    person.s3().put_object(Bucket="results", Key=f"{person.name}.txt", Body=b"")
    assert ada.deployment.control.mails(user.email) == [], "there is no password to choose"


def test_roles_are_replaced_at_each_sign_in_and_the_active_one_stays_if_it_may(
    ada: Person, unique: Unique, configured: None
) -> None:
    person = signed_in(ada, unique("federated"), groups=["analysts"])
    switch = 'mutation { switchRole(roleName: "viewer") { __typename } }'
    assert person.graphql(switch)["switchRole"]["__typename"] == "Me"
    person = signed_in(ada, person.name, groups=["analysts"])
    assert held(person.name) == ("viewer", ["analyst"])
    person = signed_in(ada, person.name)
    assert held(person.name) == ("ReadQuiltBucket", [])
    with pytest.raises(ClientError, match="AccessDenied"):
        person.s3().put_object(Bucket="results", Key="no.txt", Body=b"")


def test_the_administrators_flag_follows_the_claims_and_is_else_let_be(
    ada: Person, unique: Unique, configured: None
) -> None:
    name = unique("federated")
    flags = []
    for claims in ({}, {"steward": True}, {}, {"groups": ["analysts"]}, {"former_steward": True}):
        signed_in(ada, name, **claims)
        flags.append(users.get(name).is_admin)  # type: ignore[union-attr]
    assert flags == [False, True, True, True, False]


def test_union_roles(ada: Person, unique: Unique, configured: None) -> None:
    sso_config.set(CONFIG + "union_roles: true\n")
    name = unique("federated")
    signed_in(ada, name, groups=["analysts"], steward=True)
    assert held(name) == ("analyst", ["viewer"])
    assert users.get(name).is_admin  # type: ignore[union-attr]
    signed_in(ada, name, steward=True, former_steward=True)
    assert not users.get(name).is_admin, "one that says no is enough"  # type: ignore[union-attr]


def test_who_stored_the_configuration_keeps_the_rights_to_mend_it(ada: Person, configured: None) -> None:
    before = held("ada")
    sso_config.set(CONFIG.replace("ReadQuiltBucket", before[0]))
    signed_in(ada, "ada", former_steward=True)
    user: Any = users.get("ada")
    assert user.is_admin
    assert not user.is_sso_only, "the password is still good"
    sso_config.set(None)
    users.set_role("ada", *before)


def test_what_the_configuration_decides_is_not_changed_by_hand(ada: Person, unique: Unique, configured: None) -> None:
    name = signed_in(ada, unique("federated")).name
    query = """query ($name: String!) { admin { user { get(name: $name) {
        isSsoOnly isRoleAssignmentDisabled isAdminAssignmentDisabled } } } }"""
    assert set(ada.graphql(query, name=name)["admin"]["user"]["get"].values()) == {True}
    for call, refusal in (
        (lambda: users.set_role(name, "viewer"), "RoleAssignmentDisabled"),
        (lambda: users.add_roles(name, ["viewer"]), "RoleAssignmentDisabled"),
        (lambda: users.remove_roles(name, ["viewer"]), "RoleAssignmentDisabled"),
        (lambda: users.set_admin(name, True), "AdminAssignmentDisabled"),
        (lambda: users.reset_password(name), "SsoOnlyUser"),
    ):
        with pytest.raises(Quilt3AdminError) as caught:
            call()
        assert caught.value.details.name == refusal
    sso_config.set(None)
    users.set_role(name, "viewer")
    signed_in(ada, name)
    assert held(name) == ("viewer", []), "without a configuration a sign-in changes nothing"


def test_who_was_shut_out_stays_outside(ada: Person, unique: Unique, configured: None) -> None:
    person = signed_in(ada, unique("federated"))
    users.set_active(person.name, False)
    answer = login(ada, email=f"{person.name}@example.com")
    assert (answer.status_code, answer.json()["message"]) == (401, "Login attempt failed")
    assert person.credentials().status_code == 401


def test_without_a_configuration_who_is_new_gets_the_default_role(ada: Person, unique: Unique) -> None:
    name = unique("federated")
    assert roles.get_default().name == "viewer"  # type: ignore[union-attr]
    signed_in(ada, name, steward=True)
    assert held(name) == ("viewer", [])
    assert not users.get(name).is_admin  # type: ignore[union-attr]


def test_without_a_default_role_nobody_new_comes_in(ada: Person, unique: Unique) -> None:
    passing = roles.create_managed(unique("Passing"))
    roles.set_default(passing.name)
    roles.delete(passing.name)
    try:
        answer = login(ada, email=f"{unique('late')}@example.com")
        assert (answer.status_code, answer.json()["message"]) == (400, "Default role not set")
    finally:
        roles.set_default("viewer")


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("o'brien.{0}@example.com", "o_brien_{0}"),
        ("7{0}@example.com", "_7{0}"),
        ("דנה{0}@example.com", "___{0}"),
        ("jürgen{0}@müller.example", "j_rgen{0}"),
    ],
)
def test_addresses_that_are_no_user_names(ada: Person, unique: Unique, email: str, name: str) -> None:
    word = unique("n").replace("_", "")
    assert login(ada, email=email.format(word)).status_code == 200
    assert users.get(name.format(word)).email == email.format(word)  # type: ignore[union-attr]


def test_the_same_name_at_another_organization(ada: Person, unique: Unique) -> None:
    name = unique("federated")
    signed_in(ada, name)
    assert login(ada, email=f"{name}@example.org").status_code == 200
    assert users.get(f"{name}_2").email == f"{name}@example.org"  # type: ignore[union-attr]


@pytest.mark.parametrize("claims", [{}, {"email": 7}, {"email": "nobody"}, {"email": "robot@example.com"}])
def test_claims_that_admit_nobody(ada: Person, claims: dict[str, object]) -> None:
    before = len(users.list())
    answer = login(ada, **claims)
    assert (answer.status_code, answer.json()["message"]) == (401, "Login attempt failed")
    assert len(users.list()) == before


def test_a_code_is_good_once_and_for_its_provider(ada: Person, unique: Unique) -> None:
    control = ada.deployment.control
    code = control.sso_code({"email": f"{unique('federated')}@example.com"})

    def use(provider: str) -> tuple[int, str]:
        body = {"provider": provider, "code": code}
        answer = requests.post(f"{ada.deployment.registry_url}/api/login", json=body, timeout=30)
        return answer.status_code, str(answer.json().get("message", ""))

    assert use("google") == (401, "User does not exist")
    assert use("okta") == (200, "")
    assert use("okta") == (401, "User does not exist")
