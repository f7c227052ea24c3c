"""What new failures share: causes that the report guesses, and the failures that it puts together."""

from __future__ import annotations

from made_runs import made_outcome, made_run

from environment.gherkin.records import ScenarioStep
from environment.modes import Mode
from reports.likely_causes import causes_sentence, likely_causes
from reports.new_failures import grouped_by_cause, new_failures
from reports.outcomes import ScenarioOutcome, SentenceOutcome, Status

BROWSE, LINK = "QuiltOps.browse_content", "QuiltOps.get_content_url"
SEARCH, ROLE = "QuiltOps.search_packages", "AdminOps.set_user_role"


def outcome(status: Status, *methods: str, title: str = "s", mode: Mode = Mode.LOCAL) -> ScenarioOutcome:
    return made_outcome(title, mode, status, methods=methods)


def said(*scenarios: ScenarioOutcome) -> str:
    return causes_sentence(likely_causes(scenarios))


def test_what_new_failures_have_in_common_is_said_if_nothing_that_calls_it_passes() -> None:
    failed = outcome(Status.FAILED, BROWSE, LINK), outcome(Status.DIFFERENT, BROWSE), outcome(Status.FAILED, BROWSE)
    passed = outcome(Status.PASSED, SEARCH)
    assert said(*failed, passed) == (
        "Perhaps one cause: all 3 new failures in local mode are of people who browse packages "
        "(QuiltOps.browse_content), and no check that calls it passes there."
    )
    assert said(*failed) == "", "nothing that passes sets them apart"
    assert said(*failed, outcome(Status.PASSED, BROWSE)) == ""
    assert said(*failed[:2], passed) == "", "what two share may be chance"
    assert said(*failed[:2], outcome(Status.BROKEN, BROWSE), passed) == "", "what was not judged points to nothing"


def test_causes_are_guessed_from_what_failures_call_far_oftener_than_what_passes() -> None:
    passed = [*(outcome(Status.PASSED, SEARCH) for _ in range(8)), outcome(Status.PASSED, BROWSE)]
    failed = [outcome(Status.FAILED, BROWSE, SEARCH) for _ in range(3)]
    assert said(*passed, *failed) == (
        "Perhaps one cause: all 3 new failures in local mode are of people who browse packages "
        "(QuiltOps.browse_content)."
    )
    others = [outcome(Status.FAILED, ROLE) for _ in range(3)]
    assert said(*passed, outcome(Status.PASSED, ROLE), *failed, *others) == (
        "Perhaps 2 causes: 3 of the 6 new failures in local mode are of people who browse packages "
        "(QuiltOps.browse_content); 3 of the 6 new failures in local mode are of people who change a user's role "
        "(AdminOps.set_user_role)."
    )
    assert said(*passed, failed[0]) == ""
    assert said(*passed, *(outcome(Status.FAILED, SEARCH) for _ in range(3))) == ""


def test_what_is_done_through_the_mcp_server_counts_as_the_method_behind_it() -> None:
    passed = [outcome(Status.PASSED, SEARCH, title=f"p{number}") for number in range(8)]
    failed = [outcome(Status.FAILED, BROWSE, title=f"f{number}") for number in range(2)]
    served = outcome(Status.FAILED, "MCP.browse_content", title="served")
    [cause] = likely_causes([*passed, outcome(Status.PASSED, BROWSE, title="p9"), *failed, served])
    assert (cause.methods, len(cause.failures)) == ((BROWSE,), 3)


def test_what_failures_of_different_kinds_call_alike_is_not_called_a_cause() -> None:
    passed = [*(outcome(Status.PASSED, SEARCH) for _ in range(8)), outcome(Status.PASSED, BROWSE)]
    failed = [
        outcome(Status.FAILED, BROWSE, title=title).model_copy(update={"message": message})
        for title, message in (("a", "it has 2 files"), ("b", 'it has 3 files of "soil"'), ("c", "the link is wrong"))
    ]
    assert said(*passed, *failed) == (
        "All 3 new failures in local mode are of people who browse packages (QuiltOps.browse_content)."
    )
    assert said(*passed, *failed[:1] * 3).startswith("Perhaps one cause: all 3 ")
    groups = [
        grouped_by_cause(new_failures(made_run(those)), likely_causes([*passed, *those]))
        for those in (failed, failed[:1])
    ]
    assert [[each.fails_alike for each in group] for group in groups] == [[False], [False]]


def test_what_fails_in_the_other_mode_counts_for_that_one() -> None:
    """A scenario of local mode that also acts in multiuser mode, and fails there."""
    text = "Dana in the other mode can see every file"
    step = ScenarioStep(type="then", keyword="Then", text=text, written=text, line=3)
    crossing = outcome(Status.FAILED, BROWSE, title="It is seen from both").model_copy(
        update={"sentences": (SentenceOutcome(status=Status.FAILED, message="no file"),)}
    )
    crossing = crossing.model_copy(update={"scenario": crossing.scenario.model_copy(update={"steps": (step,)})})
    own = outcome(Status.FAILED, BROWSE, mode=Mode.MULTIUSER)

    assert (crossing.mode_at_fault, own.mode_at_fault) == (Mode.MULTIUSER, Mode.MULTIUSER)
    own = own.model_copy(update={"message": "no file"})
    passed = outcome(Status.PASSED, SEARCH, mode=Mode.MULTIUSER)
    assert said(crossing, own, own, passed).startswith(
        "Perhaps one cause: all 3 new failures in multiuser mode are of people who "
    )
    assert new_failures(made_run([crossing]))[0].modes == "multiuser mode"


def test_failures_with_perhaps_one_cause_stand_together_where_the_most_severe_of_them_would() -> None:
    def failing(title: str, severity: str, *methods: str, mode: Mode = Mode.LOCAL) -> ScenarioOutcome:
        return made_outcome(title, mode, Status.FAILED, methods=methods, tags=(f"severity:{severity}",))

    passed = [outcome(Status.PASSED, BROWSE, title="passed"), *(outcome(Status.PASSED, title="p") for _ in range(9))]
    record = made_run(
        [
            failing("It lists", "minor", BROWSE),
            failing("It opens", "blocker", BROWSE),
            failing("It reads", "normal", BROWSE),
            failing("It is alone", "critical", LINK),
            failing("It is elsewhere", "normal", BROWSE, mode=Mode.MULTIUSER),
            *passed,
        ]
    )
    groups = grouped_by_cause(new_failures(record), likely_causes(record.scenarios))
    assert [([each.title for each in group.failures], bool(group.cause)) for group in groups] == [
        (["It opens", "It reads", "It lists"], True),
        (["It is alone"], False),
        (["It is elsewhere"], False),
    ]
