"""The folder that the processes of a live run share holds a lock: it lies where nobody else may put theirs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from environment.settings import STATE_VARIABLE
from environment.targets.live import LiveTarget


def opened(address: str) -> LiveTarget:
    target = LiveTarget.__new__(LiveTarget)  # without a catalog, which opening it asks
    target.catalog_url = address
    return target


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    return tmp_path / "state"


def test_it_is_ones_own_and_the_same_each_time_for_one_catalog(state: Path) -> None:
    target = opened("https://catalog.invalid")
    folder = target.shared_directory
    assert (folder.stat().st_mode & 0o777, folder.stat().st_uid) == (0o700, os.getuid())
    assert target.shared_directory == folder != opened("https://other.invalid").shared_directory


def test_it_is_not_in_the_temporary_directory_where_others_could_make_it_first(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    assert state in opened("https://catalog.invalid").shared_directory.parents
    assert list((tmp_path / "temporary").iterdir()) == []
