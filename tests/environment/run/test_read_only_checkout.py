"""A checkout that cannot be written: results, state, datasets and pytest's cache lie elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from acceptance_process import ROOT, Workshop

# Refuses what a read-only file system would, in every Python process of the run, whoever runs it.
READ_ONLY = """
import errno, os, sys
ROOT = {root!r} + os.sep
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGING = {{"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.utime"}}

def refuse(event, arguments):
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        if not (set(mode or "") & set("wax+") or (mode is None and flags & WRITING)):
            return
        paths = arguments[:1]
    elif event in CHANGING:
        paths = arguments[:2]
    else:
        return
    inside = any(isinstance(each, int) and each != -1 for each in arguments[1:])  # relative to an open folder
    for path in paths:
        if not isinstance(path, (str, bytes)) or (inside and not os.path.isabs(path)):
            continue
        if os.path.abspath(os.fsdecode(path)).startswith(ROOT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fsdecode(path))

sys.addaudithook(refuse)
"""
FEATURE = "features/packages/creation.feature"


def documented() -> set[str]:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    [table] = re.findall(r"A checkout can be read-only.*?\n\n(.*?)\n\n", page, re.DOTALL)
    return set(re.findall(r"(?m)^\| `(\w+)`", table))


@pytest.fixture
def closed(tmp_path: Path) -> Workshop:
    """A place with all that the documentation names, and a Python that cannot write the checkout."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(READ_ONLY.format(root=str(ROOT)), encoding="utf-8")
    elsewhere = {
        "QUILT_ACCEPTANCE_DATASETS": str(tmp_path / "datasets"),
        "PYTEST_ADDOPTS": f"-o cache_dir={tmp_path / 'cache'}",
    }
    # Without it Python keeps nothing compiled, which takes longer and fails nothing.
    names = {"QUILT_ACCEPTANCE_BUILD", "QUILT_ACCEPTANCE_STATE", *elsewhere, "PYTHONPYCACHEPREFIX"}
    assert names == documented()
    return Workshop(tmp_path, {**elsewhere, "PYTHONPATH": str(hook)})


@pytest.mark.slow
def test_a_smoke_scenario_runs_from_a_checkout_that_cannot_be_written(closed: Workshop) -> None:
    done = closed.acceptance("run", "-m", "smoke", "--backend", "multiuser", FEATURE)
    assert done.exit_code == 0, done.text
    assert "Read-only" not in done.text
    assert (closed.build / "report" / "index.html").is_file(), done.text
    assert (closed.path / "cache").is_dir() and (closed.path / "datasets" / "simple-csv").is_dir()
