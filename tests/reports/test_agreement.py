"""Two runs compared: what counts as alike, what is excused, and that a difference cannot hide."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
import typer
from recorded_runs import ended, run
from rich.console import Console
from typer.testing import CliRunner

from environment.errors import SuiteError
from reports.agreement import compare, print_agreement
from reports.command_line import report
from reports.outcomes import ScenarioOutcome, Status, write_run

REASON = "it needs a mailbox; judged on the embedded one"


PASSED = ended("Find", Status.PASSED)


def test_runs_that_ended_alike_agree() -> None:
    known = ended("Copy", Status.KNOWN, defect="QO-1")
    agreement = compare(run("live", PASSED, known), run("embedded", PASSED, known))

    assert agreement.complete
    assert list(agreement.alike.values()) == [known, PASSED]


@pytest.mark.parametrize(
    ("on_live", "message"),
    [
        (ended("Find", Status.FAILED, message="expected 3\nmore"), "live: failed (expected 3); embedded: passed"),
        (ended("Find", Status.KNOWN, defect="QO-1"), "live: known defect QO-1; embedded: passed"),
        (ended("Find", Status.SKIPPED), "live: skipped; embedded: passed"),  # without a reason
        (None, "live: not run; embedded: passed"),
    ],
)
def test_every_other_end_is_a_difference(on_live: ScenarioOutcome | None, message: str) -> None:
    other = ended("Copy", Status.PASSED)
    live = run("live", other) if on_live is None else run("live", other, on_live)
    agreement = compare(live, run("embedded", other, PASSED))

    assert not agreement.complete
    assert [str(difference) for difference in agreement.differences] == [f"{PASSED.nodeid}: {message}"]


def test_another_known_defect_is_a_difference() -> None:
    one, other = (ended("Copy", Status.KNOWN, defect=defect) for defect in ("QO-1", "QO-2"))

    assert not compare(run("live", PASSED, one), run("embedded", PASSED, other)).complete


def test_a_skip_with_a_reason_is_excused_and_listed() -> None:
    mail = ended("Reset", Status.SKIPPED, message=REASON)
    live, embedded = run("live", PASSED, mail), run("embedded", PASSED, ended("Reset", Status.PASSED))
    agreement = compare(live, embedded)
    console = Console(file=StringIO(), width=200)
    print_agreement(agreement, live, embedded, console)

    assert agreement.complete
    assert agreement.by_reason() == {REASON: [mail]}
    assert f"1 skipped: {REASON}\n  features/a/b.feature:7  Reset" in console.file.getvalue()  # type: ignore[attr-defined]


def test_nothing_compared_is_no_agreement() -> None:
    mail = ended("Reset", Status.SKIPPED, message=REASON)

    assert not compare(run("live"), run("embedded")).complete
    assert not compare(run("live", mail), run("embedded", mail)).complete


def test_other_products_cannot_be_compared() -> None:
    with pytest.raises(SuiteError, match=r"quilt-mcp 0\.22\.0 and quilt-mcp 0\.23\.0"):
        compare(run("live", PASSED), run("embedded", PASSED, version="0.23.0"))


def test_the_command_ends_with_one_if_something_differs(tmp_path: Path) -> None:
    failed = ended("Find", Status.FAILED, message="expected 3")
    for name, record in (("live", run("live", failed)), ("embedded", run("embedded", PASSED))):
        write_run(record, tmp_path / name)
    application: typer.Typer = report
    arguments = ["compare", str(tmp_path / "live"), str(tmp_path / "embedded")]

    result = CliRunner().invoke(application, arguments)
    assert (result.exit_code, "The two runs did not end alike." in result.output) == (1, True)
    assert CliRunner().invoke(application, [arguments[0], arguments[2], arguments[2]]).exit_code == 0
    with pytest.raises(SuiteError, match="there is no run in"):
        CliRunner().invoke(application, ["compare", str(tmp_path), arguments[1]], catch_exceptions=False)
