"""`acceptance run --watch`: what makes it run again, and which features."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from acceptance_process import LIMIT_SECONDS, Workshop

from environment.command.pytest_process import INTERRUPTED
from environment.command.watching import narrowed, run_on_each_change, watched
from environment.errors import SuiteError
from environment.settings import ROOT
from environment.waiting import wait_until


class Runs:
    """Runs of the test's own: each does one thing, and the last is interrupted."""

    def __init__(self, *during: Callable[[], object]) -> None:
        self._during = list(during)
        self.arguments: list[list[str]] = []

    def __call__(self, arguments: Sequence[str]) -> int:
        self.arguments.append(list(arguments))
        if not self._during:
            return INTERRUPTED
        self._during.pop(0)()
        return 1


def test_what_is_saved_during_a_run_makes_the_next_one(tmp_path: Path) -> None:
    feature, step = tmp_path / "a.feature", tmp_path / "step.py"
    runs = Runs(lambda: step.write_text("1"), lambda: feature.write_text("Feature: A"), lambda: step.write_text("2"))

    assert run_on_each_change(runs, ["-m", "smoke"], [tmp_path]) == INTERRUPTED

    plain = ["-m", "smoke"]
    assert runs.arguments == [plain, plain, [*plain, str(feature)], plain]


def test_what_is_no_source_makes_none(tmp_path: Path) -> None:
    cache = tmp_path / "__pycache__"
    cache.mkdir()

    def write() -> None:
        for path in (tmp_path / "outcomes.json", cache / "step.py", tmp_path / ".git" / "a.py"):
            path.parent.mkdir(exist_ok=True)
            path.write_text("")
        (tmp_path / "last.py").write_text("")

    changed: list[str] = []
    runs = Runs(write)
    run_on_each_change(runs, changed, [tmp_path])
    assert len(runs.arguments) == 2


def test_what_cannot_be_run_is_said_and_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def cannot() -> None:
        (tmp_path / "mended.py").write_text("")
        raise SuiteError("Placed the product", "it has no QuiltOps", "Mend it")

    runs = Runs(cannot)
    assert run_on_each_change(runs, [], [tmp_path]) == INTERRUPTED
    said = " ".join(capsys.readouterr().out.split())
    assert "it has no QuiltOps" in said
    assert "Changed: mended.py" in said


def test_changed_features_run_alone_only_if_they_were_chosen(tmp_path: Path) -> None:
    chosen, other = tmp_path / "chosen", tmp_path / "other"
    for each in (chosen, other):
        each.mkdir()
        (each / "a.feature").write_text("Feature: A")
    mine, foreign, step = chosen / "a.feature", other / "a.feature", tmp_path / "step.py"
    folder = [str(chosen), "-n0"]

    assert narrowed(folder, [mine]) == ["-n0", str(mine)]
    assert narrowed(folder, [foreign]) == folder
    assert narrowed(folder, [mine, step]) == folder
    assert narrowed([f"{mine}::It opens"], [mine]) == [f"{mine}::It opens"]
    assert narrowed([f"{mine}:3"], [mine]) == [f"{mine}:3"]
    assert narrowed(["-n0"], [foreign]) == ["-n0", str(foreign)]
    assert narrowed(["-n0"], [tmp_path / "gone.feature"]) == ["-n0"]


def test_the_suite_and_the_product_are_watched(tmp_path: Path) -> None:
    assert {ROOT / "features", ROOT / "steps"} < set(watched(None))
    assert any(each.name == "quilt_mcp" for each in watched(None))
    assert not any(each.name == "quilt_mcp" for each in watched("0.21.0"))
    assert tmp_path in watched(None, ["-n0", f"{tmp_path}::It opens", "nowhere"])


@pytest.mark.slow
def test_a_saved_feature_is_run_again_until_ctrl_c(standing_workshop: Workshop, features: Path) -> None:
    feature = features / "a.feature"
    text = (ROOT / "features" / "catalog" / "buckets.feature").read_text(encoding="utf-8")
    feature.write_text(text, encoding="utf-8")
    options = ("--watch", "--no-report", "--backend", "local", "-n0")
    process = standing_workshop.start(
        [sys.executable, "-m", "environment.command.main", "run", *options, str(features)]
    )
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(iter(process.stdout.readline, "")), daemon=True)  # type: ignore[union-attr]
    reader.start()

    def waits(times: int) -> bool:
        return sum("Waiting for a change" in line for line in said) == times

    wait_until(lambda: waits(1), limit_seconds=LIMIT_SECONDS, what="the first run")
    feature.write_text(text.replace("Feature: ", "Feature: Again, "), encoding="utf-8")
    wait_until(lambda: waits(2), limit_seconds=LIMIT_SECONDS, what="the second run")
    process.send_signal(signal.SIGINT)
    code = process.wait(LIMIT_SECONDS)
    reader.join()
    process.communicate()

    assert code == 0, "".join(said)
    assert any("Changed: a.feature" in line for line in said)
    assert sum("Accepted, as far as it ran" in line for line in said) == 4, "said twice by each run"
