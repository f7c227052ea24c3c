"""The folder that the processes of a live run share holds a lock: nobody else may put theirs there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from environment.errors import SuiteError
from environment.targets.live import LiveTarget


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LiveTarget:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    target = LiveTarget.__new__(LiveTarget)  # without a catalog, which opening it asks
    target.catalog_url = "https://catalog.invalid"
    return target


def test_it_is_ones_own_and_the_same_each_time(target: LiveTarget) -> None:
    folder = target.shared_directory
    assert (folder.stat().st_mode & 0o777, folder.stat().st_uid) == (0o700, os.getuid())
    assert target.shared_directory == folder


def test_a_link_that_somebody_put_there_is_refused(target: LiveTarget, tmp_path: Path) -> None:
    folder = target.shared_directory
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SuiteError, match="belongs to you alone"):
        _ = target.shared_directory


def test_a_folder_that_others_may_write_is_refused(target: LiveTarget) -> None:
    target.shared_directory.chmod(0o777)
    with pytest.raises(SuiteError, match="belongs to you alone"):
        _ = target.shared_directory


def test_a_folder_of_somebody_else_is_refused(target: LiveTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = target.shared_directory
    user = os.getuid() + 1
    folder.rename(folder.with_name(folder.name.replace(f"-{os.getuid()}-", f"-{user}-")))
    monkeypatch.setattr(os, "getuid", lambda: user)
    with pytest.raises(SuiteError, match="belongs to you alone"):
        _ = target.shared_directory
