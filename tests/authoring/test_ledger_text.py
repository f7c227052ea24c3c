"""Taking entries and parts of them out of the ledger's text, and nothing else."""

from __future__ import annotations

from difflib import ndiff
from pathlib import Path

import pytest
import yaml

from authoring.ledger_text import Part, appended, flow, without
from environment.errors import SuiteError

TEXT = Path(__file__).with_name("ledger.yaml").read_text(encoding="utf-8")
ROWS = {
    "Find packages by <what>": [{"what": "a word"}, {"what": "a tag"}],
    "Ask for <what>": [{"what": "a file"}, {"what": "a folder"}, {"what": "nothing"}],
}


def changes(after: str) -> tuple[list[str], list[str]]:
    """Lines that are gone, and lines that are new."""
    difference = list(ndiff(TEXT.splitlines(), after.splitlines()))
    return (
        [line[2:].strip() for line in difference if line.startswith("- ") and line[2:].strip()],
        [line[2:].strip() for line in difference if line.startswith("+ ") and line[2:].strip()],
    )


def entry(text: str, identifier: str) -> dict[str, object]:
    [found] = [each for each in yaml.safe_load(text) if each["id"] == identifier]
    return dict(found)


def test_whole_entry_goes_and_all_else_stays_byte_for_byte() -> None:
    after = without(TEXT, "QO-002", Part(), ROWS)
    begin, end = TEXT.index("- id: QO-002"), TEXT.index("# --- links")
    assert after == TEXT[:begin] + TEXT[end:]


def test_last_entry_goes() -> None:
    assert without(TEXT, "QO-003", Part(), ROWS) == TEXT[: TEXT.index("\n- id: QO-003")]


def test_all_entries_can_go() -> None:
    text = TEXT
    for identifier in ("QO-003", "QO-001", "QO-002"):
        text = without(text, identifier, Part(), ROWS)
    assert yaml.safe_load(text) is None
    assert "# A ledger in small" in text


def test_scenario_goes() -> None:
    gone, new = changes(without(TEXT, "QO-001", Part(scenario="Capitals make no difference"), ROWS))
    assert gone == ["- {scenario: Capitals make no difference, sentence: she finds it}"]
    assert not new


def test_entry_of_which_nothing_is_left_goes_whole() -> None:
    part = Part(scenario="See the details")
    assert without(TEXT, "QO-002", part, ROWS) == without(TEXT, "QO-002", Part(), ROWS)


def test_sentence_of_several_goes() -> None:
    after = without(TEXT, "QO-001", Part(sentence="she finds nothing else"), ROWS)
    assert entry(after, "QO-001")["claims"][1] == {
        "scenario": "Find packages by <what>",
        "example": {"what": "a word"},
        "sentence": "she finds it",
    }
    assert "# about tags" in after
    assert "# a comment that stays" in after


def test_row_of_a_claim_on_all_rows_goes() -> None:
    part = Part(scenario="Ask for <what>", example={"what": "a folder"})
    after = without(TEXT, "QO-003", part, ROWS)
    [claim] = entry(after, "QO-003")["claims"]
    assert claim["example"] == {"what": ["a file", "nothing"]}
    [claim] = entry(without(after, "QO-003", Part(example={"what": "nothing"}), ROWS), "QO-003")["claims"]
    assert claim["example"] == {"what": "a file"}


def test_mode_of_one_scenario_goes() -> None:
    after = entry(without(TEXT, "QO-001", Part("Capitals make no difference", "local"), ROWS), "QO-001")
    assert after["modes"] == ["local", "multiuser"]
    assert after["claims"][0] == {
        "scenario": "Capitals make no difference",
        "sentence": "she finds it",
        "modes": ["multiuser"],
    }


def test_mode_of_a_whole_entry_goes_with_what_is_claimed_there_only() -> None:
    after = entry(without(TEXT, "QO-001", Part(mode="local"), ROWS), "QO-001")
    assert after["modes"] == ["multiuser"]
    assert [claim.get("example") for claim in after["claims"]] == [None, {"what": "a word"}]


def test_mode_and_row_together_leave_the_rest() -> None:
    part = Part("Ask for <what>", "local", example={"what": "a folder"})
    claims = entry(without(TEXT, "QO-003", part, ROWS), "QO-003")["claims"]
    claimed = {
        (mode, row["what"])
        for claim in claims
        for mode in claim.get("modes", ["local", "multiuser"])
        for row in ROWS["Ask for <what>"]
        if row["what"] in claim.get("example", {"what": row["what"]})["what"]
    }
    everything = {(mode, row["what"]) for mode in ("local", "multiuser") for row in ROWS["Ask for <what>"]}
    assert claimed == everything - {("local", "a folder")}


@pytest.mark.parametrize(
    ("identifier", "part", "words"),
    [
        ("QO-009", Part(), 'Looked for the entry of the ledger "QO-009": there is none.'),
        ("QO-002", Part(scenario="Fly"), "it claims nothing of the kind. It claims: See the details"),
        ("QO-002", Part(mode="local"), "it claims nothing of the kind"),
        ("QO-002", Part(sentence="they have wings"), "it claims nothing of the kind"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(identifier: str, part: Part, words: str) -> None:
    with pytest.raises(SuiteError) as caught:
        without(TEXT, identifier, part, ROWS)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_list_in_one_line_is_written_as_lines() -> None:
    text = "- id: QO-001\n  modes: [local]\n  scenarios: [Fly, 'Swim: far', Run]\n  since: 0.22.0\n"
    after = without(text, "QO-001", Part(scenario="Fly"), {})
    assert after == "- id: QO-001\n  modes: [local]\n  scenarios:\n    - 'Swim: far'\n    - Run\n  since: 0.22.0\n"


def test_entry_is_appended_after_one_blank_line() -> None:
    assert appended("- id: QO-001\n\n\n", "- id: QO-002\n") == "- id: QO-001\n\n- id: QO-002\n"


@pytest.mark.parametrize("value", ["a: b", "it's", "[x]", "a, b", "yes", "0.22", "", "#1", "two\nlines", "- x", '"q"'])
def test_any_text_survives_a_flow(value: str) -> None:
    assert yaml.safe_load(flow({"key": value}))["key"] == value
    assert yaml.safe_load(flow([value])) == [value]
    assert yaml.safe_load(flow(value)) == value
