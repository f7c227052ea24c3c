"""The baseline is made beside the run, by a process that nobody has to wait for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.baseline import verify_baseline
from data.baseline_process import BaselineProcess, wanted_packages
from data.package_access import ManifestReader
from environment.targets.embedded import EmbeddedTarget
from environment.waiting import wait_until
from quilt_stack import DeploymentSettings


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedTarget]:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")  # somebody's own, which is none of this process's business
    running = EmbeddedTarget.start(DeploymentSettings(state_directory=tmp_path / "state"))
    monkeypatch.delenv("AWS_PROFILE")
    yield running
    running.close()


@pytest.mark.slow
def test_it_makes_all_packages_and_ends(target: EmbeddedTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = ManifestReader(target.client("s3"), target.buckets.packages)
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")

    process = BaselineProcess(target.state_directory)
    wait_until(process.has_ended, limit_seconds=60, what="the end of the process")

    assert process.end() is None
    assert verify_baseline(reader, wanted_packages(target)) == []


def test_one_that_is_no_longer_wanted_is_ended(target: EmbeddedTarget) -> None:
    process = BaselineProcess(target.state_directory)

    assert process.end() is None
    assert process.has_ended()


def test_one_whose_run_was_killed_ends_although_nothing_answers_it(tmp_path: Path) -> None:
    process = BaselineProcess(tmp_path)  # no deployment there: it would wait for a minute
    assert process._process.stdin is not None

    process._process.stdin.close()  # what the end of the run's process does

    wait_until(process.has_ended, limit_seconds=30, what="the end of the process")


def test_one_that_fails_tells_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho the disk is full\nexit 3\n", encoding="utf-8")
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))

    process = BaselineProcess(tmp_path)
    wait_until(process.has_ended, limit_seconds=60, what="the end of the process")

    assert process.end() == "Making the baseline beside the product's import ended with code 3: the disk is full"
