"""Signing up, activation and passwords, over REST and the mailbox (registry facts 1.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import quilt3.admin.users as users
import requests
from running_registry import Person

Unique = Callable[[str], str]


def post(person: Person, path: str, **body: object) -> tuple[int, str]:
    answer = requests.post(f"{person.deployment.registry_url}{path}", json=body, timeout=30)
    return answer.status_code, str(answer.json().get("message", ""))


def last_link(person: Person, email: str) -> str:
    return person.deployment.control.mails(email)[-1].links[0]


@pytest.fixture
def clock(ada: Person) -> Iterator[Callable[[float], object]]:
    yield ada.deployment.control.advance_clock
    ada.deployment.control.reset_clock()


def test_who_signs_up_gets_the_default_role_after_activation(ada: Person, unique: Unique) -> None:
    name = unique("self")
    email = f"{name}@example.com"
    assert post(ada, "/api/register", username=name, email=email, password="long enough")[0] == 200
    assert post(ada, "/api/login", username=name, password="long enough")[0] == 401
    link = last_link(ada, email)
    assert link.startswith(f"{ada.deployment.registry_url}/activate/")
    answer = requests.get(link, allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{ada.deployment.catalog_url}/signin")
    assert post(ada, "/api/login", username=email, password="long enough")[0] == 200
    assert users.get(name).role.name == "viewer"  # type: ignore[union-attr]
    again = requests.get(link, allow_redirects=False, timeout=30)
    assert again.headers["Location"] == f"{ada.deployment.catalog_url}/activation_error"


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"username": "1st"}, 400, "Invalid username."),
        ({"username": "ada"}, 409, "Username already taken."),
        ({"email": "nowhere"}, 400, "Invalid email."),
        ({"email": "ada@example.com"}, 409, "Email already taken."),
        ({"password": "short"}, 400, "Password must be 8 to 64 characters long."),
    ],
)
def test_what_is_wrong_with_a_registration_is_said_in_the_published_words(
    ada: Person, unique: Unique, change: dict[str, str], status: int, message: str
) -> None:
    name = unique("self")
    body = {"username": name, "email": f"{name}@example.com", "password": "long enough", **change}
    assert post(ada, "/api/register", **body) == (status, message)
    assert users.get(name) is None


def test_a_forgotten_password(ada: Person, unique: Unique, sign_in: Callable[[str], Person]) -> None:
    name = unique("forgetful")
    email = f"{name}@example.com"
    users.create(name, email, "viewer")
    token = sign_in(name)
    assert post(ada, "/api/reset_password", email=email)[0] == 200
    link = last_link(ada, email).rpartition("/")[2]
    assert token.credentials().status_code == 200, "asking alone changes nothing"
    assert post(ada, "/api/change_password", link=link, password="short")[0] == 400
    assert post(ada, "/api/change_password", link=link, password="a new password")[0] == 200
    assert token.credentials().status_code == 401
    assert post(ada, "/api/login", username=name, password="a new password")[0] == 200
    assert post(ada, "/api/change_password", link=link, password="once again")[0] == 401


def test_nobody_learns_who_has_an_account(ada: Person) -> None:
    assert post(ada, "/api/reset_password", email="stranger@example.com")[0] == 200
    assert ada.deployment.control.mails("stranger@example.com") == []
    assert post(ada, "/api/reset_password", email="robot@example.com")[0] == 200
    assert ada.deployment.control.mails("robot@example.com") == []


def test_links_are_good_for_a_day_and_for_active_users(
    ada: Person, unique: Unique, clock: Callable[[float], object]
) -> None:
    name = unique("late")
    users.create(name, f"{name}@example.com", "viewer")
    link = last_link(ada, f"{name}@example.com").rpartition("/")[2]
    users.set_active(name, False)
    assert post(ada, "/api/change_password", link=link, password="long enough") == (
        401,
        "User not allowed to reset password",
    )
    users.set_active(name, True)
    clock(24 * 3600 + 1)
    assert post(ada, "/api/change_password", link=link, password="long enough") == (401, "Reset token invalid")
