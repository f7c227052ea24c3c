"""The live target, rehearsed without AWS: stood up from nothing, filled, and judged like the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_environment import LiveEnvironment, run_features

from reports.outcomes import RunRecord, read_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEnvironment]:
    environment = LiveEnvironment.found(tmp_path_factory.mktemp("live"))
    yield environment.stand_up()
    environment.stop()


def outcomes(folder: Path) -> tuple[RunRecord, dict[str, str]]:
    record = read_run(folder)
    assert record is not None
    return record, {each.nodeid: each.outcome.value for each in record.scenarios}


def test_the_smoke_scenarios_end_on_the_live_target_as_on_the_embedded_one(
    live: LiveEnvironment, tmp_path: Path
) -> None:
    asked = ("-m", "smoke", "--seed", "7", "--results")
    rehearsed = live.run_features(tmp_path / "live-state", *asked, str(tmp_path / "live"))
    usual = run_features(tmp_path / "embedded-state", *asked, str(tmp_path / "embedded"))

    record, on_live = outcomes(tmp_path / "live")
    _, on_embedded = outcomes(tmp_path / "embedded")
    assert on_live == on_embedded, rehearsed.stdout[-4000:]
    assert record.target == "live"
    assert len(on_live) >= 20
    assert rehearsed.returncode == usual.returncode
