"""How the ledger judges a scenario sentence by sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from environment.gherkin.judging import JudgedStep, StepResult
from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from environment.product.outcome import OperationFailed, attempt_as
from reports.answers import NewFailure
from reports.known_defects import KnownDefect, Ledger
from reports.outcomes import Failure, ScenarioOutcome, Status, Verdict
from reports.verdict import judge, spoiled

SENTENCES = (("given", "a package"), ("when", "she asks"), ("then", "it is right"), ("then", "nothing else changed"))
STEPS = tuple(
    ScenarioStep(type=kind, keyword=kind.capitalize(), text=text, written=text, line=line)
    for line, (kind, text) in enumerate(SENTENCES, start=3)
)
SCENARIO = ScenarioRecord(
    feature_path="features/a/b.feature",
    feature="B",
    name="Ask",
    line=2,
    mode=Mode.LOCAL,
    requirements=("DISC-1",),
    steps=STEPS,
)


def entry(identifier: str = "QO-001", sentence: str = "it is right", message: str = "found 0") -> KnownDefect:
    return KnownDefect.model_validate(
        {
            "id": identifier,
            "title": "Nothing is found",
            "impact": "wrong result",
            "affects": "anyone who asks",
            "modes": ["local"],
            "claims": [{"scenario": "Ask", "sentence": sentence}],
            "requirement": "DISC-1",
            "promised": {"text": "what exists is found", "source": "requirement DISC-1"},
            "observed": "nothing is found",
            "evidence": "gql finds it with the same word",
            "fails_with": {"exception": "AssertionError", "message": message},
            "since": "0.22.0",
        }
    )


def judged(*errors: BaseException | None) -> list[JudgedStep]:
    steps = [JudgedStep(step, StepResult.PASSED) for step in STEPS]
    for step, error in zip(steps, errors, strict=False):
        if error is not None:
            step.fail(error)
    return steps


def verdict(steps: list[JudgedStep], *entries: KnownDefect) -> Verdict:
    errors = [step.error for step in steps if step.error is not None]
    found = judge(Ledger(entries, Path("ledger.yaml")), SCENARIO, "scenario", errors[0] if errors else None, steps)
    assert found is not None
    return found


KNOWN = AssertionError("found 0 packages")


def outcomes(found: Verdict) -> list[Status]:
    return [each.status for each in found.sentences[2:]]


def test_a_claimed_sentence_that_fails_as_said_is_known() -> None:
    found = verdict(judged(None, None, KNOWN), entry())
    assert found.status is Status.KNOWN
    assert outcomes(found) == [Status.KNOWN, Status.PASSED]
    assert found.message.startswith("QO-001: Nothing is found\nPromised: what exists is found (requirement DISC-1)")


def test_the_other_sentences_of_a_claimed_scenario_have_to_hold() -> None:
    found = verdict(judged(None, None, KNOWN, AssertionError("a file is gone")), entry())
    assert found.status is Status.FAILED
    assert outcomes(found) == [Status.KNOWN, Status.FAILED]
    assert found.message.splitlines()[0] == "AssertionError: a file is gone"


def test_a_claimed_sentence_that_holds_is_gone_even_if_another_is_known() -> None:
    found = verdict(judged(None, None, KNOWN), entry(), entry("QO-002", "nothing else changed"))
    assert found.status is Status.GONE
    assert found.defects == ("QO-002", "QO-001")


def test_an_error_of_the_suite_is_never_a_known_defect() -> None:
    found = verdict(judged(None, None, TypeError("found 0 packages")), entry())
    assert found.status is Status.BROKEN
    assert found.defects == ()


def test_a_product_error_counts_through_the_assertion_that_it_caused() -> None:
    error = AssertionError("search failed")
    error.__cause__ = ConnectionError("no route")
    assert verdict(judged(None, None, error)).status is Status.FAILED


def test_what_rests_on_a_failed_when_is_not_judged() -> None:
    steps = judged(None, AssertionError("cannot ask"))
    for step in steps[2:]:
        step.result, step.rests_on = StepResult.NOT_JUDGED, STEPS[1]
    found = verdict(steps, entry())
    assert found.status is Status.FAILED
    assert outcomes(found) == [Status.NOT_JUDGED, Status.NOT_JUDGED]
    assert found.sentences[2].message == "rests on line 4, which failed"


@pytest.mark.parametrize("claimed", [False, True])
def test_another_failure_than_the_claim_says_differs_and_names_what_it_looks_like(claimed: bool) -> None:
    entries: list[Any] = [entry(sentence="nothing else changed")] if not claimed else [entry(message="found 1")]
    found = verdict(judged(None, None, KNOWN, None if claimed else KNOWN), *entries)
    if claimed:
        assert found.status is Status.DIFFERENT
        assert "QO-001 fails differently than the ledger says." in found.message
    else:
        assert found.status is Status.FAILED
        assert "This looks like QO-001: Nothing is found" in found.message


def test_a_message_that_several_entries_share_is_no_hint_unless_the_promise_is_the_same() -> None:
    another = entry("QO-002", sentence="something else").model_copy(update={"requirement": "CREA-1"})
    third = entry("QO-003", sentence="a third thing").model_copy(update={"requirement": "UPD-1"})
    same_promise = entry("QO-001", sentence="another thing")
    assert "This looks like" not in verdict(judged(None, None, KNOWN), another, third).message
    assert "This looks like QO-001" in verdict(judged(None, None, KNOWN), another, same_promise, third).message


def test_a_message_that_quotes_no_error_is_a_hint_only_where_the_promise_is_the_same() -> None:
    other = entry("QO-002", sentence="something else")
    assert "This looks like QO-002" in verdict(judged(None, None, KNOWN), other).message
    other = other.model_copy(update={"requirement": "CREA-1"})
    assert "This looks like" not in verdict(judged(None, None, KNOWN), other).message


def test_what_fails_because_of_an_earlier_sentence_says_so() -> None:
    late = judged(None, AssertionError("no"), AssertionError("3 files"), None)
    assert [each.follows_from for each in verdict(late).sentences] == [None, None, 4, None]
    untold = OperationFailed("after 'she asks' failed: no", ValueError("no"), step=1)
    assert [each.follows_from for each in verdict(judged(None, None, untold)).sentences][2] == 4
    broken = verdict(judged(None, AssertionError("no"), LookupError("nothing there"), None))
    assert (broken.status, broken.message.count(": ")) == (Status.FAILED, 4)
    assert broken.message.index("no") < broken.message.index("nothing there")
    own = OperationFailed("Dana's find failed: no", ValueError("no"), step=2)
    assert [each.follows_from for each in verdict(judged(None, None, own)).sentences][2] is None


@pytest.mark.parametrize(
    ("title", "requirement", "hints"),
    [
        ("Nothing is found", "DISC-1", True),
        ("A local search finds nothing", "DISC-1", True),
        ("A multiuser search finds nothing", "DISC-1", False),
        ("The search tool finds nothing", "MCP-2", False),
    ],
)
def test_a_hint_is_of_this_mode_and_of_the_mcp_server_only_where_somebody_works_through_it(
    title: str, requirement: str, hints: bool
) -> None:
    modes = ("multiuser",) if "multiuser" in title else ("local",)
    other = entry("QO-002", sentence="something else")
    other = other.model_copy(update={"title": title, "requirement": requirement, "modes": modes})
    assert ("This looks like QO-002" in verdict(judged(None, None, KNOWN), other).message) is hints


def test_what_pytest_adds_to_a_message_is_not_told() -> None:
    found = verdict(judged(None, None, AssertionError("3 files, not 2\nassert 3 == 2\n +  where 3 = len([1])")))
    assert found.message == "AssertionError: 3 files, not 2"


def test_an_error_outside_the_sentences_fails_the_scenario() -> None:
    steps = judged()
    found = judge(Ledger((), Path("l.yaml")), SCENARIO, "scenario", OSError("disk full"), steps)
    assert found is not None
    assert (found.status, found.message) == (Status.BROKEN, "OSError: disk full")


def test_the_products_own_error_is_kept_apart_from_what_the_ledger_says() -> None:
    refused = ValueError("no such link")
    failed = AssertionError("the link did not come")
    failed.__cause__ = refused
    steps = judged(None, None, failed)
    ledger = Ledger((entry(message="found 0"),), Path("ledger.yaml"))
    found = judge(ledger, SCENARIO, "scenario", failed, steps, raised=[refused])
    assert found is not None
    then = found.sentences[2]
    assert then.status is Status.DIFFERENT
    assert then.failure == Failure(kind="ValueError", message="no such link")
    assert then.happened == "AssertionError: the link did not come\ncaused by ValueError: no such link"
    assert then.message.endswith(then.happened) and then.message != then.happened
    assert judge(ledger, SCENARIO, "scenario", failed, steps).sentences[2].failure.kind == "AssertionError"  # type: ignore[union-attr]


def test_what_developers_are_told_besides_is_not_in_the_words_that_people_read() -> None:
    def get_content_url() -> str:
        return "https://example.org/a?key=b"

    with pytest.raises(AssertionError) as answered:
        attempt_as("Dana", get_content_url).refusal(PermissionError)
    found = verdict(judged(None, None, answered.value))
    then = found.sentences[2]
    assert then.in_words == "Dana was to be refused: not allowed, but was not."
    assert then.message.startswith(f"AssertionError: {then.in_words} Dana's get_content_url was to be refused with ")
    outcome = ScenarioOutcome(**dict(found), nodeid="one", scenario=SCENARIO)
    assert NewFailure((outcome,)).worst.happened == then.in_words


def test_a_failing_tear_down_takes_the_place_of_what_happened_in_set_up() -> None:
    left = RuntimeError("the package is still there")
    known = Verdict(
        status=Status.KNOWN,
        message="QO-001: … This run: no port",
        happened="no port",
        failure=Failure.of(OSError("no port")),
    )
    after = spoiled(known, left)
    assert (after.status, after.message, after.happened, after.failure) == (
        Status.BROKEN,
        "After the scenario: RuntimeError: the package is still there",
        "",
        Failure.of(left),
    )
    different = spoiled(known.model_copy(update={"status": Status.DIFFERENT}), left)
    assert different.happened == "no port\nAfter the scenario: RuntimeError: the package is still there"
