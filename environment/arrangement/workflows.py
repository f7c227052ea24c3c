"""What a bucket demands of packages: its workflows configuration (registry facts 7.6, 7.7)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from environment.targets.target import Target
from environment.undo.log import UndoLog

FOLDER = ".quilt/workflows/"
CONFIGURATION = f"{FOLDER}config.yml"
_RULES = "rules"
"""The workflow of a bucket whose workflows nobody named."""


class WorkflowArranger:
    """Gives a bucket a workflows configuration, for the scenario only; what was asked for before stays in it.

    The bucket's default workflow is the one that was asked for first. A rule without a workflow is the default one's.
    """

    def __init__(self, target: Target, undo: UndoLog, bucket: str) -> None:
        self._bucket = bucket
        self._s3 = target.client("s3")
        self._undo = undo
        self._workflows: dict[str, dict[str, str]] = {}
        self._schemas: dict[str, Mapping[str, Any]] = {}
        self._successors: dict[str, Mapping[str, Any]] = {}

    def allow_copies_within(self) -> None:
        """Name the bucket as its own successor, so that packages can be copied within it."""
        self._successors[f"s3://{self._bucket}"] = {"title": "This bucket", "copy_data": True}
        self._store()

    def require_metadata(
        self, fields: Mapping[str, str], workflow: str = "", types: Mapping[str, str] | None = None
    ) -> None:
        """Require fields of every package's metadata.

        Args:
            fields: by name, the values that are allowed, separated by commas; "": any.
            workflow: the workflow that requires them.
            types: of what type a field's value must be, as JSON Schema calls it; any if it is not there.
        """
        allowed: dict[str, dict[str, Any]] = {name: {"type": kind} for name, kind in (types or {}).items()}
        for name, values in fields.items():
            if values:
                allowed.setdefault(name, {})["enum"] = values.split(", ")
        schema = {"type": "object", "required": list(fields), "properties": allowed}
        self._require("metadata_schema", self._with_schema("metadata", schema, workflow), workflow)

    def require_names(self, start: str, workflow: str = "") -> None:
        """Require that package names begin with these letters, after the namespace."""
        self._require("handle_pattern", rf"^[^/]+/{re.escape(start)}", workflow)

    def require_file(self, name: str, workflow: str = "") -> None:
        """Require a file of this logical key in every package."""
        entry = {"type": "object", "required": ["logical_key"], "properties": {"logical_key": {"const": name}}}
        schema = {"type": "array", "contains": entry}
        self._require("entries_schema", self._with_schema("entries", schema, workflow), workflow)

    def _named(self, workflow: str) -> str:
        return workflow or next(iter(self._workflows), _RULES)

    def _with_schema(self, of: str, schema: Mapping[str, Any], workflow: str) -> str:
        """Keep a schema, and return its name."""
        name = f"{self._named(workflow)}-{of}"
        self._schemas[name] = schema
        return name

    def _require(self, rule: str, value: str, workflow: str) -> None:
        name = self._named(workflow)
        self._workflows.setdefault(name, {"name": name})[rule] = value
        self._store()

    def _store(self) -> None:
        what = f"the workflows configuration of {self._bucket}"
        self._undo.book("objects", what, bucket=self._bucket, prefix=FOLDER)
        configuration: dict[str, Any] = {"version": "1", "is_workflow_required": bool(self._workflows)}
        if self._workflows:
            configuration |= {"default_workflow": self._named(""), "workflows": self._workflows}
        else:
            configuration["workflows"] = {"unused": {"name": "Unused"}}
        if self._successors:
            configuration["successors"] = self._successors
        if self._schemas:
            places = {name: {"url": f"s3://{self._bucket}/{FOLDER}{name}.json"} for name in self._schemas}
            configuration["schemas"] = places
        for name, schema in self._schemas.items():
            self._put(f"{FOLDER}{name}.json", json.dumps(schema))
        self._put(CONFIGURATION, yaml.safe_dump(configuration))

    def _put(self, key: str, content: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=content.encode())
