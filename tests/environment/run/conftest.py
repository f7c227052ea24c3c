"""A standing deployment, brought up by its command, for the tests of runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from acceptance_process import ROOT, Workshop

from environment.targets.embedded import EmbeddedTarget


@pytest.fixture(scope="session")
def standing_workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path_factory.mktemp("standing"))
    started = workshop.acceptance("up")
    assert started.exit_code == 0, started.text
    yield workshop
    assert workshop.acceptance("down").exit_code == 0


@pytest.fixture
def standing(standing_workshop: Workshop) -> Iterator[EmbeddedTarget]:
    """The deployment that stands there; its faults are cleared afterwards."""
    target = EmbeddedTarget.attach(standing_workshop.state / "deployment")
    assert target is not None and target.control is not None
    yield target
    target.control.clear_faults()


@pytest.fixture
def features() -> Iterator[Path]:
    """A folder for features of the test's own; in the project, because scenarios are named by their path in it."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="features-", dir=build) as folder:
        yield Path(folder)


@pytest.fixture
def empty_ledger(tmp_path: Path) -> Path:
    """A ledger of known defects that knows none."""
    path = tmp_path / "known_defects.yaml"
    path.write_text("[]\n", encoding="utf-8")
    return path
