"""What a mention means depends on what was mentioned before; what means nothing is told before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.gherkin.checks import check_features
from environment.gherkin.mentions import CountedKind, PartKind, SeveralKind
from environment.gherkin.things import MeaningError, Thing, ThingKind, World
from environment.gherkin.vocabulary import definitions_in

CRATE = ThingKind("Crate", "crate", lambda thing, request: thing.name, standing=lambda: ("old crate",))
NEW_CRATE = ThingKind("NewCrate", "crate", lambda thing, request: thing.name, brings=True)
LID = PartKind("Lid", CRATE, "lid", ("first", "last"), lambda crate, which: (crate, which))
CRATES = SeveralKind("Crates", CRATE)
NEW_CRATES = CountedKind("NewCrates", NEW_CRATE)
KINDS = (CRATE, NEW_CRATE, LID, CRATES, NEW_CRATES)
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
