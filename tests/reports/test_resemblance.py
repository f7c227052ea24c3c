"""A failure that nobody claims is recognized by how known defects failed, whatever it names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from environment.modes import Mode
from reports import message_record, resemblance
from reports.resemblance import looks_like

UNNAMED = "AssertionError: the error does not name project: Package creation failed with response type: InvalidInput"
MISSING = "AssertionError: packages found differ: missing: test-user/simple-csv"


@pytest.fixture(autouse=True)
def _recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    said = {"a": ["QO-901", UNNAMED], "b": ["QO-902", MISSING], "c": ["QO-903", "AssertionError: no"]}
    other = {"a": ["QO-904", "AssertionError: the list of users is empty in this mode, and should not be"]}
    path = tmp_path / "messages.json"
    path.write_text(json.dumps({"a.feature::S[local-row]": said, "a.feature::S[multiuser]": other}), "utf-8")
    monkeypatch.setattr(message_record.read_messages, "__defaults__", (path,))
    _forget()
    yield
    _forget()


def _forget() -> None:
    resemblance._recorded.cache_clear()
    resemblance._seen.cache_clear()


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (UNNAMED.replace("project", "study"), "QO-901"),
        ("AssertionError: packages found differ: missing: test-user/biopsies-1a2b3c4d-7", "QO-902"),
        ("AssertionError: packages found differ: not expected: test-user/simple-csv, test-user/other", None),
        ("AssertionError: no", None),
        ("AssertionError: the list of users is empty in this mode, and should not be", None),
    ],
)
def test_the_same_failure_with_other_names_is_recognized_in_its_mode(message: str, found: str | None) -> None:
    assert looks_like(message, Mode.LOCAL) == found


def test_what_several_defects_say_tells_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shared.json"
    path.write_text(json.dumps({"a.feature::S[local]": {"a": ["QO-901", UNNAMED], "b": ["QO-902", UNNAMED]}}), "utf-8")
    monkeypatch.setattr(message_record.read_messages, "__defaults__", (path,))
    _forget()
    assert looks_like(UNNAMED, Mode.LOCAL) is None
