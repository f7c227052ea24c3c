"""A whole run, as its users start it: what it leaves to read, and that no secret is in it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree
from pathlib import Path

import pytest
from acceptance_process import ROOT, Result, Workshop
from product_folders import files_of, make_checkout
from secret_search import find_secrets

import quilt_stack
from environment.targets.embedded import EmbeddedTarget
from quilt_stack import Status

FEATURE = """
Feature: A run that is looked at
  Whoever runs the suite relies on what it leaves to read.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: What it holds

    @CREA-1 @severity:normal
    Scenario: Publish five files
      When she publishes a package from the "simple-csv" dataset
      Then the package holds exactly the "simple-csv" dataset, byte for byte
"""


def secrets_of(target: EmbeddedTarget) -> list[str]:
    """Every password, key and token that the deployment's own files hold, and a token of each user."""
    running = quilt_stack.attach(target.state_directory)
    assert running is not None
    users = running.blueprint.users
    passwords = [user.password.get_secret_value() for user in users if user.password]
    tokens = [running.control.issue_token(user.name) for user in users]
    assert len(passwords) == 3
    return [running.operator_secret_access_key, running.control.token, *passwords, *tokens]


def artefacts(workshop: Workshop, result: Result, folder: Path) -> list[Path]:
    """All that a run leaves, with what its user saw."""
    terminal = folder / "terminal.txt"
    terminal.write_text(result.text, encoding="utf-8")
    kept = [workshop.state / "undo-logs", workshop.state / "deployment" / "deployment.log"]
    return [terminal, workshop.build, *(path for path in kept if path.exists())]


def run(workshop: Workshop, feature: Path, empty_ledger: Path, *arguments: str) -> Result:
    return workshop.acceptance("run", str(feature), "--known-defects", str(empty_ledger), *arguments)


@pytest.mark.slow
def test_a_run_leaves_its_results_its_summary_and_its_report(
    standing_workshop: Workshop, standing: EmbeddedTarget, features: Path, tmp_path: Path, empty_ledger: Path
) -> None:
    feature = features / "whole.feature"
    feature.write_text(FEATURE, encoding="utf-8")
    stale = standing_workshop.build / "summary.json"
    stale.parent.mkdir(exist_ok=True)
    stale.write_text("{}", encoding="utf-8")

    result = run(standing_workshop, feature, empty_ledger, "--seed", "7", "--workers", "1")

    assert result.exit_code == 0, result.text
    build = standing_workshop.build
    summary = json.loads((build / "summary.json").read_text())
    counts = {"parsed", "collected", "reported", "passed", "known_defects", "failed", "broken", "skipped"}
    assert counts <= set(summary["scenarios"])
    assert summary["scenarios"]["passed"] == summary["scenarios"]["reported"] == 2
    assert {mode: found["passed"] for mode, found in summary["by_mode"].items()} == {"local": 1, "multiuser": 1}
    assert {"total", "suite_overhead", "stack_start"} <= set(summary["seconds"])
    assert summary["product"]["name"] == "quilt-mcp"
    assert (summary["target"], summary["seed"]) == ("embedded", 7)
    suites = xml.etree.ElementTree.parse(build / "junit.xml").getroot()
    assert len(list(suites.iter("testcase"))) == 2
    assert len(list((build / "allure-results").glob("*-result.json"))) == 2
    assert (build / "report" / "index.html").is_file()
    assert find_secrets(artefacts(standing_workshop, result, tmp_path), secrets_of(standing)) == []
    assert not list((standing_workshop.state / "runs").iterdir())


@pytest.mark.slow
def test_a_failure_that_quotes_secrets_shows_none(
    standing_workshop: Workshop, standing: EmbeddedTarget, features: Path, tmp_path: Path, empty_ledger: Path
) -> None:
    assert standing.control is not None
    feature = features / "quoting.feature"
    feature.write_text(FEATURE, encoding="utf-8")
    secrets = secrets_of(standing)
    body = json.dumps({"errors": [{"message": "refused: " + " ".join(secrets)}]})
    standing.control.set_fault("registry", Status(code=500, body=body), path="^/graphql", count=None)

    result = run(standing_workshop, feature, empty_ledger, "--backend", "multiuser", "--workers", "1")

    assert result.exit_code == 1, result.text
    assert json.loads((standing_workshop.build / "summary.json").read_text())["scenarios"]["failed"] == 1
    assert "refused" in result.text
    assert find_secrets(artefacts(standing_workshop, result, tmp_path), secrets) == []


@pytest.mark.slow
def test_a_run_without_a_deployment_leaves_no_results_of_an_earlier_one(workshop: Workshop) -> None:
    workshop.build.mkdir()
    for name in ("summary.json", "outcomes.json", "junit.xml"):
        (workshop.build / name).write_text("{}", encoding="utf-8")

    result = workshop.acceptance("run", "features/packages/creation.feature", "--target", "live")

    assert result.exit_code == 4
    assert "QUILT_TEST_CATALOG_URL is not set" in result.errors
    assert "Traceback" not in result.text
    assert not list(workshop.build.glob("*.json"))


def test_another_product_that_is_none_is_told_in_one_line(workshop: Workshop, tmp_path: Path) -> None:
    """It was the installed one that was judged then."""
    for product, told in ((tmp_path / "nothing", "there is no such file or folder"), (tmp_path, "pyproject.toml")):
        result = workshop.acceptance("run", "--product", str(product), "--collect-only")

        assert result.exit_code == 2
        assert result.output == ""
        assert re.fullmatch(rf"acceptance: .*{re.escape(str(product))}.*{told}.*\n", result.errors)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_product_that_cannot_be_imported_ends_the_run_in_one_line(
    workers: str, workshop: Workshop, tmp_path: Path, empty_ledger: Path
) -> None:
    checkout = make_checkout(tmp_path / "checkout", factory="import no_such_module\n")

    feature = ROOT / "features" / "packages" / "creation.feature"
    result = run(workshop, feature, empty_ledger, "--product", str(checkout), "--workers", workers, "--no-report")

    assert result.exit_code != 0, result.text
    product = json.loads((workshop.build / "summary.json").read_text())["product"]
    assert (product["name"], product["version"]) == ("quilt-mcp", "99.1")
    assert f"product: quilt-mcp 99.1 from {checkout}\n" in result.output
    factory = checkout / "src" / "quilt_mcp" / "ops" / "factory.py"
    told = f"ModuleNotFoundError: No module named 'no_such_module' ({factory}:1). Install what it needs, fix it"
    assert re.search(
        rf"^!.* Imported {re.escape(f'quilt-mcp 99.1 from {checkout}: {told}')}.* !+$", result.output, re.MULTILINE
    )
    outcomes = json.loads((workshop.build / "outcomes.json").read_text())["scenarios"]
    assert {each["status"] for each in outcomes} == {"broken"}
    tried = [each for each in outcomes if not each["message"].endswith("before this ran")]
    assert 0 < len(tried) <= int(workers)
    assert "Traceback" not in result.text
    left = {path for path in files_of(checkout) if "__pycache__" not in path}
    assert left == files_of(make_checkout(tmp_path / "untouched"))
