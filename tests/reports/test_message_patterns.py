"""Messages without what varies, the patterns made of them, and the record of how known defects failed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_runs import claimed, made_run

from environment.modes import Mode
from reports.documents import InvalidDocumentError
from reports.message_patterns import VARYING, normalized, tight_pattern
from reports.message_record import changed_messages, read_messages, write_messages
from reports.outcomes import RunRecord, Status

ONE = "No package test-user/sit-cumque-7da745fe-1 at http://127.0.0.1:37169/x, hash " + "a1" * 32
TWO = "No package test-user/quo-ea-9e8ee0ec-12 at http://127.0.0.1:40001/x, hash " + "b2" * 32


def test_what_varies_from_run_to_run_is_left_out() -> None:
    assert normalized(ONE) == normalized(TWO) == "No package test-user/<name> at http://<host>/x, hash <hash>"
    assert normalized("role/user-c18ec8d411584b5cb865b43ebcaaa584 may not") == "role/user-<id> may not"


def test_pattern_matches_the_same_failure_of_another_run_and_no_other() -> None:
    pattern = tight_pattern(ONE)
    assert re.search(pattern, TWO)
    for other in (f"{TWO} again", f"First: {TWO}", TWO.replace("No package", "No table"), ""):
        assert not re.search(pattern, other)


@pytest.mark.parametrize("placeholder", [each for each, _ in VARYING])
def test_pattern_matches_a_message_that_has_a_placeholder_from_the_beginning(placeholder: str) -> None:
    message = f"No package {placeholder} at {placeholder}"
    assert re.search(tight_pattern(message), message)


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=400))
def test_pattern_of_any_message_matches_it(message: str) -> None:
    first = message.strip("\n")
    assert re.search(tight_pattern(message), first) or "\r" in message


def _failing(message: str) -> RunRecord:
    """A run of two scenarios, each with a sentence that is known to fail with this message."""
    return made_run(claimed(name, Mode.LOCAL, Status.KNOWN, "it holds", "QO-001", message) for name in ("A", "B"))


def test_message_that_changes_behind_a_known_defect_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "messages.json"
    assert write_messages(_failing(ONE), path) == (0, 2)
    assert changed_messages(_failing(TWO), read_messages(path)) == []
    [line] = changed_messages(_failing("entries differ: one file less"), read_messages(path))
    assert line.startswith("QO-001 fails with another message than before (")
    assert "and 1 more): was 'No package" in line
    assert "is 'entries differ: one file less'; if it is the same defect: acceptance defect record" in line


def test_recording_keeps_what_did_not_run_and_forgets_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "messages.json"
    known = _failing(ONE)
    write_messages(known, path)
    first, second = known.scenarios
    again = _failing("another").scenarios[0]
    assert write_messages(made_run([again]), path) == (1, 0)
    assert len(read_messages(path)) == 2
    fixed = second.model_copy(update={"status": Status.PASSED, "sentences": ()})
    write_messages(made_run([fixed]), path)
    assert list(read_messages(path)) == [first.nodeid]


def test_file_that_is_not_one_of_ours_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "messages.json"
    path.write_text("[1]")
    with pytest.raises(InvalidDocumentError, match="write it again with `acceptance defect record`"):
        read_messages(path)


def test_what_the_ledger_no_longer_claims_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "messages.json"
    kept, gone = "features/a.feature::Kept [in brackets][local-a row]", "features/a.feature::Gone[local]"
    path.write_text(json.dumps({each: {"it holds": ["QO-001", "no"]} for each in (kept, gone)}), encoding="utf-8")

    write_messages(made_run([]), path, {"Kept [in brackets]"})

    assert list(read_messages(path)) == [kept]


def test_where_a_long_value_is_cut_makes_no_difference() -> None:
    seen = "returned Result(top_hash='{hash}...{rest}/packages/test-user/x', key='.quilt/named_packages/x/{second}')"
    one = seen.format(hash="7936f4983676e768045d65db8a1a0de20", rest="catalog.example.com/b", second=1795827223)
    other = seen.format(hash="01e95c46791fb16de9c4d7c4a3a0871", rest="https://catalog.example.com/b", second=1795844026)
    assert normalized(one) == normalized(other)
    assert re.match(tight_pattern(one), other)


def test_where_a_hash_is_cut_makes_no_difference() -> None:
    seven, eight = (f"it returned 'http://localhost:1/browse/{each}...top'" for each in ("640c26f", "9991409a"))
    assert normalized(seven) == normalized(eight)
