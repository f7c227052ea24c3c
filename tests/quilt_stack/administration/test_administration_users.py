"""Users through the unmodified quilt3.admin.users (registry facts 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import quilt3.admin.users as users
import requests
from quilt3.admin.exceptions import Quilt3AdminError, UserNotFoundError
from running_registry import Person

Unique = Callable[[str], str]


def invalid(call: Callable[[], object]) -> list[tuple[str, str]]:
    """Path and name of what an InvalidInput says."""
    with pytest.raises(Quilt3AdminError) as caught:
        call()
    return [(error.path, error.name) for error in caught.value.details.errors]


def refused(call: Callable[[], object]) -> str:
    """Name of an OperationError."""
    with pytest.raises(Quilt3AdminError) as caught:
        call()
    return str(caught.value.details.name)


def roles_of(name: str) -> tuple[str | None, list[str]]:
    user: Any = users.get(name)
    return (user.role.name if user.role else None, [role.name for role in user.extra_roles])


def new_user(unique: Unique, role: str = "viewer", extra_roles: list[str] | None = None) -> str:
    name = unique("user")
    users.create(name, f"{name}@example.com", role, extra_roles)
    return name


def test_a_new_user_is_active_listed_and_welcomed_by_mail(ada: Person, unique: Unique) -> None:
    name = unique("new")
    created = users.create(name, f"{name}@example.com", "viewer", ["analyst"])
    assert (created.is_active, created.is_admin, created.is_service, created.is_sso_only) == (True, False, False, False)
    assert created.last_login == created.date_joined
    assert roles_of(name) == ("viewer", ["analyst"])
    assert name in [user.name for user in users.list()]
    [mail] = ada.deployment.control.mails(f"{name}@example.com")
    [link] = mail.links
    assert link.startswith(f"{ada.deployment.catalog_url}/reset_password/")
    answer = requests.post(
        f"{ada.deployment.registry_url}/api/change_password",
        json={"link": link.rpartition("/")[2], "password": "a new password"},
        timeout=30,
    )
    assert answer.status_code == 200
    answer = requests.post(
        f"{ada.deployment.registry_url}/api/login", json={"username": name, "password": "a new password"}, timeout=30
    )
    assert set(answer.json()) == {"token", "exp"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "1st"}, [("input.name", "InvalidName")]),
        ({"name": "o'brien"}, [("input.name", "InvalidName")]),
        ({"name": "jürgen"}, [("input.name", "InvalidName")]),
        ({"name": "אדה"}, [("input.name", "InvalidName")]),
        ({"name": "quilt"}, [("input.name", "InvalidName")]),
        ({"name": "x" * 65}, [("input.name", "InvalidName")]),
        ({"name": "ada"}, [("input.name", "Conflict")]),
        ({"email": "nowhere"}, [("input.email", "InvalidEmail")]),
        ({"email": "ada@example.com"}, [("input.email", "Conflict")]),
        ({"role": "nobody"}, [("input.role", "RoleNotFound")]),
        ({"role": "Viewer"}, [("input.role", "RoleNotFound")]),
        ({"extra_roles": ["viewer", "nobody"]}, [("input.extraRoles", "RoleNotFound")]),
        ({"name": "", "email": ""}, [("input.name", "InvalidName"), ("input.email", "InvalidEmail")]),
    ],
)
def test_what_is_wrong_with_a_new_user_is_named_and_nobody_is_created(
    ada: Person, unique: Unique, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    before = len(users.list())
    name = unique("wrong")
    arguments = {"name": name, "email": f"{name}@example.com", "role": "viewer", "extra_roles": None, **change}
    assert invalid(lambda: users.create(**arguments)) == expected
    assert len(users.list()) == before


def test_an_unknown_role_of_a_new_user_is_told_as_recorded(ada: Person, unique: Unique) -> None:
    """Path, name, message and context of a real stack's refusal (registry facts 11)."""
    name = unique("wrong")
    with pytest.raises(Quilt3AdminError) as caught:
        users.create(name, f"{name}@example.com", "nobody", ["no one"])
    told = [(error.path, error.name, error.message, error.context) for error in caught.value.details.errors]
    message = "No role exists by the provided name"
    assert told == [
        ("input.role", "RoleNotFound", message, {"role": "nobody"}),
        ("input.extraRoles", "RoleNotFound", message, {"role": "no one"}),
    ]


def test_names_are_told_apart_by_case(ada: Person, unique: Unique) -> None:
    name = new_user(unique)
    users.create(name.upper(), f"other.{name}@example.com", "viewer")
    assert {name, name.upper()} <= {user.name for user in users.list()}


def test_change_the_address(ada: Person, unique: Unique) -> None:
    name = new_user(unique)
    assert users.set_email(name, f"new.{name}@example.com").email == f"new.{name}@example.com"
    assert refused(lambda: users.set_email(name, "ada@example.com")) == "EmailAlreadyInUse"
    assert invalid(lambda: users.set_email(name, "not an address")) == [("email", "InvalidEmail")]
    assert users.get(name).email == f"new.{name}@example.com"  # type: ignore[union-attr]
    assert users.set_email(name, f"new.{name}@example.com").email == f"new.{name}@example.com"


def test_an_administrator_is_made_and_unmade(ada: Person, unique: Unique, sign_in: Callable[[str], Person]) -> None:
    name = new_user(unique)
    person = sign_in(name)
    assert users.set_admin(name, True).is_admin
    assert person.graphql("{ admin { user { list { name } } } }")
    assert not users.set_admin(name, False).is_admin
    assert person.post("{ admin { user { list { name } } } }").json()["data"] is None


def test_who_is_deactivated_is_out_at_once_and_back_later(
    ada: Person, unique: Unique, sign_in: Callable[[str], Person]
) -> None:
    name = new_user(unique)
    person = sign_in(name)
    assert person.credentials().status_code == 200
    assert not users.set_active(name, False).is_active
    assert person.credentials().status_code == 401
    assert person.post("{ me { name } }").status_code == 401
    assert users.set_active(name, True).is_active
    assert person.credentials().status_code == 401, "the old token stays revoked"
    assert sign_in(name).credentials().status_code == 200


def test_a_reset_makes_password_and_tokens_worthless_and_mails_a_link(
    ada: Person, unique: Unique, sign_in: Callable[[str], Person]
) -> None:
    name = new_user(unique)
    person = sign_in(name)
    users.reset_password(name)
    assert person.post("{ me { name } }").status_code == 401
    mails = ada.deployment.control.mails(f"{name}@example.com")
    assert [mail.subject for mail in mails] == ["Welcome to Quilt", "Reset your Quilt password"]


def test_the_password_of_a_deactivated_user_is_reset_too(ada: Person, unique: Unique) -> None:
    """Recorded from a real stack (registry facts 11)."""
    name = new_user(unique)
    users.set_active(name, False)
    users.reset_password(name)
    mails = ada.deployment.control.mails(f"{name}@example.com")
    assert [mail.subject for mail in mails] == ["Welcome to Quilt", "Reset your Quilt password"]


def test_a_deleted_user_is_gone(ada: Person, unique: Unique, sign_in: Callable[[str], Person]) -> None:
    name = new_user(unique)
    person = sign_in(name)
    users.delete(name)
    assert users.get(name) is None
    assert person.post("{ me { name } }").status_code == 401
    for call in (
        lambda: users.delete(name),
        lambda: users.set_email(name, "a@b"),
        lambda: users.set_admin(name, True),
        lambda: users.set_active(name, True),
        lambda: users.reset_password(name),
        lambda: users.set_role(name, "viewer"),
        lambda: users.add_roles(name, ["viewer"]),
        lambda: users.remove_roles(name, ["viewer"]),
    ):
        with pytest.raises(UserNotFoundError):
            call()


def test_nobody_shuts_themself_out(ada: Person) -> None:
    assert refused(lambda: users.delete("ada")) == "DeleteSelf"
    assert refused(lambda: users.set_admin("ada", False)) == "DemoteSelf"
    assert refused(lambda: users.set_active("ada", False)) == "DeactivateSelf"
    assert users.set_admin("ada", True).is_admin
    assert users.set_active("ada", True).is_active


def test_service_users_are_left_alone(ada: Person) -> None:
    assert users.get("robot").is_service  # type: ignore[union-attr]
    for call in (
        lambda: users.delete("robot"),
        lambda: users.set_email("robot", "other@example.com"),
        lambda: users.set_admin("robot", True),
        lambda: users.set_active("robot", False),
        lambda: users.reset_password("robot"),
    ):
        assert refused(call) == "ServiceUser"
    assert refused(lambda: users.set_role("robot", "viewer")) == "RoleAssignmentDisabled"


def test_setting_roles_replaces_or_appends(ada: Person, unique: Unique) -> None:
    name = new_user(unique, "viewer", ["analyst"])
    users.set_role(name, "ReadQuiltBucket")
    assert roles_of(name) == ("ReadQuiltBucket", [])
    users.set_role(name, "viewer", ["analyst"], append=True)
    assert roles_of(name) == ("viewer", ["ReadQuiltBucket", "analyst"])
    users.set_role(name, "analyst", ["viewer", "analyst"])
    assert roles_of(name) == ("analyst", ["viewer"])
    assert invalid(lambda: users.set_role(name, "nobody")) == [("role", "RoleNotFound")]
    assert invalid(lambda: users.set_role(name, "viewer", ["nobody"])) == [("extraRoles", "RoleNotFound")]
    assert roles_of(name) == ("analyst", ["viewer"])


def test_adding_and_removing_roles(ada: Person, unique: Unique) -> None:
    name = new_user(unique)
    users.add_roles(name, ["analyst", "viewer"])
    assert roles_of(name) == ("viewer", ["analyst"])
    users.remove_roles(name, ["analyst", "ReadQuiltBucket"])
    assert roles_of(name) == ("viewer", [])
    assert invalid(lambda: users.remove_roles(name, ["viewer"])) == [("fallback", "FallbackRequired")]
    assert invalid(lambda: users.remove_roles(name, ["viewer"], "viewer")) == [("fallback", "FallbackRemoved")]
    assert invalid(lambda: users.remove_roles(name, ["viewer"], "nobody")) == [("fallback", "RoleNotFound")]
    assert invalid(lambda: users.remove_roles(name, ["nobody"])) == [("roles", "RoleNotFound")]
    assert invalid(lambda: users.add_roles(name, ["nobody"])) == [("roles", "RoleNotFound")]
    assert roles_of(name) == ("viewer", [])
    users.remove_roles(name, ["viewer"], "analyst")
    assert roles_of(name) == ("analyst", [])


def test_switching_between_ones_own_roles(ada: Person, unique: Unique, sign_in: Callable[[str], Person]) -> None:
    person = sign_in(new_user(unique, "viewer", ["analyst"]))
    switch = """mutation ($name: String!) { switchRole(roleName: $name) {
        __typename ... on Me { role { name } roles { name } } ... on InvalidInput { errors { path name } } } }"""
    assert [bucket["name"] for bucket in person.graphql("{ bucketConfigs { name } }")["bucketConfigs"]] == ["archive"]
    switched = person.graphql(switch, name="analyst")["switchRole"]
    assert switched["role"] == {"name": "analyst"}
    assert {bucket["name"] for bucket in person.graphql("{ bucketConfigs { name } }")["bucketConfigs"]} == {
        "archive",
        "results",
    }
    refused_switch = person.graphql(switch, name="ReadWriteQuiltBucket")["switchRole"]
    assert refused_switch["errors"] == [{"path": "roleName", "name": "RoleNotAssigned"}]
