"""What a bucket demands of packages: each rule stays beside those before it, in the workflow that it was added to."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import Mock

import yaml

from environment.arrangement.workflows import WorkflowArranger


def arranged(undo: Mock) -> tuple[WorkflowArranger, dict[str, Any]]:
    """An arranger of a bucket, and what it puts there."""
    target, stored = Mock(), dict[str, Any]()
    target.client.return_value.put_object.side_effect = lambda **given: stored.update({given["Key"]: given["Body"]})
    return WorkflowArranger(target, undo, "lab"), stored


def test_the_workflow_named_first_is_the_default_one() -> None:
    arranger, stored = arranged(Mock())
    arranger.require_metadata({"study": ""}, "clinical")
    arranger.require_metadata({"owner": ""}, "drafts")
    arranger.require_names("draft", "drafts")
    arranger.require_file("README.md")

    made = yaml.safe_load(stored[".quilt/workflows/config.yml"])
    assert (made["default_workflow"], made["is_workflow_required"]) == ("clinical", True)
    clinical, drafts = made["workflows"]["clinical"], made["workflows"]["drafts"]
    assert set(clinical) == {"name", "metadata_schema", "entries_schema"}
    assert set(drafts) == {"name", "metadata_schema", "handle_pattern"}
    required = {
        name: json.loads(stored[made["schemas"][each["metadata_schema"]]["url"].removeprefix("s3://lab/")])["required"]
        for name, each in made["workflows"].items()
    }
    assert required == {"clinical": ["study"], "drafts": ["owner"]}


def test_rules_add_up() -> None:
    undo = Mock()
    arranger, stored = arranged(undo)

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
