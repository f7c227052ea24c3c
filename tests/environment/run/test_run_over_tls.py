"""A run over TLS, as every link of a real stack is: the same results, and nothing asked without it."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from acceptance_process import Workshop

FEATURE = """
Feature: Over TLS
  Whoever judges a build wants it judged as it will be used.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: What is published can be read

    @CREA-1 @severity:normal
    Scenario: Publish five files
      When she publishes a package from the "simple-csv" dataset
      Then the package holds exactly the "simple-csv" dataset, byte for byte
"""
LINK = "features/packages/content.feature::A link to a file works for anyone, and expires"


@pytest.mark.slow
def test_a_scenario_of_each_mode_and_a_link_hold_over_tls(workshop: Workshop, features: Path, tmp_path: Path) -> None:
    feature = features / "over_tls.feature"
    feature.write_text(FEATURE, encoding="utf-8")
    settings = tmp_path / "settings.yaml"
    settings.write_text("tls: true\n", encoding="utf-8")

    result = workshop.acceptance("run", str(feature), LINK, "--no-report", "-n0", f"--deployment-settings={settings}")

    assert result.exit_code == 0, result.text
    outcomes = json.loads((workshop.build / "outcomes.json").read_text())["scenarios"]
    ended = {(each["scenario"]["name"], each["scenario"]["mode"]): each["status"] for each in outcomes}
    assert ended["Publish five files", "local"] == ended["Publish five files", "multiuser"] == "passed", result.text
    assert ended["A link to a file works for anyone, and expires", "multiuser"] == "passed", result.text
    addresses = {urlsplit(call["url"])[:2] for each in outcomes for call in each["calls"]}
    assert len(addresses) >= 3, "catalog, registry and S3"
    assert {scheme for scheme, _ in addresses} == {"https"}
