"""No Then passes on an empty answer, unless its sentence promises that there is nothing.

Each Then that judges an answer is called with answers of which nothing is left: an empty list, mapping, text, or None.
What it needs besides is made of mocks, so that only passing says something; how it fails is for other tests.
"""

from __future__ import annotations

import inspect
from typing import Any
from unittest.mock import MagicMock

import pytest

import steps.kinds  # noqa: F401  # registers Persona, which the sentences need
from authoring.sentence_list import vocabulary
from environment.errors import SuiteError
from environment.gherkin.values import Duration, Refusal, Size
from environment.gherkin.vocabulary import StepDefinition
from environment.observers.athena import QueryAnswer
from environment.product.outcome import Outcome
from steps.performance import Rounds

EMPTINESS_IS_PROMISED = {
    "{persona:Persona} sees that there is no SSO configuration",
    "{persona:Persona} learns nothing about {package:Package}",
    "{persona:Persona} sees no tables",
    "{persona:Persona} does not find {package:Package}",
    "{persona:Persona} no longer finds {package:Package}",
    "the input is treated as data",
}
ANSWER_IS_NO_MATTER = {
    # what is judged is the time that it took, or that the registry lets people in
    "{persona:Persona} waited at most {limit:Duration}",
    # what is judged is what the registry has after the call
    "{persona:Persona} is refused: {reason:Refusal}, or gets what {same:Persona} asked for",
}
ANSWERS = {"outcome", "other_outcome", "answer", "rounds", "persona", "stage"}
LISTS = {"readings", "publications", "work", "served"}
EMPTY: dict[str, Any] = {"list": [], "mapping": {}, "text": "", "None": None}
WORDS: dict[str, Any] = {
    "Count": 3,
    "Text": "zyxw",
    "Names": ("test-user/a",),
    "Duration": Duration("1 h"),
    "Size": Size("1 GB"),
    "Refusal": Refusal("not found"),
    "Bucket": "data",
    "Buckets": ("data", "scratch"),
    "Switch": True,
    "ChangedFiles": ("a.csv",),
    "Changes": ("added",),
    "Found": ("test-user/a",),
    "PackageFacts": ("name", "description"),
    "DeploymentFacts": ("region",),
    "SignedIn": True,
    "RegionMeant": "of this deployment",
}


def judges_an_answer(definition: StepDefinition) -> bool:
    parameters = inspect.signature(definition.callback).parameters.keys()
    return definition.type == "then" and bool(parameters & (ANSWERS | LISTS))


def thens() -> list[StepDefinition]:
    skipped = EMPTINESS_IS_PROMISED | ANSWER_IS_NO_MATTER
    return [one for one in vocabulary().definitions if judges_an_answer(one) and one.pattern not in skipped]


def called_with(definition: StepDefinition, nothing: Any) -> dict[str, Any]:
    """Arguments of a step function, in which every answer is this nothing."""
    outcome: Outcome[Any] = Outcome("operation", "", "Dana", started=0.0, ended=0.0, result=nothing)
    session = MagicMock()
    session.last_outcome.return_value = outcome
    session.outcomes.return_value = [outcome]
    stage = MagicMock()
    stage.last_named = session
    known = {
        **dict.fromkeys(("outcome", "other_outcome"), outcome),
        **{name: [] for name in LISTS},
        "answer": QueryAnswer("SUCCEEDED", "", ()),
        "rounds": Rounds([1.0], [1.0]),
        "stage": stage,
        "datatable": [["path", "type"], ["a", "file"]],
        "stored": object(),
        "tables": {"measurements": "schema: []"},
    }
    words = {one.name: session if one.kind == "Persona" else WORDS.get(one.kind) for one in definition.placeholders}
    names = inspect.signature(definition.callback).parameters
    return {name: words[name] if name in words else known.get(name, MagicMock()) for name in names}


@pytest.mark.parametrize("nothing", list(EMPTY.values()), ids=list(EMPTY))
@pytest.mark.parametrize("definition", thens(), ids=lambda one: one.pattern)
def test_no_then_passes_on_an_empty_answer(definition: StepDefinition, nothing: Any) -> None:
    with pytest.raises((AssertionError, SuiteError, LookupError, AttributeError, TypeError, ValueError)):
        definition.callback(**called_with(definition, nothing))


def test_the_sentences_that_are_left_out_exist() -> None:
    patterns = {one.pattern for one in vocabulary().definitions}
    assert patterns >= EMPTINESS_IS_PROMISED | ANSWER_IS_NO_MATTER


def test_most_sentences_about_answers_are_held_against_nothing() -> None:
    assert len(thens()) > 60
