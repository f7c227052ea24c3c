"""`acceptance defect new`, `show`, `remove` and `record` as people call them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from entries import made_entry
from typer.testing import CliRunner, Result

from authoring import command_line
from authoring.recording import plain
from authoring.reproduction import reproduction
from authoring.scenario_record import ProductCall, RecordedScenario, RecordedStep, StoredObject
from environment.errors import SuiteError
from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from environment.secrecy.redaction import REDACTED
from reports.known_defects import KnownDefect, load_ledger
from reports.outcomes import Failure, RunRecord, ScenarioOutcome, SentenceOutcome, Status, write_run

PLACE = "features/packages/content.feature"
NAME = "A link to a file works for anyone, and expires"
SENTENCE = 'the link gives "metadata/schema.json" of the package to anyone, without signing in'
REFUSED = Failure(kind="BackendError", message="Quilt3 backend get_content_url failed: 'Package' has no 'get_url'")
CALL = ProductCall(
    actor="Dana",
    interface="QuiltOps",
    mode=Mode.LOCAL,
    signed_in=True,
    operation="get_content_url",
    arguments=("test-user/nested-structure",),
    named_arguments={"path": "metadata/schema.json", "registry": "s3://packages"},
    failure=REFUSED,
)
OBJECT = StoredObject(bucket="packages", key="arranged/a-1c239123-1/one", content="caf\xe9", whole=True)


def recorded(mode: Mode = Mode.LOCAL, failure: Failure | None = REFUSED) -> RecordedScenario:
    failed = Failure(kind="OperationFailed", message=f"Dana's get_content_url failed: {failure}") if failure else None
    return RecordedScenario(
        nodeid=f"{PLACE}::{NAME}[{mode}]",
        scenario=_scenario(mode),
        product_version="0.22.0",
        steps=(
            _step("given", "a file in S3", events=(OBJECT,)),
            _step("when", "she asks for a link", events=(CALL.model_copy(update={"mode": mode}),)),
            _step("then", SENTENCE, failure=failed, cause=failure),
            _step("then", "the link is refused once it has expired", failure=failed, cause=failure),
        ),
    )


def _scenario(mode: Mode, *steps: ScenarioStep) -> ScenarioRecord:
    return ScenarioRecord(
        feature_path=PLACE,
        feature="Content",
        name=NAME,
        line=49,
        mode=mode,
        requirements=("CONT-4",),
        steps=steps,
    )


def _step(kind: str, text: str, **fields: object) -> RecordedStep:
    sentence = ScenarioStep(type=kind, keyword=kind.capitalize(), text=text, written=text, line=3)
    return RecordedStep.model_validate({"sentence": sentence, **fields})


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger of one entry."""
    path = tmp_path / "known_defects.yaml"
    entry = made_entry(claims=[{"scenario": NAME, "sentence": SENTENCE}]).model_dump(mode="json", exclude_defaults=True)
    path.write_text("# kept\n\n" + yaml.safe_dump([entry], sort_keys=False))
    return path


def defect(*arguments: str) -> Result:
    return CliRunner().invoke(command_line.defect, list(arguments))


def test_new_writes_a_skeleton_that_only_a_person_can_finish(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "run_scenario", lambda place, mode: [recorded(Mode(mode))])
    before = ledger.read_text()
    done = defect("new", f"{PLACE}:49", "--backend", "local", "--ledger", str(ledger))
    assert done.exit_code == 0, done.output
    text = ledger.read_text()
    assert text.startswith(before)
    written = yaml.safe_load(text)[1]
    assert (written["id"], written["modes"], written["since"]) == ("QO-018", ["local"], "0.22.0")
    assert [claim["sentence"] for claim in written["claims"]] == [SENTENCE, "the link is refused once it has expired"]
    [way] = written["fails_with"]
    assert way["exception"] == "BackendError"
    assert re.fullmatch(way["message"], REFUSED.message)
    assert "Dana's get_content_url(" in written["evidence"]
    assert "TODO" in written["title"]
    finished = {**written, "impact": "cannot do it", "title": "No link can be had", "affects": "anyone who wants one"}
    assert KnownDefect.model_validate(finished).claims[0].scenario == NAME


def test_no_script_does_what_was_done_through_the_mcp_server() -> None:
    events = (CALL.model_copy(update={"interface": "MCP"}),)
    steps = (_step("when", "she asks for a link", events=events), _step("then", SENTENCE, failure=REFUSED))
    with pytest.raises(SuiteError, match=r"works through the MCP server, not with QuiltOps\. Call the tools"):
        reproduction(made_entry(), recorded().model_copy(update={"steps": steps}))


def test_new_tells_modes_apart_that_fail_in_other_ways(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Failure(kind="NotFoundError", message="Browse path not found.")
    found = {"local": recorded(), "multiuser": recorded(Mode.MULTIUSER, other)}
    monkeypatch.setattr(command_line, "run_scenario", lambda place, mode: [found[mode]])
    printed = defect("new", f"{PLACE}::{NAME}", "--print", "--ledger", str(ledger)).output
    [written] = yaml.safe_load(printed)
    assert written["modes"] == ["local", "multiuser"]
    assert {(claim["modes"][0], claim["fails_with"]["exception"]) for claim in written["claims"]} == {
        ("local", "BackendError"),
        ("multiuser", "NotFoundError"),
    }
    assert "QO-018" not in ledger.read_text()


def test_new_from_the_last_run_runs_nothing(ledger: Path, tmp_path: Path) -> None:
    run = _last_run(f"OperationFailed: it failed\ncaused by BackendError: {REFUSED.message}")
    write_run(run, tmp_path)
    options = ["--from-last-run", "--print", "--build", str(tmp_path), "--ledger", str(ledger)]
    [written] = yaml.safe_load(defect("new", f"{PLACE}::{NAME}", *options).output)
    assert written["claims"] == [{"scenario": NAME, "sentence": SENTENCE}]
    assert written["fails_with"][0]["exception"] == "BackendError"


def _last_run(message: str) -> RunRecord:
    then = ScenarioStep(type="then", keyword="Then", text=SENTENCE, written=SENTENCE, line=3)
    outcome = ScenarioOutcome(
        nodeid=f"{PLACE}::{NAME}[local]",
        scenario=_scenario(Mode.LOCAL, then),
        status=Status.FAILED,
        sentences=(SentenceOutcome(status=Status.FAILED, message=message, failure=REFUSED),),
    )
    accounting = {"parsed": 1, "collected": 1, "reported": 1}
    return RunRecord.model_validate(
        {
            "started": "2026-01-01T00:00:00Z",
            "seconds": 1,
            "target": "embedded",
            "seed": 0,
            "stack_start_seconds": 0,
            "product_name": "quilt-mcp",
            "product_version": "0.22.0",
            "workers": 1,
            "counts": accounting,
            "counts_by_mode": {"local": accounting, "multiuser": accounting},
            "scenarios": [outcome.model_dump(mode="json")],
        }
    )


def test_nothing_to_enter_is_one_line(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = recorded().model_copy(update={"steps": (_step("then", "it holds"),)})
    monkeypatch.setattr(command_line, "run_scenario", lambda place, mode: [held])
    done = defect("new", f"{PLACE}:49", "--ledger", str(ledger))
    assert isinstance(done.exception, SuiteError)
    assert "every sentence holds" in str(done.exception)


def test_show_prints_a_script_of_the_calls_that_compiles(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "run_scenario", lambda place, mode: [recorded()])
    script = defect("show", "QO-017", "--ledger", str(ledger)).output
    compile(script, "reproduction.py", "exec")
    for words in (
        "docstring of QuiltOps",
        "C:\\\\users",
        "s3.put_object(Bucket='packages', Key='arranged/a-1c239123-1/one', Body=b'caf\\xe9')",
        'local_quilt_ops("Dana").get_content_url(',
        "path='metadata/schema.json',",
        "# Seen: BackendError: Quilt3 backend get_content_url failed",
        "QUILT_TOKEN_DANA",
    ):
        assert words in script, script
    assert "multiuser_quilt_ops" not in script


def test_show_of_what_no_longer_fails_is_one_line(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = recorded().model_copy(update={"steps": (_step("then", SENTENCE),)})
    monkeypatch.setattr(command_line, "run_scenario", lambda place, mode: [held])
    error = defect("show", "QO-017", "--ledger", str(ledger)).exception
    assert isinstance(error, SuiteError)
    assert "every sentence of it holds. If it is fixed: acceptance defect remove QO-017" in str(error)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "QO-071"], 'Looked for the entry of the ledger "QO-071": there is none.'),
        (["show", "QO-017", "--mode", "multiuser"], "it claims none"),
        (["remove", "QO-017", "--example", "what"], "it is not column=value"),
        (["new", "features/none.feature::X", "--from-last-run"], "Leave --from-last-run out"),
    ],
)
def test_what_cannot_be_done_is_one_line(ledger: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    more = ["--build", str(tmp_path)] if arguments[0] == "new" else []
    error = defect(*arguments, *more, "--ledger", str(ledger)).exception
    assert isinstance(error, SuiteError)
    assert words in str(error)
    assert "\n" not in str(error)


def test_remove_says_what_it_took(ledger: Path) -> None:
    done = defect("remove", "qo-017", "--ledger", str(ledger))
    assert "Took QO-017 off" in done.output
    assert ledger.read_text() == "# kept\n"
    assert load_ledger(ledger).entries == ()


def test_record_writes_how_known_defects_failed(tmp_path: Path) -> None:
    run = _last_run("found 0 packages")
    known = {"status": Status.KNOWN, "defect": "QO-017"}
    scenario = run.scenarios[0]
    sentences = (scenario.sentences[0].model_copy(update=known),)
    changed = scenario.model_copy(update={"status": Status.KNOWN, "sentences": sentences})
    write_run(run.model_copy(update={"scenarios": (changed,)}), tmp_path)
    messages = tmp_path / "messages.json"
    done = defect("record", "--build", str(tmp_path), "--messages", str(messages))
    assert "0 messages changed, 1 new" in done.output
    assert json.loads(messages.read_text()) == {changed.nodeid: {SENTENCE: ["QO-017", "found 0 packages"]}}


def test_arguments_become_plain_data_without_secrets() -> None:
    assert plain({"name": "ada", "password": "letmein-letmein", "roles": ("a", None), "n": 1.5, "object": object}) == {
        "name": "ada",
        "password": REDACTED,
        "roles": ["a", None],
        "n": 1.5,
        "object": "<class 'object'>",
    }
    assert plain([0] * 502)[-1] == "(and 2 more, left out here)"
