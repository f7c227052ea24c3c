"""Reading the YAML files of this folder, and saying in one line each what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from environment.errors import SuiteError
from environment.settings import ROOT


class InvalidDocumentError(SuiteError):
    """A file that people write holds something that cannot be used; `problems` has one line for each finding."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("Read the project's files", "; ".join(self.problems), "Mend the lines named here")

    def __str__(self) -> str:
        """Each finding in a line of its own, so that editors jump there."""
        return "\n".join(self.problems)


class _UniqueKeys:
    """SafeLoader keeps the last of two equal keys in silence; with this mixed in it refuses the second."""

    construct_object: Callable[..., Any]

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping; raises yaml.MarkedYAMLError for a key that is there twice."""
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} is there twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)  # type: ignore[misc,no-any-return]  # the loader's


class _Loader(_UniqueKeys, yaml.SafeLoader):
    """Says best what is wrong."""


class _FastLoader(_UniqueKeys, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Several times as fast where PyYAML has its C parts: every process of a run reads the ledger first."""


def _load(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_FastLoader)
    except yaml.YAMLError:
        return yaml.load(text, Loader=_Loader)


def shown(path: Path) -> str:
    """The path as people know it: relative to the project where it lies inside."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()


def read_list(path: Path) -> list[Any]:
    """The list that a YAML file holds at its top; an empty file is an empty list.

    Raises InvalidDocumentError when the file is not there, is not YAML or holds something else.
    """
    try:
        content = _load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDocumentError([f"{shown(path)}: cannot be read: {error}"]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidDocumentError([f"{shown(path)}:{line}: not valid YAML: {error.problem}"]) from error
    except yaml.YAMLError as error:
        raise InvalidDocumentError([f"{shown(path)}: not valid YAML: {error}"]) from error
    if content is None:
        return []
    if not isinstance(content, list):
        raise InvalidDocumentError([f"{shown(path)}: a list of entries is expected, not {type(content).__name__}"])
    return content


def findings(error: ValidationError) -> list[str]:
    """What pydantic found, each as `field: what is wrong`."""
    lines = []
    details = error.errors()
    for detail in details:
        place = detail["loc"]
        if detail["type"] == "too_short" and any(each["loc"][:-1][: len(place)] == place for each in details):
            continue  # the list has members; none of them is valid, which is found by itself
        field = ".".join(str(part) for part in detail["loc"])
        message = {
            "missing": "is missing",
            "extra_forbidden": "is not a field that is known here",
        }.get(detail["type"], detail["msg"].removeprefix("Value error, "))
        lines.append(f"{field}: {message}" if field else message)
    return lines
