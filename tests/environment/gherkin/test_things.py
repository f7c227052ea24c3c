"""What a mention means depends on what was mentioned before; what means nothing is told before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.gherkin.checks import check_features
from environment.gherkin.mentions import CopyKind, CountedKind, PartKind, SeveralKind
from environment.gherkin.things import MeaningError, Thing, ThingKind, World
from environment.gherkin.vocabulary import definitions_in

CRATE = ThingKind("Crate", "crate", lambda thing, request: thing.name, standing=lambda: ("old crate",))
NEW_CRATE = ThingKind("NewCrate", "crate", lambda thing, request: thing.name, brings=True)
LID = PartKind("Lid", CRATE, "lid", ("first", "last"), lambda crate, which: (crate, which))
CRATES = SeveralKind("Crates", CRATE)
NEW_CRATES = CountedKind("NewCrates", NEW_CRATE)
KINDS = (CRATE, NEW_CRATE, LID, CRATES, NEW_CRATES)
PLACES = ("cellar", "attic")
BOX = ThingKind(
    "Box", "box", lambda thing, request: thing.name, standing=lambda: ("old",), places=PLACES, at=" in the {}"
)
NEW_BOX = ThingKind("NewBox", "box", lambda thing, request: thing.name, brings=True, places=PLACES, at=" in the {}")
COPY = CopyKind("CopiedBox", ThingKind("Tin", "tin", lambda thing, request: thing.name, brings=True, places=PLACES))
WORDS = """
    from pytest_bdd import given, then, when
    from environment.gherkin.following import brings, offers
    from environment.gherkin.references import parse
    from environment.gherkin.step_arguments import columns
    from environment.gherkin.references import register
    import test_things
    register(*test_things.KINDS)

    @given(parse("Dana has packed {crate:NewCrate}"))
    @when(parse("Dana packs {crate:NewCrate}"))
    def pack(crate): crate

    @given(parse("{crates:NewCrates} are there"))
    def there(crates): crates

    @given("these crates:")
    @columns("crate")
    @brings("crate", column="crate")
    def these(datatable): datatable

    @given("a shelf with these crates:")
    @columns("crate")
    @offers("crate", column="crate")
    def shelf(datatable): datatable

    @when(parse("Dana opens {crate:Crate}"))
    def opens(crate): crate

    @when(parse("Dana opens {crates:Crates}, all of them"))
    def opens_all(crates): crates

    @then(parse("{lid:Lid} is off"))
    def is_off(lid): lid
"""


@pytest.fixture
def findings(tmp_path: Path, step_module: Callable[[str], ModuleType]) -> Callable[..., list[str]]:
    def check(*steps: str) -> list[str]:
        text = "Feature: F\n  @AUTH-1\n  Scenario: S\n" + "\n".join(f"    {step}" for step in steps)
        (tmp_path / "x.feature").write_text(text, encoding="utf-8")
        found = check_features([tmp_path], definitions_in([step_module(WORDS)]), root=tmp_path)
        return [finding.text(tmp_path).partition(": ")[2] for finding in found]

    return check


@pytest.mark.parametrize(
    "steps",
    [
        ("Given Dana has packed a crate", "When Dana opens it", "Then its first lid is off"),
        ('Given Dana has packed the crate "north"', 'When Dana opens the crate "north"', "Then the crate is off"),
        (
            'Given Dana has packed a crate "north"',
            "And Dana has packed another crate",
            "When Dana opens the second crate",
        ),
        ("When Dana packs a crate", "Then the last lid of the crate is off"),
        ('When Dana opens the crate "old crate"', "Then it is off"),
        ("When Dana opens a crate that is not there",),
        ('When Dana opens the crate called "any \\"name\\" at all"', "Then it is off"),
        ("Given 3 crates are there", "When Dana opens those crates, all of them"),
        ("Given two crates are there", "When Dana opens both crates, all of them"),
        (
            "Given these crates:",
            "  | crate |",
            "  | north |",
            "  | south |",
            'When Dana opens the crates "north" and "south", all of them',
        ),
        ("Given Dana has packed a crate", "When Dana opens it, all of them"),
        (
            "Given Dana has packed a crate",
            "And a shelf with these crates:",
            "  | crate |",
            "  | north |",
            'When Dana opens the crate "north"',
            "Then the crate is off",
        ),
    ],
)
def test_what_is_there_can_be_mentioned(findings: Callable[..., list[str]], steps: tuple[str, ...]) -> None:
    assert findings(*steps) == []


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            ("When Dana opens it",),
            '"Dana opens it": "it" needs a crate; nothing before it makes one. These would: "Given Dana has packed '
            '{new crate}" | "Given {new crates} are there" | "Given these crates:"',
        ),
        (
            ('Given Dana has packed the crate "north"', 'When Dana opens the crate "nort"'),
            '"Dana opens the crate "nort"": there is no crate "nort"; did you mean "north"? '
            "known here: north, old crate",
        ),
        (
            (
                'Given Dana has packed the crate "north"',
                "And Dana has packed another crate",
                "When Dana opens the crate",
            ),
            '"Dana opens the crate": "the crate" could be any of 2: the crate "north", the second crate; '
            "name the one you mean",
        ),
        (
            ("Given a shelf with these crates:", "  | crate |", "  | north |", "When Dana opens it"),
            '"Dana opens it": "it" needs a crate; nothing before it makes one. These would: "Given Dana has packed '
            '{new crate}" | "Given {new crates} are there" | "Given these crates:"',
        ),
        (
            ("When Dana opens a crate",),
            '"Dana opens a crate": "a crate" would be a new one; name one that is there: there is none yet',
        ),
        (
            ('Given Dana has packed a crate "north"', 'When Dana packs a crate "north"'),
            '"Dana packs a crate "north"": "north" is the name of a crate already; give this one another',
        ),
        (
            ("Given 3 crates are there", "When Dana opens both crates, all of them"),
            '"Dana opens both crates, all of them": "both crates" needs two; there are 3',
        ),
        (
            ("Given Dana has packed a crate", "When Dana opens the third crate"),
            '"Dana opens the third crate": "the third crate": 1 of them are there',
        ),
    ],
)
def test_what_means_nothing_or_several_things_is_told(
    findings: Callable[..., list[str]], steps: tuple[str, ...], told: str
) -> None:
    assert [each for each in findings(*steps) if "crate" in each][:1] == [told]


def test_one_name_is_of_one_thing() -> None:
    world = World()
    world.bring("crate", "north")
    with pytest.raises(MeaningError, match='"north" is the name of a crate already'):
        world.bring("table", "north")


def test_things_are_in_the_usual_place_unless_something_says_otherwise() -> None:
    world = World()
    brought = [world.meant(NEW_BOX, text) for text in ("a box", 'a box "a"', 'the box "b" in the attic')]
    assert [each.place for each in brought] == ["cellar", "cellar", "attic"]
    assert world.meant(BOX, 'the box "b"') is brought[2]
    assert world.meant(BOX, "the box in the attic") is brought[2]
    assert world.meant(BOX, "it") is brought[2]
    assert world.meant(BOX, "a box in the attic that is not there").place == "attic"
    assert world.meant(BOX, 'the box called "x" in the attic').place == "attic"


def test_two_of_one_name_are_told_apart_by_their_places() -> None:
    world = World()
    here, there = world.meant(NEW_BOX, 'a box "a"'), world.meant(NEW_BOX, 'the box "a" in the attic')
    assert here is not there
    assert world.meant(BOX, 'the box "a" in the cellar') is here
    assert world.meant(BOX, 'the box "a" in the attic') is there
    assert (world.namesake(there), world.namesake(here)) == (here, there)
    with pytest.raises(MeaningError, match='write "the box "a" in the cellar" or "the box "a" in the attic"'):
        world.meant(BOX, 'the box "a"')
    with pytest.raises(MeaningError, match='"a" is the name of a box already'):
        world.meant(NEW_BOX, 'a box "a" in the attic')


def test_a_thing_that_is_in_another_place_is_told() -> None:
    world = World()
    world.meant(NEW_BOX, 'a box "a"')
    with pytest.raises(MeaningError, match='the box "a" is in the cellar; nothing puts one in the attic'):
        world.meant(BOX, 'the box "a" in the attic')
    with pytest.raises(MeaningError, match='there is no box "old"'):
        world.meant(BOX, 'the box "old" in the attic')


@pytest.mark.parametrize(("words", "name"), [("to the attic bucket", "a"), ('to the attic bucket as the tin "b"', "b")])
def test_a_copy_has_the_name_of_its_original_unless_it_gets_another(words: str, name: str) -> None:
    world = World()
    world.meant(COPY.one, 'a tin "a"')
    COPY.convert(words).follow(world)
    made = world.mentioned("tin")
    assert made is not None and (made.name, made.place) == (name, "attic")


def test_things_of_another_noun_are_not_meant() -> None:
    world = World()
    world.bring("table", "north")
    with pytest.raises(MeaningError, match='"it" needs a crate'):
        world.meant(CRATE, "it")


mentions = st.sampled_from(
    ["a crate", "another crate", 'the crate "a"', 'the crate "b"', "it", "the first crate", "the crate"]
)


@given(st.lists(mentions, max_size=8))
def test_it_is_what_was_mentioned_last(said: list[str]) -> None:
    world, last = World(), None
    for text in said:
        try:
            found: Thing = world.meant(NEW_CRATE, text)
        except MeaningError:
            continue
        assert text != "it" or found is last
        last = found


def test_a_name_that_no_such_thing_can_have_is_refused_unless_it_is_meant() -> None:
    strict = ThingKind("Tin", "tin", lambda thing, request: thing, brings=True, names=r"[\w-]+")
    world = World()
    with pytest.raises(MeaningError, match=r'"my first" cannot be the name of a tin.*write the tin called "my first"'):
        world.meant(strict, 'the tin "my first"')
    assert world.meant(strict, 'the tin called "my first"').is_literal
    assert world.meant(strict, 'the tin "my-first"').name == "my-first"
