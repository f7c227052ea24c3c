"""Things that are never "it", and names that stand alone."""

from __future__ import annotations

import re

import pytest

from environment.gherkin.names import NameKind, NounKind
from environment.gherkin.things import MeaningError, World

CRATE = NounKind("Crate", "crate", lambda thing, request: thing.name)
NEW_CRATE = NounKind("NewCrate", "crate", lambda thing, request: thing.name, brings=True)
NAME = NameKind("CrateName", NEW_CRATE)


def test_a_noun_is_always_said() -> None:
    assert not re.fullmatch(CRATE.pattern, "it")
    assert "it" not in CRATE.choices()
    for words in ("the crate", 'the crate "a"', "a crate that is not there", 'the crate called "b c"', "another crate"):
        assert re.fullmatch(CRATE.pattern, words)


def test_a_name_is_of_what_has_it_or_of_a_new_thing() -> None:
    world = World()
    first = world.meant(NEW_CRATE, 'a crate "a"')
    NAME.convert('"a"').follow(world)
    assert world.meant(CRATE, "the crate") is first
    NAME.convert('"b"').follow(world)
    assert world.meant(CRATE, 'the crate "b"').name == "b"
    with pytest.raises(MeaningError, match="could be any of 2"):
        world.meant(CRATE, "the crate")
