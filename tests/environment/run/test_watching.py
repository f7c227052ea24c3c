"""`acceptance run --watch`: what makes it run again, and which features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from environment.command.pytest_process import INTERRUPTED
from environment.command.watching import narrowed, run_on_each_change, watched
from environment.errors import SuiteError
from environment.settings import ROOT


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
    assert narrowed(["-n0"], [foreign]) == ["-n0", str(foreign)]
    assert narrowed(["-n0"], [tmp_path / "gone.feature"]) == ["-n0"]


def test_the_suite_and_the_product_are_watched(tmp_path: Path) -> None:
    assert {ROOT / "features", ROOT / "steps"} < set(watched(None))
    assert any(each.name == "quilt_mcp" for each in watched(None))
    assert not any(each.name == "quilt_mcp" for each in watched("0.21.0"))
