"""Faults as people write and read them: a file of rules, and a line for each rule in force."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from quilt_stack.input_files import read_file, validate
from quilt_stack.wire.faults import Action, FaultRule, SetFault, Status


class FaultFile(BaseModel):
    """``faults``: rules with the fields of `FaultRule`, in the order in which requests are compared with them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faults: list[FaultRule] = Field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file of faults (YAML or JSON).

        Raises:
            UnusableFileError: it cannot be read, a name is unknown, or a rule makes no sense.
        """
        return validate(cls, read_file(path), path)


def in_words(fault: SetFault) -> str:
    """A rule in force in one line: what it hits, what happens then, and how often it has."""
    rule = fault.rule
    parts = (rule.method, rule.graphql_operation, rule.path and f"path {rule.path}")
    hit = " ".join(filter(None, parts)) or "everything"
    limit = "" if rule.count is None else f" of {rule.count}"
    return f"{rule.surface}: {hit}: {_done(rule.action)}; {fault.applied}{limit} hit"


def _done(action: Action) -> str:
    given = action.model_dump(exclude={"kind", "headers", "body", "data", "after_work"}, exclude_none=True)
    after = ("after the work",) if isinstance(action, Status) and action.after_work else ()
    return " ".join((action.kind, *(f"{name} {value:g}" for name, value in given.items()), *after))
