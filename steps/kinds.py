"""Which words placeholders take: personas and their pronouns, datasets, token flaws, lists of names."""

from __future__ import annotations

import re

import pytest

import environment.gherkin.values  # noqa: F401  # registers Count, Duration, ErrorKind, Size, Text
from data.datasets.dataset_list import DATASETS
from environment.gherkin.references import ReferenceKind, ValueKind, register
from environment.people.personas import CAST, IN_THE_OTHER_MODE, NEWCOMER, PRONOUNS
from environment.sessions.session import Session
from environment.sessions.stage import Stage
from environment.targets.tokens import FLAWS, Flaw
from steps.arrangement import Arranged, DatasetShelf


def _session(reference: str, request: pytest.FixtureRequest) -> Session:
    stage: Stage = request.getfixturevalue("stage")
    name = reference.removesuffix(IN_THE_OTHER_MODE)
    return stage.session(name) if name == reference else stage.session_in(stage.mode.other, name)


def _dataset(name: str, request: pytest.FixtureRequest) -> Arranged:
    shelf: DatasetShelf = request.getfixturevalue("datasets")
    return shelf.take(name)


def _flaw(name: str, _: pytest.FixtureRequest) -> Flaw:
    return FLAWS[name]


def quoted_names(text: str) -> tuple[str, ...]:
    """The names of a list such as ``"a", "b"``."""
    return tuple(re.findall(r'"([^"]+)"', text))


register(
    ReferenceKind(
        "Persona",
        "persona",
        lambda: [
            *(f"{persona.name}{suffix}" for suffix in ("", IN_THE_OTHER_MODE) for persona in CAST),
            NEWCOMER.name,
        ],
        _session,
        pattern=rf"{NEWCOMER.name}|[A-Z][a-z]+(?:{IN_THE_OTHER_MODE})?|she|her|he|him|his|it|its",
        pronouns=tuple(sorted(PRONOUNS)),
    ),
    ReferenceKind("Dataset", "dataset", lambda: sorted(DATASETS), _dataset),
    ReferenceKind("Flaw", "flaw of a token", lambda: sorted(FLAWS), _flaw, pattern=r"[a-z][a-z ]+"),
    ValueKind("Description", r"an? [a-z ]+", str, tuple(persona.description for persona in CAST)),
    ValueKind("Places", r"folders|buckets", str, ("folders", "buckets")),
    ValueKind("Change", r"added|deleted|modified", str, ("added", "deleted", "modified")),
    ValueKind("Names", r'"[^"]+"(?:, "[^"]+")*', quoted_names, ('"test-user/a"', '"test-user/a", "test-user/b"')),
)
