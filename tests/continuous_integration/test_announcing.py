"""The message to the Slack channel, received by a real server."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from environment.errors import SuiteError
from environment.gherkin.records import ScenarioRecord
from environment.modes import Mode
from environment.settings import ROOT
from infra.cost import CostReport
from infra.cost_command import summary
from reports.announcing import announce, findings_before, message
from reports.changes import FIRST_RUN
from reports.command_line import report
from reports.known_defects import load_ledger
from reports.outcomes import RunRecord, ScenarioCounts, ScenarioOutcome, Status, write_run
from reports.summary import verdict

LINK = "https://ci.invalid/run/1"


def record(*outcomes: Status) -> RunRecord:
    number = ScenarioCounts(parsed=len(outcomes), collected=len(outcomes), reported=len(outcomes))
    return RunRecord(
        started=datetime(2026, 1, 1, tzinfo=UTC),
        seconds=1,
        target="live",
        seed=1,
        stack_start_seconds=0,
        product_name="quilt-mcp",
        product_version="0.22.0",
        workers=1,
        counts=number,
        counts_by_mode={Mode.LOCAL: number, Mode.MULTIUSER: number},
        scenarios=tuple(
            ScenarioOutcome(
                nodeid=f"f.feature::Scenario {index}[local]",
                scenario=ScenarioRecord(
                    feature_path="f.feature",
                    feature="F",
                    name=f"Scenario {index}",
                    line=index + 1,
                    mode=Mode.LOCAL,
                ),
                status=outcome,
            )
            for index, outcome in enumerate(outcomes)
        ),
    )


@pytest.fixture
def channel() -> Iterator[http.server.HTTPServer]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            vars(self.server).setdefault("texts", []).append(body["text"])
            self.send_response(404 if "secret-that-is-wrong" in self.path else 200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_the_channel_is_told_what_failed_and_where_to_read_on(
    channel: http.server.HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = record(Status.PASSED, Status.FAILED)
    write_run(run, tmp_path)
    monkeypatch.setenv("SLACK_WEBHOOK_URL", f"http://127.0.0.1:{channel.server_port}/hook")
    result = CliRunner().invoke(report, ["announce", "--link", LINK, "--build", str(tmp_path)])
    assert result.exit_code == 0, result.output
    [text] = vars(channel)["texts"]
    assert text.splitlines()[1] == "Not accepted: 1 new failure (of 2 checks)."
    assert text.splitlines()[1:] == [
        *verdict(run, load_ledger(), FIRST_RUN),
        "Checks that ran: 2 in local mode, none in multiuser mode.",
        "• Scenario 1 [local]: not a known defect",
        f"<{LINK}|Report>",
    ]


def test_what_the_doctor_found_wrong_and_which_mode_did_run_are_told(
    channel: http.server.HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(record(Status.PASSED).model_copy(update={"missing": ("part-multiuser left no result",)}), tmp_path)
    (tmp_path / "parts" / "part-multiuser").mkdir(parents=True)
    printed = (
        "fine  catalog: answers\n      wrong  GraphQL (multiuser mode): Asked: HTTP 403\n             → Renew it\n"
    )
    (tmp_path / "parts" / "part-multiuser" / "doctor.txt").write_text(printed)
    (tmp_path / "parts" / "part-multiuser-2").mkdir()
    (tmp_path / "parts" / "part-multiuser-2" / "doctor.txt").write_text(printed)
    monkeypatch.setenv("SLACK_WEBHOOK_URL", f"http://127.0.0.1:{channel.server_port}/hook")
    arguments = ["announce", "--link", LINK, "--build", str(tmp_path), "--parts", str(tmp_path / "parts")]
    result = CliRunner().invoke(report, arguments)
    assert result.exit_code == 0, result.output
    [text] = vars(channel)["texts"]
    assert "Not accepted: part-multiuser left no result." in text.splitlines()
    assert "Checks that ran: 1 in local mode, none in multiuser mode." in text.splitlines()
    assert text.splitlines()[-2] == "Doctor, part-multiuser: GraphQL (multiuser mode): Asked: HTTP 403"


COSTS = CostReport(
    {date(2026, 1, 1): {"S3": Decimal(31)}}, month_to_date=Decimal(31), forecast=None, budget=Decimal(30)
)


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        (f"day  S3  sum\n{summary(COSTS)}\n", f"Costs: {summary(COSTS)}"),
        (f"{summary(replace(COSTS, budget=Decimal(40)))}\n", None),
        ("acceptance: Asked Cost Explorer: it is off. Switch it on\n", "Asked Cost Explorer: it is off. Switch it on"),
    ],
)
def test_costs_are_told_if_they_are_over_the_budget_or_could_not_be_asked_for(
    printed: str, told: str | None, tmp_path: Path
) -> None:
    (tmp_path / "cost").mkdir()
    (tmp_path / "cost" / "cost.txt").write_text(printed)
    found = findings_before(tmp_path)
    assert len(found) == (told is not None)
    assert told is None or found[0].endswith(told)


def post(webhook: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / ".github" / "scripts" / "post-to-slack.sh"
    environment = {**os.environ, "SLACK_WEBHOOK_URL": webhook}
    return subprocess.run([script, 'a "text" <x|y>'], env=environment, capture_output=True, text=True, check=False)


def test_a_job_without_the_suite_can_post_too_without_showing_the_secret(channel: http.server.HTTPServer) -> None:
    assert post(f"http://127.0.0.1:{channel.server_port}/hook").returncode == 0
    assert vars(channel)["texts"] == ['a "text" <x|y>']
    refused = post(f"http://127.0.0.1:{channel.server_port}/secret-that-is-wrong")
    assert refused.returncode != 0
    assert "secret-that-is-wrong" not in refused.stdout + refused.stderr
    assert post("").stdout == "SLACK_WEBHOOK_URL is not set: nothing was posted.\n"


def test_what_was_skipped_did_not_run() -> None:
    run = record(Status.PASSED, Status.KNOWN, Status.FAILED, Status.SKIPPED)
    assert "Checks that ran: 3 in local mode, none in multiuser mode." in message(run, load_ledger(), FIRST_RUN, LINK)


def test_many_failures_are_counted_not_listed() -> None:
    assert "… and 5 more" in message(record(*[Status.FAILED] * 15), load_ledger(), FIRST_RUN, LINK)


def test_titles_are_shown_as_they_stand() -> None:
    run = record(Status.FAILED)
    [failed] = run.scenarios
    odd = failed.scenario.model_copy(update={"name": "Refuse <script> & co"})
    run = run.model_copy(update={"scenarios": (failed.model_copy(update={"scenario": odd}),)})
    text = message(run, load_ledger(), FIRST_RUN, LINK)
    assert "• Refuse &lt;script&gt; &amp; co [local]: not a known defect" in text


def test_a_run_without_a_result_is_told_too() -> None:
    assert (
        message(None, load_ledger(), FIRST_RUN, LINK)
        == f"QuiltOps acceptance: the run left no result. <{LINK}|See why>"
    )


def test_a_refused_message_is_an_error_without_the_secret(channel: http.server.HTTPServer) -> None:
    with pytest.raises(SuiteError, match="HTTP 404") as caught:
        announce(f"http://127.0.0.1:{channel.server_port}/secret-that-is-wrong", "text")
    assert "secret-that-is-wrong" not in str(caught.value)


def test_without_a_webhook_nothing_is_posted_and_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SLACK_WEBHOOK_URL", raising=False)
    result = CliRunner().invoke(report, ["announce", "--link", LINK, "--build", str(tmp_path)])
    assert (result.exit_code, result.output.strip()) == (0, "SLACK_WEBHOOK_URL is not set: nothing was posted.")
