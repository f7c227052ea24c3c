"""Recordings: what of an answer differs, what is kept or refused of one, and what the embedded deployment agrees to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from environment.errors import SuiteError
from environment.targets.embedded import EmbeddedTarget
from quilt_stack import DeploymentError, DeploymentSettings
from reports import recordings_command as command
from reports.documents import InvalidDocumentError
from reports.parity import load_parity
from reports.recorded.comparing import differences
from reports.recorded.recording import ANSWERS, Basis, load_recording, load_recordings
from reports.recorded.replaying import Replay


@pytest.mark.parametrize(
    ("expected", "found", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["answer.a is 2, expected 1"]),
        ({"a": 1}, {}, ["answer.a is not there"]),
        ({"a": 1}, {"a": 1, "b": 2}, ["answer.b is there besides: 2"]),
        ({"a": 1, "<more>": True}, {"a": 1, "b": 2}, []),
        ({"a": True}, {"a": 1}, ["answer.a is 1, expected True"]),
        ([1, 2], [1], ["answer has 1 members, expected 2"]),
        ([1, "<more>"], [1, 1, 1], []),
        ([1, "<more>"], [1, 2], ["answer[1] is 2, expected 1"]),
        ([1, "<more>"], [], ["answer has 0 members, expected 1"]),
        (["<more>", 2, {"a": 1}], [{"a": 1}, 3, 2], []),
        (["<more>", {"a": 1}], [{"a": 2}], ["answer has no {'a': 1} among its 1 members: [{'a': 2}]"]),
        (["<more>", 1], [], ["answer has no 1 among its 0 members: []"]),
        ("<number>", 3, []),
        ("<number>", True, ["answer is True, expected <number>"]),
        ("<number>", {"value": 3}, ["answer is {'value': 3}, expected <number>"]),
        ("<text>", None, ["answer is None, expected <text>"]),
        ("<time>", "2026-01-02T03:04:05Z", []),
        ("<time>", "yesterday", ["answer is 'yesterday', expected <time>"]),
        ("<any>", None, []),
        ("data-reindex-v<any>", "data-reindex-v1f", []),
        ("data-reindex-v<any>", "data", ["answer is 'data', expected 'data-reindex-v<any>'"]),
    ],
)
def test_what_differs(expected: Any, found: Any, told: list[str]) -> None:
    assert list(differences(expected, found)) == told


AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def written(folder: Path, name: str = "name", **changes: Any) -> Path:
    """A recording as a file."""
    content = {
        "what": "Somebody has a name",
        "basis": "recorded",
        "source": "a test",
        "when": "2026",
        "facts": ["3.2"],
        "request": {"graphql": "{ me { name } }"},
        "answer": {"status": 200, "body": {"data": {"me": {"name": "<user>"}}}},
        **changes,
    }
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"answer": {"body": {"password": "correct horse"}}}, "answer.body.password holds a secret"),
        ({"answer": {"body": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjEifQ.c2lnbmF0dXJl"}}, "answer.body holds a secret"),
        ({"request": {"path": "/a", "body": {"token": "abcdefgh"}}}, "request.body.token holds a secret"),
        ({"answer": {"url": "https://stack.company.invalid/x"}}, "answer.url names a host"),
        ({"answer": {"body": f"push with ghp_{'a1B2' * 9}"}}, "answer.body holds a secret"),
        ({"answer": {"body": f"push with github_pat_{'a1B2' * 20}"}}, "answer.body holds a secret"),
        ({"request": {"path": "/api/token", "body": {"code": "c0rrect-horse"}}}, "request.body.code holds a secret"),
        ({"answer": {"body": [{"code": 482913}]}}, "answer.body.0.code holds a secret"),
        ({"answer": {"body": f"my key is {AWS_SECRET}, and the id"}}, "answer.body holds a secret"),
        ({"answer": {"body": "a@b " + "aB3+" * 30}}, "answer.body holds a secret"),
        ({"answer": {"body": "by dana.k+x@company.invalid."}}, "answer.body names somebody's address"),
        (
            {"request": {"graphql": "{ a }", "variables": {"m": "<unique>@company.io"}}},
            "request.variables.m names some",
        ),
        ({"answer": {"Arn": "arn:aws:iam::210987654321:role/a"}}, "answer.Arn names an account"),
        ({"answer": {"Owner": 210987654321}}, "answer.Owner names an account"),
        ({"answer": {"b": "aws-athena-results-210987654321-us-east-1"}}, "answer.b names an account"),
        ({"answer": {"host": "nightly.company.io"}}, "answer.host names a host"),
        ({"answer": {"host": "<any>.company.io:443/x"}}, "answer.host names a host"),
        ({"answer": {"host": "https://example.organization.company.io"}}, "answer.host names a host"),
        ({"answer": {"host": "bucket.s3.amazonaws.com"}}, "answer.host names a host"),
        ({"answer": {"host": "at 10.1.2.3"}}, "answer.host names a host"),
        ({"answer": {"dana@company.io": {"a": 1}}}, "answer.a field's name names somebody's address"),
        ({"source": "a stack at nightly.company.io"}, "source names a host"),
        ({"request": {"graphql": "{ a }", "path": "/a"}}, "request: needs one of graphql, path, aws, sql, link"),
        ({"settings": {"tsl": True}}, "settings: tsl: is not a field that is known here"),
        ({"note": "x"}, "note: is not a field that is known here"),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_in_one_line(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidDocumentError) as refused:
        load_recording(written(tmp_path, **changes))
    (line,) = str(refused.value).splitlines()
    assert told in line
    assert not any(
        secret in line
        for secret in (
            "correct horse",
            "eyJ",
            "abcdefgh",
            "company",
            "a1B2",
            "c0rrect",
            "aB3+",
            "210987",
            "4829",
            AWS_SECRET,
        )
    )


@pytest.mark.parametrize(
    "kept",
    [
        {"code": "FORBIDDEN"},
        {"code": "AccessDeniedException"},
        {"code": "404"},
        {"code": "<text>"},
        {"hash": "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"email": "<unique>@example.org", "other": "dana@sub.example.com."},
        {"arn": "arn:aws:iam::123456789012:role/a", "id": "1b4e28ba-2fa1-11d2-883f-001234567890"},
        {"url": "https://example.org/a", "other": "https://<any>/b", "at": "registry.example.org:443"},
        {
            "service": "athena.amazonaws.com",
            "file": "folder/a.csv",
            "path": "config.schema.0.type",
            "here": "127.0.0.1",
        },
        {"graphql": "query { a { name @include(if: $x) } }", "version": "1.70.0", "field": "me.company.commission"},
    ],
)
def test_what_is_no_secret_and_names_nobody_is_kept(tmp_path: Path, kept: dict[str, Any]) -> None:
    assert load_recording(written(tmp_path, answer=kept)).answer == kept


def test_a_file_that_is_no_yaml_is_told_in_one_line_that_repeats_nothing(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text("what: fine\nanswer: {password: correct horse\n", encoding="utf-8")
    with pytest.raises(InvalidDocumentError) as refused:
        load_recording(path)
    (line,) = str(refused.value).splitlines()
    assert "name.yaml:3: not valid YAML: " in line
    assert "horse" not in line


def test_an_answer_with_a_secret_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "a-name", basis="decided")
    written(tmp_path, "b-name", basis="decided")
    answer = Replay.answer
    told_once = iter([{"status": 200, "body": f"the key is {AWS_SECRET}"}])
    monkeypatch.setattr(Replay, "answer", lambda self, recording: next(told_once, None) or answer(self, recording))
    to = tmp_path / "taken"
    code, told = run("--from", str(tmp_path), "--to", str(to), "--target", "embedded", program=command.record)
    assert code == 1
    (line,) = [line for line in told.splitlines() if "a-name" in line]
    assert "not written: answer.body holds a secret" in line
    assert AWS_SECRET not in told
    assert [path.name for path in to.iterdir()] == ["b-name.yaml"]


def test_the_recordings_of_the_project_cite_facts_and_are_in_the_parity_file() -> None:
    recordings = load_recordings(ANSWERS)
    recorded = {name: each for name, each in recordings.items() if each.basis is Basis.RECORDED}
    assert len(recorded) >= 15
    assert all("11" in each.facts for each in recorded.values())
    assert load_parity() == load_parity().with_recordings(recorded), "renew it: acceptance parity --write"


def test_what_was_not_asked_stays_in_the_parity_file() -> None:
    """Until its recording is gone."""
    file = load_parity()
    first, second, third, *_ = file.recorded
    again = {first: load_recordings(ANSWERS)[first]}
    assert list(file.with_recordings(again, [second]).recorded) == sorted([first, second])
    assert third not in file.with_recordings(again, [second]).recorded


def run(*arguments: str, program: typer.Typer = command.parity) -> tuple[int, str]:
    """`acceptance parity`, or another one, in this process."""
    result = CliRunner(env={"COLUMNS": "300"}).invoke(program, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.mark.slow
def test_the_embedded_deployment_agrees_with_every_recording() -> None:
    code, told = run()
    assert (code, " 0 differ." in told) == (0, True), told


def test_a_recording_that_the_deployment_contradicts_is_told(tmp_path: Path) -> None:
    written(tmp_path, answer={"status": 200, "body": {"data": {"me": {"name": "somebody"}}}})
    code, told = run("--from", str(tmp_path))
    assert code == 1
    assert "name differs (recorded: a test)" in told
    assert "answer.body.data.me.name is 'test_user', expected 'somebody'" in told


def of_others(folder: Path, **answer: Any) -> None:
    """A query in a workgroup that is not the stack's, and after it a recording that agrees."""
    request = {"sql": "SELECT 1", "parameters": {"WorkGroup": "primary"}}
    written(folder, "a-query", request=request, basis="decided", **answer)
    written(folder, "b-name", basis="decided")


def test_a_query_that_is_refused_is_an_answer_and_the_next_is_asked(tmp_path: Path) -> None:
    of_others(tmp_path, answer={"error": {"code": "AccessDeniedException", "message": "<text>"}})
    code, told = run("--from", str(tmp_path))
    assert (code, told.strip()) == (0, "0 recorded and 2 decided answers agree, 0 differ.")


def test_a_query_that_is_refused_is_recorded_and_the_next_is_asked(tmp_path: Path) -> None:
    of_others(tmp_path)
    to = tmp_path / "taken"
    code, told = run("--from", str(tmp_path), "--to", str(to), "--target", "embedded", program=command.record)
    assert code == 0, told
    assert "a-query: otherwise than decided" in told
    assert "b-name: as decided" in told
    assert load_recordings(to)["a-query"].answer["error"]["code"] == "AccessDeniedException"


@pytest.mark.parametrize("program", [command.parity, command.record], ids=["parity", "record"])
def test_what_is_no_answer_is_one_line_and_the_others_are_asked(tmp_path: Path, program: typer.Typer) -> None:
    written(tmp_path, "a-missing", request={"aws": "athena.get_work_group"})
    written(tmp_path, "b-unknown", request={"aws": "athena.no_such_operation"})
    written(tmp_path, "c-service", request={"aws": "nothing.list_databases"})
    written(tmp_path, "d-query", request={"sql": "SELECT 1", "parameters": {"Nothing": "1"}})
    written(tmp_path, "e-scene", before=[{"path": "/api/nothing"}])
    written(tmp_path, "f-statement", before=[{"sql": "SELECT nothing"}])
    written(tmp_path, "g-list", after=[{"aws": "s3.delete_object"}])
    written(tmp_path, "h-name")
    to = () if program is command.parity else ("--to", str(tmp_path / "taken"), "--target", "embedded")
    code, told = run("--from", str(tmp_path), *to, program=program)
    assert code == 1
    reasons = [line for line in told.splitlines() if "could not be asked: " in line or "was not recorded: " in line]
    assert [line[0] for line in reasons] == list("abcdefg")
    assert 'Missing required parameter in input: "WorkGroup"' in reasons[0]
    assert "Asked AWS for athena.no_such_operation: there is no such operation" in reasons[1]
    assert "Unknown service: 'nothing'" in reasons[2]
    assert 'Unknown parameter in input: "Nothing"' in reasons[3]
    assert all("Made the scene of a recording" in line for line in reasons[4:6])
    assert ("1 recorded and 0 decided answers agree" if program is command.parity else "h-name: as recorded") in told


def test_a_deployment_that_does_not_start_is_told_for_its_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = EmbeddedTarget.start

    def start_or_not(settings: DeploymentSettings) -> EmbeddedTarget:
        if not settings.directory_sizes:
            raise DeploymentError("Started it: no port is free. Free one")
        return start(settings)

    monkeypatch.setattr(EmbeddedTarget, "start", start_or_not)
    written(tmp_path, "a-size", settings={"directory_sizes": False})
    written(tmp_path, "b-name")
    code, told = run("--from", str(tmp_path))
    assert code == 1
    assert "a-size could not be asked: Started it: no port is free" in told
    assert "1 recorded and 0 decided answers agree, 0 differ, 1 could not be asked." in told


def test_a_recording_that_is_not_there_is_told() -> None:
    with pytest.raises(SuiteError, match="Looked for the recording nothing: there is none"):
        run("--only", "nothing")
