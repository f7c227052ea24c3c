"""A recording: one request and the answer to it, with what it rests on, as a file of `answers/`.

Files are in our own words, from docs/facts/registry.md, or written by ``acceptance record``. They name nothing of the
deployment that answered: words in angle brackets stand for it (`NAMES`), and for what differs from one answer to the
next (`KINDS`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from environment.record import Record
from quilt_stack import DeploymentSettings
from reports.documents import InvalidDocumentError, findings, shown
from reports.recorded.confidential import problem_of

ANSWERS = Path(__file__).parent / "answers"
NAMES = ("data", "scratch", "packages", "user", "readonly", "stack", "tabulator", "workgroup", "database", "unique")
"""What stands for the deployment: buckets, users, the stack's prefix, Tabulator's catalog, the stack's workgroup and
its database in Athena's own catalog, and something that no other replay uses (letters, digits and underscores)."""
KINDS = ("any", "text", "number", "time")
"""What stands for a value: anything at all, a text, a number, a time in ISO 8601; in a text, for any part of it."""
MORE = "<more>"
"""As a key: further fields may be there. At the end of a list: further members like the one before it. At its
beginning: the members after it are among those found, in any order."""


class Basis(StrEnum):
    """On what an answer rests: a real stack gave it, or the embedded deployment decided it."""

    RECORDED = "recorded"
    DECIDED = "decided"


class Request(Record):
    """What is sent, and as whom; one of ``graphql``, ``path``, ``aws``, ``sql`` and ``link``.

    path: of the registry, with ``method``, ``parameters`` (the query) and ``body`` (JSON). aws: as
    ``athena.get_work_group``, with ``parameters``. sql: a statement in the stack's workgroup. link: an S3
    URI, to which a link is made with the keys that the registry gives, and followed without any. eventually: asked
    again until the answer is as expected, as long as the search index may take.
    """

    who: Literal["admin", "user", "readonly", "nobody", "operator"] = "user"
    graphql: str | None = None
    variables: dict[str, Any] = Field(default_factory=dict)
    path: str | None = None
    method: str = "GET"
    parameters: dict[str, Any] = Field(default_factory=dict)
    body: dict[str, Any] | None = None
    aws: str | None = None
    sql: str | None = None
    link: str | None = Field(default=None, pattern=r"^s3://[^/]+/.+")
    eventually: bool = False

    @model_validator(mode="after")
    def _is_one(self) -> Request:
        if sum(each is not None for each in (self.graphql, self.path, self.aws, self.sql, self.link)) != 1:
            raise ValueError("needs one of graphql, path, aws, sql, link")
        return self


class Recording(Record):
    """A request and its answer.

    what: in a sentence. source: who published the answer, or where it was taken. when: day, month or time of year.
    facts: sections of that page. settings: with which an embedded deployment answers so, if not by default.
    before and after: what makes the scene and takes it away.
    """

    what: str = Field(min_length=1)
    basis: Basis
    source: str = Field(min_length=1)
    when: str = Field(min_length=1)
    facts: tuple[str, ...] = Field(min_length=1)
    settings: dict[str, Any] = Field(default_factory=dict)
    before: tuple[Request, ...] = ()
    request: Request
    answer: Any
    after: tuple[Request, ...] = ()

    @field_validator("settings")
    @classmethod
    def _are_settings(cls, value: dict[str, Any]) -> dict[str, Any]:
        try:
            DeploymentSettings.model_validate({**value, "state_directory": ANSWERS})
        except ValidationError as error:
            raise ValueError("; ".join(findings(error))) from error
        return value


def load_recording(path: Path) -> Recording:
    """What a file says.

    Raises:
        InvalidDocumentError: if it is no recording, or holds what may not stand in one (`confidential`).
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        recording = Recording.model_validate(content)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDocumentError([f"{shown(path)}: cannot be read: {type(error).__name__}"]) from error
    except yaml.YAMLError as error:
        # Not its whole message, which has several lines and repeats what stands there.
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        place = f"{shown(path)}:{mark.line + 1}" if mark else shown(path)
        raise InvalidDocumentError([f"{place}: not valid YAML: {getattr(error, 'problem', None)}"]) from error
    except ValidationError as error:
        raise InvalidDocumentError([f"{shown(path)}: {finding}" for finding in findings(error)]) from error
    problem = problem_of(content)
    if problem is not None:
        raise InvalidDocumentError([f"{shown(path)}: {problem}"])
    return recording


def load_recordings(folder: Path = ANSWERS) -> dict[str, Recording]:
    """All of a folder by name; problems of all files at once. Raises InvalidDocumentError."""
    found: dict[str, Recording] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found[path.stem] = load_recording(path)
        except InvalidDocumentError as error:
            problems += error.problems
    if problems:
        raise InvalidDocumentError(problems)
    return found
