"""What is said about users fails where the registry or the answer is otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

import steps.kinds  # noqa: F401  # registers Persona, which the sentences need
from environment.driving.administering import answers_about
from environment.driving.administration import Administration, User
from environment.gherkin.things import World
from environment.observers.directory import KnownUser
from environment.product.outcome import Outcomes, all_outcomes, attempt, registered_in
from steps import users

JOINED = datetime(2026, 1, 1, tzinfo=UTC)


def known(name: str, **fields: Any) -> KnownUser:
    usual = KnownUser(name, f"{name}@example.com", True, False, False, False, JOINED, JOINED, "viewer", ())
    return replace(usual, **fields)


class Directory:
    """A registry of these users."""

    def __init__(self, *people: KnownUser) -> None:
        self.people = people

    def users(self) -> dict[str, KnownUser]:
        return {each.name: each for each in self.people}

    def user(self, name: str) -> KnownUser | None:
        return self.users().get(name)

    def sso_configuration(self) -> None:
        return None


def scenario_user(name: str, word: str = "Nora", **fields: str) -> User:
    address = fields.get("email", f"{name}@example.com")
    return User(word, SimpleNamespace(user_name=name), address, address)  # type: ignore[arg-type]  # an account


@pytest.fixture
def outcomes() -> Iterator[Outcomes]:
    with registered_in(Outcomes()) as register:
        register.begin_step("when")
        yield register


@pytest.fixture
def directory() -> Directory:
    return Directory(known("nora"), known("ada"))


@pytest.fixture
def administration(directory: Directory, outcomes: Outcomes) -> Administration:
    target: Any = SimpleNamespace(user_name=lambda account: "ada")
    begun = Administration(target, directory, undo=None)  # type: ignore[arg-type]
    begun.begin()
    return begun


@pytest.fixture
def world() -> World:
    made = World()
    made.bring("colleague", "Nora").value = scenario_user("nora")
    return made


@pytest.mark.parametrize(
    "people",
    [
        (known("nora", role="admin"), known("ada")),
        (known("nora", is_admin=True), known("ada")),
        (known("nora", email="other@example.com"), known("ada")),
        (known("nora", extra_roles=("user",)), known("ada")),
        (known("ada"),),
    ],
)
def test_a_changed_user_is_not_unchanged(
    people: tuple[KnownUser, ...], administration: Administration, directory: Directory, world: World
) -> None:
    directory.people = people
    with pytest.raises(AssertionError):
        users.user_is_unchanged(scenario_user("nora"), administration)
    with pytest.raises(AssertionError):
        users.nothing_changed(administration, world)


def test_a_sign_in_changes_nothing(administration: Administration, directory: Directory, world: World) -> None:
    directory.people = (known("nora", last_login=JOINED + timedelta(hours=1)), known("ada"))
    users.user_is_unchanged(scenario_user("nora"), administration)
    users.nothing_changed(administration, world)


def test_a_created_user_is_a_change(administration: Administration, directory: Directory, world: World) -> None:
    world.bring("colleague", "Mira").value = scenario_user("mira", "Mira")
    users.nothing_changed(administration, world)
    directory.people = (*directory.people, known("mira"))
    with pytest.raises(AssertionError, match="mira"):
        users.nothing_changed(administration, world)


@pytest.mark.parametrize(
    "user",
    [scenario_user("nora"), scenario_user("mira", email="nora@example.com"), scenario_user("ada", email="x@y.org")],
)
def test_who_is_there_is_not_missing(user: User, directory: Any) -> None:
    with pytest.raises(AssertionError):
        users.registry_has_no_user(user, directory, World())


def test_others_may_have_the_name_of_somebody_who_was_refused(directory: Any, world: World) -> None:
    users.registry_has_no_user(scenario_user("nora", "Mira", email="mira@example.com"), directory, world)


@pytest.mark.parametrize(
    ("row", "differs"),
    [
        ({"role": "user"}, "role"),
        ({"role": "viewer", "further roles": "user"}, "further roles"),
        ({"active": "no"}, "active"),
        ({"admin": "yes"}, "admin"),
        ({"signed in later": "yes"}, "signed in later"),
        ({"single sign-on only": "yes"}, "single sign-on only"),
    ],
)
def test_a_row_that_is_otherwise(row: dict[str, str], differs: str, directory: Any, world: World) -> None:
    request: Any = SimpleNamespace(getfixturevalue=lambda name: world)
    users.registry_has_users([{"name": "Nora"}], directory, request)
    with pytest.raises(AssertionError, match=differs):
        users.registry_has_users([{"name": "Nora", **row}], directory, request)


def test_further_roles_that_a_row_does_not_name(world: World) -> None:
    request: Any = SimpleNamespace(getfixturevalue=lambda name: world)
    directory: Any = Directory(known("nora", extra_roles=("user",)))
    with pytest.raises(AssertionError, match="further roles"):
        users.registry_has_users([{"name": "Nora", "role": "viewer"}], directory, request)


class Admin:
    """Operations that answer with what they are given."""

    def __init__(self, operation: str, answer: object) -> None:
        self.__name__ = operation
        self.actor = "Ada"
        self.interface, self.mode, self.signed_in = "AdminOps", "local", lambda: True
        self._answer = answer

    def __call__(self, *_: object) -> object:
        return self._answer


def test_the_answer_about_somebody_alone_goes_before_a_list_of_the_same_step(outcomes: Outcomes) -> None:
    ada: Any = SimpleNamespace(name="Ada", outcomes=partial(all_outcomes, "Ada"))
    nora = scenario_user("nora")
    attempt(Admin("create_user", SimpleNamespace(name="nora", from_list=False)), "nora", "nora@example.com")
    attempt(Admin("list_users", [SimpleNamespace(name="ada"), SimpleNamespace(name="nora", from_list=True)]))
    assert [each.from_list for each in answers_about(ada, nora)] == [False]
    outcomes.begin_step("when")
    attempt(Admin("list_users", [SimpleNamespace(name="nora", from_list=True)]))
    assert [each.from_list for each in answers_about(ada, nora)] == [True]
    attempt(Admin("list_users", [SimpleNamespace(name="ada")]))
    assert answers_about(ada, nora) == []
