"""Runs in the warm process beside a standing deployment: the same runs, sooner."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from acceptance_process import LIMIT_SECONDS, Workshop
from product_folders import make_checkout

from environment.command.warm import process as warm
from environment.command.warm.libraries import LEARNED
from environment.command.warm.messages import SOCKET
from environment.waiting import wait_until

SCENARIO = "features/packages/creation.feature::A published dataset is complete and can be found"
OPTIONS = (SCENARIO, "--backend", "multiuser", "--no-report", "-p", "no:cacheprovider")


def wait_until_ready() -> None:
    def ready() -> bool:
        connection = warm.greeted()
        if connection is not None:
            connection.close()
        return connection is not None

    wait_until(ready, limit_seconds=LIMIT_SECONDS, what="a warm process that is ready")


@pytest.mark.slow
def test_an_edit_of_the_product_is_seen_by_a_run_in_the_warm_process(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_ACCEPTANCE_STATE", str(workshop.state))
    checkout = make_checkout(tmp_path / "checkout", factory=None)
    installed = find_spec("quilt_mcp")
    assert installed is not None and installed.submodule_search_locations
    modules = checkout / "src" / "quilt_mcp"
    shutil.copytree(installed.submodule_search_locations[0], modules, dirs_exist_ok=True)
    log = workshop.state / "warm" / "warm.log"
    product = ("--product", str(checkout))

    assert workshop.acceptance("up").exit_code == 0
    try:
        first = workshop.acceptance("run", *OPTIONS)
        assert first.exit_code == 0, first.text
        wait_until(
            (workshop.state / "warm" / LEARNED).exists, limit_seconds=LIMIT_SECONDS, what="what a run has taught"
        )
        wait_until_ready()
        before = workshop.acceptance("run", *OPTIONS, *product)
        wait_until_ready()
        factory = modules / "ops" / "factory.py"
        factory.write_text(factory.read_text(encoding="utf-8") + "\nraise ImportError('planted')\n", encoding="utf-8")
        broken = workshop.acceptance("run", *OPTIONS, *product)
        wait_until_ready()
        again = workshop.acceptance("run", *OPTIONS)
    finally:
        down = workshop.acceptance("down")

    assert before.exit_code == 0, before.text
    assert f"quilt-mcp 99.1 from {checkout}" in before.output
    assert broken.exit_code == 1 and "planted" in broken.output, broken.text
    assert again.exit_code == 0, again.text
    assert "product: quilt-mcp 99.1" not in again.output
    assert log.read_text(encoding="utf-8").count(SCENARIO) == 4, "all were run there"
    recorded = json.loads((workshop.build / "summary.json").read_text(encoding="utf-8"))
    assert recorded["product"]["version"] != "99.1"
    assert down.exit_code == 0
    assert not (workshop.state / "warm" / SOCKET).exists()


@pytest.mark.slow
def test_a_warm_process_with_the_libraries_of_a_run_may_be_forked(
    standing_workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them runs a thread; it would be refused otherwise."""
    monkeypatch.setenv("QUILT_ACCEPTANCE_STATE", str(standing_workshop.state))
    log = standing_workshop.state / "warm" / "warm.log"

    for _ in range(2):
        assert standing_workshop.acceptance("run", *OPTIONS).exit_code == 0
        wait_until(
            (standing_workshop.state / "warm" / LEARNED).exists,
            limit_seconds=LIMIT_SECONDS,
            what="what a run has taught",
        )
        wait_until_ready()

    learned = set(json.loads((standing_workshop.state / "warm" / LEARNED).read_text(encoding="utf-8")))
    assert {"numpy", "pyarrow", "pytest_bdd", "boto3"} <= learned
    assert not {each.partition(".")[0] for each in learned} & {"quilt_mcp", "quilt3", "environment", "steps", "reports"}
    assert log.read_text(encoding="utf-8").count(SCENARIO) == 2, "both were run there"
