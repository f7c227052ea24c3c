"""The scenarios about who can administer try every operation of AdminOps, as somebody who must be refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock

from authoring.sentence_list import vocabulary
from environment.driving.administration import Particular
from environment.gherkin.cases import rendered_steps
from environment.gherkin.document import StepLine, read_feature
from environment.gherkin.step_arguments import DOC_STRING
from environment.gherkin.things import World
from environment.settings import ROOT

FEATURE = ROOT / "features/administration/who_may_administer.feature"


def operations() -> set[str]:
    from quilt_mcp.ops.admin_ops import AdminOps

    return set(AdminOps.__abstractmethods__)


class Recorder:
    """Takes any call that AdminOps takes, and remembers its name."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        from quilt_mcp.ops.admin_ops import AdminOps

        if name not in operations():
            raise AttributeError(name)

        def call(*args: object, **kwargs: object) -> None:
            inspect.signature(getattr(AdminOps, name)).bind(self, *args, **kwargs)
            self.called.append(name)

        return call


def refused_acts() -> list[StepLine]:
    """The Whens of the scenarios in which Dana tries to administer."""
    document = read_feature(FEATURE)
    scenarios = [each for each in document.scenarios if any(tag.name == "USER-14" for tag in document.tags_of(each))]
    rows = [(each, row) for each in scenarios for block in each.examples for row in block.rows]
    cases = [*rows, *((each, None) for each in scenarios if not each.examples)]
    return [step for each, row in cases for step in rendered_steps(document, each, row) if step.type == "when"]


def called_by(step: StepLine) -> list[str]:
    [match] = vocabulary().matches("when", step.text)
    session = MagicMock(admin=Recorder())
    words: dict[str, Any] = {"persona": session, "roles": ("user",), "further": (), "fallback": ("user",)}
    words["world"] = World()
    taken = inspect.signature(match.definition.callback).parameters
    arguments = {name: words.get(name, MagicMock()) for name in taken}
    if DOC_STRING in taken and step.doc_string is not None:
        arguments[DOC_STRING] = step.doc_string.text
    if "particular" in taken:
        arguments["particular"] = Particular("name", "ada")
    match.definition.callback(**arguments)
    return session.admin.called


def test_the_scenarios_try_each_of_the_fourteen_operations_once() -> None:
    tried = [name for step in refused_acts() for name in called_by(step)]
    assert sorted(tried) == sorted(operations())
    assert len(tried) == 14
