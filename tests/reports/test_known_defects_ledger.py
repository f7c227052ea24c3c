"""The ledger: what an entry matches, and what is refused when it is loaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from reports.claims import FailsWith, exception_chain
from reports.documents import InvalidDocumentError, read_list
from reports.features import listed_scenarios
from reports.known_defects import LEDGER_FILE, KnownDefect, load_ledger
from reports.requirements import load_requirements

ENTRY: dict[str, Any] = {
    "id": "QO-001",
    "title": "Search cares for capitals",
    "modes": ["local"],
    "impact": "wrong result",
    "affects": "anyone who searches",
    "claims": [{"scenario": "Capitals make no difference", "sentence": "she finds nothing"}],
    "requirement": "DISC-1",
    "promised": {"text": "case makes no difference", "source": "docstring of search_packages"},
    "observed": "nothing is found",
    "evidence": "quilt3 finds it with the same word",
    "fails_with": {"exception": "BackendError", "message": "found 0 packages"},
    "since": "0.22.0",
}

IMPACTS = (
    "impact: Input should be 'data loss', 'security', 'cannot do it', 'wrong result', 'misleading message' or"
    " 'cosmetic'"
)


# How Python says that something went wrong; each version may say it otherwise (3.12 to 3.14 did for some).
OF_THE_INTERPRETER = (
    "object has no attribute",
    "has no attribute",
    "object is not",
    "is not a mapping",
    "must be a mapping",
    "not iterable",
    "not subscriptable",
    "unexpected keyword",
    "positional argument",
    "required keyword",
    "argument must be",
    "invalid literal",
    "could not convert",
    "out of range",
    "Expecting value",
    "Expecting property",
    "codec can't",
    "No such file or directory",
    "Is a directory",
    "Errno",
    "is deprecated",
)


def a_scenario(
    name: str,
    mode: str = "local",
    feature_path: str = "features/packages/discovery.feature",
    example: dict[str, str] | None = None,
) -> ScenarioRecord:
    steps = (
        ScenarioStep(type="then", keyword="Then", text="she finds nothing", written="she finds <what>", line=7),
        ScenarioStep(type="then", keyword="And", text="all is well", written="all is well", line=8),
    )
    return ScenarioRecord(
        feature_path=feature_path, feature="F", name=name, line=5, mode=Mode(mode), example=example, steps=steps
    )


class BackendError(Exception):
    pass


def problems(folder: Path, *entries: Any, text: str | None = None) -> list[str]:
    """What loading these entries complains of, the path left out."""
    path = folder / "ledger.yaml"
    path.write_text(text if text is not None else yaml.safe_dump(list(entries)))
    with pytest.raises(InvalidDocumentError) as caught:
        load_ledger(path, [each.id for each in load_requirements()])
    assert str(caught.value).splitlines() == list(caught.value.problems)
    return [line.removeprefix(f"{path}: ") for line in caught.value.problems]


def test_ledger_of_the_project_is_valid() -> None:
    ledger = load_ledger(LEDGER_FILE, [each.id for each in load_requirements()])
    ledger.check_against(listed_scenarios())


def ways_to_fail(content: Any) -> list[str]:
    """Every pattern of an entry, wherever in it a way to fail is written."""
    if isinstance(content, list):
        return [pattern for each in content for pattern in ways_to_fail(each)]
    if not isinstance(content, dict):
        return []
    own = [content["message"]] if "exception" in content else []
    return own + [pattern for each in content.values() for pattern in ways_to_fail(each)]


PATTERNS = {entry["id"]: ways_to_fail(entry) for entry in read_list(LEDGER_FILE)}


def test_entries_rest_on_the_words_of_the_product_and_not_on_those_of_the_interpreter() -> None:
    """Names of types, attributes and files are the product's own; the sentence around them is Python's."""
    assert all(PATTERNS.values())
    found = [
        f"{identifier}: {pattern}"
        for identifier, patterns in PATTERNS.items()
        for pattern in patterns
        if any(words in pattern.replace("\\", "") for words in OF_THE_INTERPRETER)
    ]
    assert found == []


def test_entries_hold_over_tls_as_on_every_real_stack() -> None:
    patterns = [(name, each) for name, those in PATTERNS.items() for each in those]
    assert [f"{name}: {each}" for name, each in patterns if "http://" in each.replace("\\", "")] == []


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("QO-017", "Quilt3 backend get_content_url failed: class Package lacks the attribute get_url"),
        ("QO-116", "Package update failed: Value after ** must be a mapping, not NoneType"),
        ("QO-121", "Package update failed: NoneType has no member 'startswith'"),
        ("QO-125", "Package diff failed: NoneType: no attribute 'get'"),
        ("QO-306", "Failed to set role for user nora: NoneType lacks 'get'"),
    ],
)
def test_an_entry_holds_when_python_words_the_error_in_another_way(identifier: str, message: str) -> None:
    assert any(re.search(pattern, message) for pattern in PATTERNS[identifier])


@pytest.mark.parametrize("name", sorted(ENTRY))
def test_every_field_has_to_be_there(tmp_path: Path, name: str) -> None:
    entry = {key: value for key, value in ENTRY.items() if key != name}
    identifier = "entry 1" if name == "id" else "QO-001"
    missing = "fails_with: is missing, and 'Capitals make no difference' has none of its own"
    assert problems(tmp_path, entry) == [
        f"{identifier}: {missing if name == 'fails_with' else f'{name}: is missing'}",
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sicne": "0.22.0"}, "sicne: is not a field that is known here"),
        ({"modes": ["remote"]}, "modes.0: Input should be 'local' or 'multiuser'"),
        ({"requirement": "DISC-99"}, "requirement: DISC-99 is not in reports/requirements.yaml"),
        ({"id": "Q-1"}, "id: String should match pattern '^QO-\\d{3}$'"),
        ({"claims": []}, "claims: Tuple should have at least 1 item after validation, not 0"),
        ({"impact": "bad"}, IMPACTS),
        (
            {"claims": [{"scenario": "Capitals make no difference"}]},
            "claims: 'Capitals make no difference' names no sentence; write the one that fails",
        ),
        (
            {"fails_with": {"exception": "BackendError", "message": "(unclosed"}},
            "fails_with.0.message: the regular expression '(unclosed' does not compile:"
            " missing ), unterminated subpattern at position 0",
        ),
        (
            {"fails_with": {"exception": "Exception", "message": "found 0"}},
            "fails_with.0.exception: Exception would match any failure; name the class that is raised",
        ),
    ],
)
def test_malformed_values_are_refused_in_one_line(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    entry = {**ENTRY, **change}
    assert problems(tmp_path, entry) == [f"{entry['id']}: {complaint}"]


@pytest.mark.parametrize("message", [".*", ".+", "", ".", r"\w", "[a-z]+", r"(?s).*failed|", "e"])
def test_lax_expressions_are_refused(tmp_path: Path, message: str) -> None:
    entry = {**ENTRY, "fails_with": {"exception": "BackendError", "message": message}}
    [line] = problems(tmp_path, entry)
    assert line.startswith("QO-001: fails_with.0.message:")


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    bad = {**ENTRY, "since": "soon", "observed": ""}
    lines = problems(tmp_path, ENTRY, {**ENTRY, "title": "Another of that id"}, bad)
    assert [line.rpartition(":")[0] for line in lines] == ["QO-001: observed", "QO-001: since", "QO-001"]
    assert lines[-1] == "QO-001: is there twice"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- id: QO-001\n  id: QO-002\n", ":2: not valid YAML: the key 'id' is there twice"),
        ("- id: [\n", ":2: not valid YAML: expected the node content, but found '<stream end>'"),
        ("id: QO-001\n", " a list of entries is expected, not dict"),
        ("- just text\n", " entry 1: Input should be a valid dictionary or instance of KnownDefect"),
    ],
)
def test_files_that_are_no_ledger_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    [line] = problems(tmp_path, text=text)
    assert line.removeprefix(f"{tmp_path / 'ledger.yaml'}:").lstrip(" ").endswith(complaint.lstrip(" :"))


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocumentError, match=r"nowhere.yaml: cannot be read"):
        load_ledger(tmp_path / "nowhere.yaml")


SCENARIOS = [a_scenario("Capitals make no difference", mode) for mode in ("local", "multiuser")] + [
    a_scenario("Refuse names", "local", example={"case": "no slash"}),
    a_scenario("Refuse names", "local", example={"case": "two slashes"}),
    a_scenario("Same name", "local"),
    a_scenario("Same name", "local", "features/journeys/sharing.feature"),
]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            {"claims": [{"scenario": "Capital make no difference", "sentence": "all is well"}]},
            "claims: there is no scenario 'Capital make no difference'; the nearest is 'Capitals make no difference'",
        ),
        (
            {"claims": [{"scenario": "Same name", "sentence": "all is well"}]},
            "claims: 'Same name' is in features/journeys/sharing.feature and in"
            " features/packages/discovery.feature; write `feature path::name`",
        ),
        (
            {"claims": [{"scenario": "Refuse names", "example": {"case": "no slashes"}, "sentence": "all is well"}]},
            "claims: 'Refuse names' has no row with {'case': 'no slashes'}",
        ),
        (
            {"claims": [{"scenario": "Refuse names", "sentence": "all is well"}], "modes": ["multiuser"]},
            "modes: 'Refuse names' does not run in multiuser mode",
        ),
        (
            {"claims": [{"scenario": "Capitals make no difference", "sentence": ["all is well", "she find nothing"]}]},
            "claims: 'Capitals make no difference' has no sentence 'she find nothing'; the nearest is"
            " 'she finds nothing'",
        ),
    ],
)
def test_entries_are_held_against_the_features(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    path = tmp_path / "ledger.yaml"
    path.write_text(yaml.safe_dump([{**ENTRY, **change}]))
    with pytest.raises(InvalidDocumentError) as caught:
        load_ledger(path).check_against(SCENARIOS)
    assert caught.value.problems == (f"{path}: QO-001: {complaint}",)


def test_two_entries_cannot_claim_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.yaml"
    path.write_text(yaml.safe_dump([ENTRY, {**ENTRY, "id": "QO-002"}]))
    with pytest.raises(
        InvalidDocumentError,
        match="QO-001 and QO-002 both claim 'she finds nothing' of 'Capitals make no difference' in local",
    ):
        load_ledger(path).check_against(SCENARIOS)


def test_rows_and_paths_address_scenarios() -> None:
    row = {"scenario": "features/packages/discovery.feature::Refuse names", "sentence": "all is well"}
    entry = KnownDefect.model_validate({**ENTRY, "claims": [{**row, "example": {"case": "two slashes"}}]})
    assert [bool(list(entry.claims_on(each))) for each in SCENARIOS] == [False, False, False, True, False, False]
    assert entry.modes == (Mode.LOCAL,)
    both = KnownDefect.model_validate({**ENTRY, "claims": [{**row, "example": {"case": ["two slashes", "no slash"]}}]})
    assert [bool(list(both.claims_on(each))) for each in SCENARIOS] == [False, False, True, True, False, False]


def test_two_entries_may_claim_different_sentences_of_a_scenario(tmp_path: Path) -> None:
    path = tmp_path / "ledger.yaml"
    other = {**ENTRY, "id": "QO-002", "claims": [{**ENTRY["claims"][0], "sentence": "all is well"}]}
    path.write_text(yaml.safe_dump([ENTRY, other]))
    ledger = load_ledger(path)
    ledger.check_against(SCENARIOS)
    claims = ledger.claims_on(SCENARIOS[0])
    says = [[each.claim.says(step) for each in claims] for step in SCENARIOS[0].steps]
    assert says == [[True, False], [False, True]]


def test_a_claim_has_modes_and_ways_of_its_own() -> None:
    way = {"exception": "NotFoundError", "message": "no such package"}
    own = {**ENTRY["claims"][0], "modes": ["multiuser"], "fails_with": way}
    entry = KnownDefect.model_validate({**ENTRY, "modes": ["local", "multiuser"], "claims": [own]})
    assert [len(list(entry.claims_on(each))) for each in SCENARIOS[:2]] == [0, 1]
    [claim] = entry.claims
    assert [each.exception for each in entry.ways(claim)] == ["NotFoundError"]


def test_failure_matches_by_class_and_text_anywhere_in_the_chain() -> None:
    way = FailsWith(exception="BackendError", message="found 0")
    failure = AssertionError("the search did not work")
    failure.__cause__ = ExceptionGroup("several", [ValueError("found 0"), BackendError("found 0 packages")])
    assert way.describes(failure, "scenario")
    assert not way.describes(failure, "set-up")
    assert not way.describes(BackendError("found 1 packages"), "scenario")
    assert not way.describes(AssertionError("found 0 packages"), "scenario")
    full_name = f"{BackendError.__module__}.BackendError"
    assert FailsWith(exception=full_name, message="found 0").describes(failure, "scenario")
    assert not FailsWith(exception="elsewhere.BackendError", message="found 0").describes(failure, "scenario")


@given(links=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=12))
def test_chain_visits_each_exception_once_whatever_the_links(links: list[tuple[int, int, bool]]) -> None:
    errors = [ValueError(str(number)) for number in range(6)]
    reachable = {0}
    for source, target, as_cause in links:
        if as_cause:
            errors[source].__cause__ = errors[target]
        else:
            errors[source].__context__ = errors[target]
    while True:
        more = {
            errors.index(each)
            for number in reachable
            for each in (errors[number].__cause__, errors[number].__context__)
            if each is not None
        } - reachable
        if not more:
            break
        reachable |= more
    found = list(exception_chain(errors[0]))
    assert len(found) == len({id(each) for each in found})
    assert {errors.index(each) for each in found} == reachable
