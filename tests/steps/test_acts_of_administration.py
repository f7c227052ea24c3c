"""The outline over administration names every operation of AdminOps, and each act calls the one it says."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import steps.kinds  # noqa: F401  # registers Persona, which the sentences need
from environment.gherkin.document import read_feature
from environment.people.names import Person
from environment.settings import ROOT
from steps.administration import ACTS, Affected

WHO = Affected("colleague", Person("A Stranger", "stranger", "stranger@example.com"))


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


def test_there_is_an_act_for_each_of_the_fourteen_operations() -> None:
    admin = Recorder()
    outcomes = [act(admin, WHO) for act in ACTS.values()]
    assert [outcome for outcome in outcomes if not outcome.succeeded] == []
    assert sorted(admin.called) == sorted(operations())
    assert len(admin.called) == 14


def test_the_outline_tries_every_act() -> None:
    document = read_feature(ROOT / "features/administration/who_may_administer.feature")
    outline = next(scenario for scenario in document.scenarios if scenario.name == "A data scientist tries to <act>")
    tried = [row.values["act"] for block in outline.examples for row in block.rows]
    assert sorted(tried) == sorted(ACTS)
