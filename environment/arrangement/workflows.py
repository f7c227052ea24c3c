"""What a bucket demands of packages: its workflows configuration (registry facts 7.6, 7.7)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from environment.targets.target import Target
from environment.undo.log import UndoLog

_FOLDER = ".quilt/workflows/"
_METADATA, _ENTRIES = "metadata", "entries"


class WorkflowArranger:
    """Gives a bucket a workflows configuration, for the scenario only; what was asked for before stays in it."""

    def __init__(self, target: Target, undo: UndoLog, bucket: str) -> None:
        self._bucket = bucket
        self._s3 = target.client("s3")
        self._undo = undo
        self._rules: dict[str, str] = {}
        self._schemas: dict[str, Mapping[str, Any]] = {}
        self._successors: dict[str, Mapping[str, Any]] = {}

    def allow_copies_within(self) -> None:
        """Name the bucket as its own successor, so that packages can be copied within it."""
        self._successors[f"s3://{self._bucket}"] = {"title": "This bucket", "copy_data": True}
        self._store()

    def require_metadata(self, fields: Mapping[str, str]) -> None:
        """Require fields of every package's metadata.

        Args:
            fields: by name, the values that are allowed, separated by commas; "": any.
        """
        allowed = {name: {"enum": values.split(", ")} for name, values in fields.items() if values}
        self._schemas[_METADATA] = {"type": "object", "required": list(fields), "properties": allowed}
        self._rules["metadata_schema"] = _METADATA
        self._store()

    def require_names(self, start: str) -> None:
        """Require that package names begin with these letters, after the namespace."""
        self._rules["handle_pattern"] = rf"^[^/]+/{re.escape(start)}"
        self._store()

    def require_file(self, name: str) -> None:
        """Require a file of this logical key in every package."""
        entry = {"type": "object", "required": ["logical_key"], "properties": {"logical_key": {"const": name}}}
        self._schemas[_ENTRIES] = {"type": "array", "contains": entry}
        self._rules["entries_schema"] = _ENTRIES
        self._store()

    def _store(self) -> None:
        what = f"the workflows configuration of {self._bucket}"
        self._undo.book("objects", what, bucket=self._bucket, prefix=_FOLDER)
        configuration: dict[str, Any] = {"version": "1", "is_workflow_required": bool(self._rules)}
        if self._rules:
            configuration |= {
                "default_workflow": "required",
                "workflows": {"required": {"name": "Rules", **self._rules}},
            }
        else:
            configuration["workflows"] = {"unused": {"name": "Unused"}}
        if self._successors:
            configuration["successors"] = self._successors
        if self._schemas:
            places = {name: {"url": f"s3://{self._bucket}/{_FOLDER}{name}.json"} for name in self._schemas}
            configuration["schemas"] = places
        for name, schema in self._schemas.items():
            self._put(f"{name}.json", json.dumps(schema))
        self._put("config.yml", yaml.safe_dump(configuration))

    def _put(self, name: str, content: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=f"{_FOLDER}{name}", Body=content.encode())
