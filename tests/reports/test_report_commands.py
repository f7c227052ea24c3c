"""`acceptance report`, `acceptance trace` and what follows a run, on the sample's results."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from sample_runs import HEADLINE, SampleRun
from typer.testing import CliRunner

from environment.errors import SuiteError
from reports import after_run, command_line
from reports.after_run import NOT_ACCEPTED, REPORT_FAILED
from reports.command_line import report_server


def test_trace_fails_and_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command_line, "listed_scenarios", lambda: ())
    result = CliRunner().invoke(command_line.trace, ["--build", str(tmp_path)])
    assert result.exit_code == 1
    assert "DISC-1: no scenario in local and multiuser mode (Find packages by keyword)" in result.output


def test_opening_a_report_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(command_line.report, ["open", "--build", str(tmp_path)])
    assert isinstance(result.exception, SuiteError)
    assert str(result.exception).endswith("index.html is not there. Run `acceptance run` first")


def test_report_is_served_on_this_machine_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("the report")
    with report_server(tmp_path, 0) as server:
        assert server.server_address[0] == "127.0.0.1"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/") as answer:
                assert answer.read() == b"the report"
        finally:
            server.shutdown()
            thread.join()
        with pytest.raises(SuiteError, match=r"Listened on port \d+: .*in use.* Choose another port"):
            report_server(tmp_path, server.server_port)


def test_run_without_results_has_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert after_run.after_run(tmp_path) == REPORT_FAILED
    assert "No scenario left a result, so there is no report." in capsys.readouterr().out


@pytest.mark.slow
def test_a_half_written_history_is_said_and_keeps_nobody_from_the_report(
    sample_run: SampleRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = tmp_path / "build"
    shutil.copytree(sample_run.build, build)
    history = build / "history"
    history.mkdir(exist_ok=True)
    names = ("performance.jsonl", "fitness.jsonl", "defects-seen.json")
    for name in names:
        (history / name).write_text('{"started": "20')
    assert after_run.after_run(build) == NOT_ACCEPTED
    printed = capsys.readouterr().out
    page = (build / "report" / "changes.html").read_text(encoding="utf-8")
    for name in names[1:]:  # the sample times nothing
        assert name in printed and name in page
    assert names[0] in page and "delete the line" in page


def test_report_that_fails_leaves_the_closing_words(
    sample_run: SampleRun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> Path:
        raise SuiteError("Ran allure generate", "node could not be started", "The results are kept")

    monkeypatch.setattr(after_run, "build_report", fail)
    assert after_run.after_run(sample_run.build) == REPORT_FAILED
    printed = capsys.readouterr().out
    assert "Ran allure generate: node could not be started. The results are kept" in printed
    assert HEADLINE in printed
    assert "Report:" not in printed


def test_the_plugin_imports_no_plugin_that_pytest_is_told_to_load_later() -> None:
    """Pytest refuses to go on with a plugin of the command line that somebody imported before."""
    program = "import sys, reports.plugin; sys.exit('environment.running.run_defaults' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
