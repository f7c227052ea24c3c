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
_SCHEMA = "required.json"


class WorkflowArranger:
    """Gives a bucket a workflows configuration, for the scenario only."""

    def __init__(self, target: Target, undo: UndoLog, bucket: str) -> None:
        self._bucket = bucket
        self._s3 = target.client("s3")
        self._undo = undo

    def allow_copies_within(self) -> None:
        """Name the bucket as its own successor, so that packages can be copied within it."""
        successors = {f"s3://{self._bucket}": {"title": "This bucket", "copy_data": True}}
        self._store(is_workflow_required=False, workflows={"unused": {"name": "Unused"}}, successors=successors)

    def require_metadata(self, fields: Mapping[str, str]) -> None:
        """Require fields of every package's metadata.

        Args:
            fields: by name, the values that are allowed, separated by commas; "": any.
        """
        allowed = {name: {"enum": values.split(", ")} for name, values in fields.items() if values}
        schema = {"type": "object", "required": list(fields), "properties": allowed}
        self._require({"metadata_schema": "required"}, schema)

    def require_names(self, start: str) -> None:
        """Require that package names begin with these letters, after the namespace."""
        self._require({"handle_pattern": rf"^[^/]+/{re.escape(start)}"})

    def _require(self, rules: Mapping[str, str], schema: Mapping[str, Any] | None = None) -> None:
        parts: dict[str, Any] = {"default_workflow": "required", "workflows": {"required": {"name": "Rules", **rules}}}
        if schema is not None:
            parts["schemas"] = {"required": {"url": f"s3://{self._bucket}/{_FOLDER}{_SCHEMA}"}}
        self._store(**parts)
        if schema is not None:
            self._put(_SCHEMA, json.dumps(schema))

    def _store(self, **parts: Any) -> None:
        what = f"the workflows configuration of {self._bucket}"
        self._undo.book("objects", what, bucket=self._bucket, prefix=_FOLDER)
        self._put("config.yml", yaml.safe_dump({"version": "1", **parts}))

    def _put(self, name: str, content: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=f"{_FOLDER}{name}", Body=content.encode())
