"""`acceptance record` on an embedded deployment that plays the live one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from environment.targets.live import LiveTarget
from infra.rehearsal.stand_in import StandIn
from reports import recordings_command as command
from reports.recorded.recording import ANSWERS, Basis, load_recordings

pytestmark = pytest.mark.slow
SECRETIVE = {
    "what": "What the registry gives who asks for AWS credentials",
    "basis": "decided",
    "source": "a test",
    "when": "2026",
    "facts": ["1.3"],
    "request": {"path": "/api/auth/get_credentials"},
    "answer": None,
}


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in counts as a real stack, although it is on this machine."""
    monkeypatch.setattr(LiveTarget, "is_on_this_machine", False)


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Recordings of which the stand-in contradicts one, and one whose answer is full of secrets."""
    folder = tmp_path / "asked"
    folder.mkdir()
    for name in ("table-configuration-refused", "unknown-role-of-a-new-user", "folder-that-is-not-there"):
        (folder / f"{name}.yaml").write_text((ANSWERS / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    wrong: dict[str, Any] = yaml.safe_load((ANSWERS / "table-that-is-not-there.yaml").read_text(encoding="utf-8"))
    wrong["answer"]["body"]["data"]["bucketSetTabulatorTable"]["errors"][0]["name"] = "NoSuchTable"
    (folder / "wrong.yaml").write_text(yaml.safe_dump(wrong), encoding="utf-8")
    (folder / "secretive.yaml").write_text(yaml.safe_dump(SECRETIVE), encoding="utf-8")
    return folder


@pytest.mark.usefixtures("real")
def test_answers_are_taken_without_secrets_and_without_names(peopled: StandIn, asked: Path, tmp_path: Path) -> None:
    told = peopled.command(command.record, "--from", str(asked), "--to", str(tmp_path / "taken"))

    taken = load_recordings(tmp_path / "taken")
    assert taken.keys() == load_recordings(asked).keys()
    assert {each.basis for each in taken.values()} == {Basis.RECORDED}
    assert "table-configuration-refused: as recorded" in told
    assert "folder-that-is-not-there: as decided" in told
    assert "wrong: otherwise than decided" in told
    mended = taken["wrong"].answer["body"]["data"]["bucketSetTabulatorTable"]["errors"][0]
    assert mended["name"] == "TableNotFound"
    assert "<packages>" in mended["message"]
    secretive = taken["secretive"].answer["body"]
    assert {secretive[key] for key in ("SecretAccessKey", "SessionToken")} == {"<text>"}
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "taken").glob("*.yaml"))
    own = (peopled.running.catalog_url.partition("//")[2], "quilt-mcp-test-packages", "test_user")
    assert not [name for name in own if name in written]
    assert peopled.running.operator_secret_access_key not in written


@pytest.mark.usefixtures("real")
def test_what_was_taken_agrees_with_the_stack_that_gave_it(peopled: StandIn, asked: Path, tmp_path: Path) -> None:
    peopled.command(command.record, "--from", str(asked), "--to", str(tmp_path / "taken"))
    told = peopled.command(command.parity, "--target", "live", "--from", str(tmp_path / "taken"))
    assert "5 recorded and 0 decided answers agree, 0 differ." in told


def test_a_rehearsal_records_nothing_of_a_real_stack(peopled: StandIn, asked: Path, tmp_path: Path) -> None:
    peopled.command(command.record, "--from", str(asked), "--to", str(tmp_path / "taken"))
    taken = load_recordings(tmp_path / "taken")
    assert {each.basis for each in taken.values()} == {Basis.DECIDED}
    assert "table-configuration-refused" not in taken, "what a real stack answered is not replaced"


@pytest.mark.usefixtures("real")
def test_what_was_made_for_an_answer_is_gone_again(peopled: StandIn, tmp_path: Path) -> None:
    before = users(peopled)
    only = ("--only", "password-of-a-deactivated-user", "--only", "active-role-removed-without-another")
    peopled.command(command.record, *only, "--to", str(tmp_path / "taken"))
    assert users(peopled) == before


def users(environment: StandIn) -> set[str]:
    """Names of all users."""
    found = environment.registry().ask("{ admin { user { list { name } } } }")["admin"]["user"]["list"]
    return {each["name"] for each in found}
