"""Faults that nobody can notice, and why: dead code, values that nothing reads, changes without an effect."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from environment.errors import SuiteError
from environment.record import Record
from reports.documents import findings, shown

_FILE = Path("strength", "equivalents.yaml")


class Equivalent(Record):
    """Faults, by their ids or by patterns of them, and what would not be different with them.

    never_run: no scenario runs their lines, which is looked up in what was recorded.
    """

    reason: str = Field(min_length=1)
    faults: tuple[str, ...] = Field(min_length=1)
    never_run: bool = False


def read_equivalents(root: Path) -> list[Equivalent]:
    """Those of the suite in a folder; none if it has no such file.

    Raises:
        SuiteError: if the file is not a list of them.
    """
    path = root / _FILE
    if not path.is_file():
        return []
    try:
        return TypeAdapter(list[Equivalent]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        found = findings(error)[0] if isinstance(error, ValidationError) else str(error)
        raise SuiteError(f"Read {shown(path)}", found, "Write a list of reason and faults") from error


def equivalent_of(fault_id: str, equivalents: Sequence[Equivalent]) -> Equivalent | None:
    """The entry that names a fault; None if none does."""
    for equivalent in equivalents:
        if any(fnmatchcase(fault_id, pattern) for pattern in equivalent.faults):
            return equivalent
    return None
