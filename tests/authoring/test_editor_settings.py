"""The settings for VS Code: the service of which its Cucumber extension consists finds every sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from authoring.editor_settings import settings_of_editor
from authoring.sentence_list import vocabulary
from authoring.steps_command import lint
from environment.errors import SuiteError
from environment.settings import ROOT
from reports.node import ensure_installed, run_node

SOURCE = Path(__file__).parent / "language_service"
HOME = ROOT / ".venv" / "language-service"
SETTINGS = ROOT / ".vscode" / "settings.json"


def look(*features: Path) -> dict[str, Any]:
    """What the extension makes of these features, or of all."""
    modules = ensure_installed(SOURCE, HOME, "Cucumber's language service") / "node_modules"
    service = modules / "@cucumber" / "language-service"
    arguments = [str(SOURCE / "look.mjs"), str(service), *map(str, features)]
    printed = run_node(arguments, ROOT, {}, "Looked at the features")
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    return look()


def test_settings_are_up_to_date() -> None:
    fresh = settings_of_editor(SETTINGS, vocabulary().definitions)
    assert SETTINGS.read_text(encoding="utf-8") == fresh, "run 'acceptance steps --write'"


def test_settings_with_comments_are_refused(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text('{\n  // mine\n  "cucumber.glue": []\n}\n', encoding="utf-8")
    with pytest.raises(SuiteError, match=r"it is no JSON: .* line 2 .*comments"):
        settings_of_editor(settings, [])


def test_the_task_of_vs_code_finds_the_place_of_what_lint_tells(tmp_path: Path) -> None:
    tasks = {task["label"]: task for task in json.loads((SETTINGS.parent / "tasks.json").read_bytes())["tasks"]}
    pattern = tasks["acceptance lint"]["problemMatcher"]["pattern"]
    feature = tmp_path / "tab.feature"
    feature.write_text("Feature: F\n  For whom.\n\n\tScenario: S\n", encoding="utf-8")
    told = CliRunner().invoke(lint, [str(feature)]).output.splitlines()
    found = [re.fullmatch(pattern["regexp"], line) for line in told]
    places = {(one[pattern["file"]], one[pattern["line"]]): one[pattern["message"]] for one in found if one}
    assert places[str(feature), "4"].startswith("there is a tab")


@pytest.mark.slow
def test_no_step_of_a_feature_is_underlined(seen: dict[str, Any]) -> None:
    assert (seen["errors"], seen["findings"]) == ([], [])
    assert seen["features"] == len(list((ROOT / "features").rglob("*.feature")))


def test_each_sentence_leads_to_its_definition(seen: dict[str, Any]) -> None:
    found = sorted((one["sentence"], one["path"]) for one in seen["definitions"])
    assert found == sorted((one.pattern, str(one.path)) for one in vocabulary().definitions)
    lines = {path: Path(path).read_text(encoding="utf-8").splitlines() for _, path in found}
    for one in seen["definitions"]:
        decorator = lines[one["path"]][one["line"] - 1]
        assert decorator.startswith(("@given(", "@when(", "@then(")), one


def test_sentences_are_completed_with_their_placeholders(seen: dict[str, Any]) -> None:
    assert "{revision:Revision} holds exactly {files:Files}, byte for byte" in seen["completions"]


def test_a_misspelt_sentence_is_underlined(tmp_path: Path) -> None:
    feature = tmp_path / "misspelt.feature"
    feature.write_text("Feature: F\n  Scenario: S\n    When she serches for nothing\n", encoding="utf-8")
    assert look(feature)["findings"] == [f"{feature}:3: Undefined step: she serches for nothing"]
