"""People are the same for the same seed, new in every run, and within the registry's rules unless meant otherwise."""

from __future__ import annotations

import pytest

from environment.people.names import (
    FLAWS_OF_NEW_USERS,
    LONGEST_USER_NAME,
    UNUSUAL_ADDRESSES,
    UNUSUAL_USER_NAMES,
    Names,
    Person,
)
from quilt_stack.registry.administration.user_rules import is_valid_email, is_valid_name

SCENARIO = "features/a.feature::A scenario[local]"


def people(names: Names, count: int = 20) -> list[Person]:
    return [names.person() for _ in range(count)]


def test_the_same_seed_makes_the_same_people() -> None:
    assert people(Names(7, SCENARIO, "run")) == people(Names(7, SCENARIO, "run"))


def test_another_seed_or_scenario_makes_others() -> None:
    usual = people(Names(7, SCENARIO, "run"))
    assert people(Names(8, SCENARIO, "run")) != usual
    assert people(Names(7, SCENARIO + " of its own", "run")) != usual


def test_nobody_meets_anybody_of_another_run() -> None:
    first, second = people(Names(7, SCENARIO, "first")), people(Names(7, SCENARIO, "second"))
    assert [person.display_name for person in first] == [person.display_name for person in second]
    assert not {person.user_name for person in first} & {person.user_name for person in second}
    assert not {person.email for person in first} & {person.email for person in second}


def test_people_of_several_languages_have_names_and_addresses_within_the_rules() -> None:
    made = people(Names(7, SCENARIO, "a1b2c3d4"), 200)
    assert not all(person.display_name.isascii() for person in made)
    assert [person for person in made if not is_valid_name(person.user_name)] == []
    assert [person for person in made if not is_valid_email(person.email)] == []
    assert len({person.user_name for person in made}) == len(made)


@pytest.mark.parametrize("pattern", UNUSUAL_USER_NAMES.values(), ids=UNUSUAL_USER_NAMES.keys())
def test_unusual_user_names_are_allowed_and_used_once(pattern: str) -> None:
    names = Names(7, SCENARIO, "a1b2c3d4")
    made = [names.person_with_user_name(pattern).user_name for _ in range(2)]
    assert [is_valid_name(name) for name in made] == [True, True]
    assert made[0] != made[1]


def test_the_longest_user_name_has_as_many_characters_as_are_allowed() -> None:
    pattern = UNUSUAL_USER_NAMES["as many characters as are allowed"]
    name = Names(7, SCENARIO, "a1b2c3d4").person_with_user_name(pattern).user_name
    assert len(name) == LONGEST_USER_NAME
    assert not is_valid_name(name + "x")


@pytest.mark.parametrize("pattern", UNUSUAL_ADDRESSES.values(), ids=UNUSUAL_ADDRESSES.keys())
def test_unusual_addresses_are_allowed_and_used_once(pattern: str) -> None:
    names = Names(7, SCENARIO, "a1b2c3d4")
    made = [names.person_with_address(pattern).email for _ in range(2)]
    assert [is_valid_email(address) for address in made] == [True, True]
    assert made[0] != made[1]


@pytest.mark.parametrize("flaw", [flaw for flaw in FLAWS_OF_NEW_USERS if "role" not in flaw])
def test_flaws_are_against_the_rules(flaw: str) -> None:
    flawed = FLAWS_OF_NEW_USERS[flaw]
    rule = {"name": is_valid_name, "email": is_valid_email}[flawed.field]
    assert not rule(flawed.value)


def test_names_of_roles_follow_the_rule() -> None:
    names = Names(7, SCENARIO, "a1b2c3d4")
    made = [names.role_name(word) for word in ("", "curator", "wet lab", "R&D, soil") for _ in range(20)]
    assert all(name[0].isalpha() and is_valid_name(name) for name in made)
    assert len(set(made)) == len(made)
