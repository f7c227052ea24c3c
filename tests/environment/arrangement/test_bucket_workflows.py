"""What a bucket demands of packages: each rule that a scenario adds stays beside those before it."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import Mock

import yaml

from environment.arrangement.workflows import WorkflowArranger


def test_rules_add_up() -> None:
    target, undo = Mock(), Mock()
    stored: dict[str, Any] = {}
    target.client.return_value.put_object.side_effect = lambda **given: stored.update({given["Key"]: given["Body"]})
    arranger = WorkflowArranger(target, undo, "lab")

    arranger.allow_copies_within()
    alone = yaml.safe_load(stored[".quilt/workflows/config.yml"])
    assert not alone["is_workflow_required"] and "default_workflow" not in alone

    arranger.require_file("README.md")
    arranger.require_metadata({"study": "", "site": "Basel, Bern"})
    arranger.require_names("assay")
    made = yaml.safe_load(stored[".quilt/workflows/config.yml"])
    assert set(made["successors"]) == {"s3://lab"}
    rules = made["workflows"][made["default_workflow"]]
    assert rules["handle_pattern"] == "^[^/]+/assay"
    schemas = {
        rule: json.loads(stored[made["schemas"][rules[rule]]["url"].removeprefix("s3://lab/")])
        for rule in ("metadata_schema", "entries_schema")
    }
    assert schemas["metadata_schema"]["required"] == ["study", "site"]
    assert schemas["entries_schema"]["contains"]["properties"]["logical_key"] == {"const": "README.md"}
    assert {call.kwargs["prefix"] for call in undo.book.call_args_list} == {".quilt/workflows/"}
