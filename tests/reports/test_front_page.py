"""What the front page says of a run: what its gate lets pass, what it does not tell, and two lists of what to fix."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from made_runs import altered, answered, made_outcome, made_run
from sample_runs import SAMPLE

from environment.gherkin.records import ScenarioStep
from environment.modes import Mode
from reports.answers import Mark
from reports.capabilities import Standing, capability_rows
from reports.changes import FIRST_RUN, changes_between
from reports.fitness import NotMet, by_harm, journeys, met_sentence, tolerated
from reports.gate import Gate
from reports.known_defects import Impact, Ledger
from reports.living_documentation import documented_features
from reports.new_failures import new_failures
from reports.not_run import not_run, not_run_sentence
from reports.outcomes import Failure, RunRecord, ScenarioOutcome, SentenceOutcome, Status
from reports.pages import Background, write_pages
from reports.run_history import TrendPoint, remember_run
from reports.run_history import trend as kept_trend
from reports.trace import trace


@pytest.fixture
def ledger(sample_ledger: Ledger) -> Ledger:
    """Of one defect for each of three kinds of harm."""
    kinds = {"QO-901": Impact.DATA_LOSS, "QO-902": Impact.SECURITY, "QO-903": Impact.COSMETIC}
    entry = sample_ledger.entries[0]
    return Ledger(
        tuple(entry.model_copy(update={"id": name, "impact": impact}) for name, impact in kinds.items()),
        sample_ledger.path,
    )


def known(name: str, defect: str, severity: str = "critical", mode: Mode = Mode.LOCAL, *tags: str):
    return made_outcome(name, mode, Status.KNOWN, defects=(defect,), tags=(f"severity:{severity}", *tags))


FAILED = made_outcome("It opens", Mode.LOCAL, Status.FAILED, tags=("severity:minor",), message="it did not open")


def text_of(page: Path) -> str:
    inline = re.sub(r'<span class="id">([^<]+)</span>', r"\1", page.read_text(encoding="utf-8"))
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", inline).split()))


def front_page(record: RunRecord, ledger: Ledger, folder: Path, background: Background | None = None) -> str:
    write_pages(folder, record, ledger, background or Background(trace((), (), record), {}))
    return text_of(folder / "index.html")


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        (Gate.REGRESSIONS, "It tolerates 3 known defects: 1 of data loss and 1 of security."),
        (Gate.BLOCKERS, "It tolerates 2 known defects: 1 of security."),
        (Gate.EVERYTHING, ""),
    ],
)
def test_the_gate_says_how_much_harm_it_tolerates(ledger: Ledger, gate: Gate, words: str) -> None:
    scenarios = known("A", "QO-901", "blocker"), known("B", "QO-902"), known("C", "QO-903")
    record = made_run(scenarios).model_copy(update={"gate": gate})
    harms = by_harm(record, ledger)
    assert tolerated(record, harms) == words
    first = answered(record, harms, (), FIRST_RUN)[0]
    assert first.text.endswith("1 loses data and 1 is a security hole.") == record.accepted
    assert first.shown == len(first.more)
    refused = made_run([*scenarios, FAILED]).model_copy(update={"gate": gate})
    first = answered(refused, by_harm(refused, ledger), (), FIRST_RUN)[0]
    assert any(words and words in line for line in first.more) == bool(words)


def test_an_accepted_run_says_at_once_what_it_tolerates_and_what_the_next_gate_would_say(ledger: Ledger) -> None:
    record = made_run([known("A", "QO-901"), known("B", "QO-902"), known("C", "QO-903")])
    found = answered(record, by_harm(record, ledger), (), FIRST_RUN)[0]
    assert found.text.endswith(" Of 3 known defects 1 loses data and 1 is a security hole.")
    assert found.more[0] == "Fit to release? The gate “blockers” would accept it, too."
    harmless = made_run([known("C", "QO-903")])
    first = answered(harmless, by_harm(harmless, ledger), (), FIRST_RUN)[0]
    assert first.text.endswith("hole. Not checked by this run: 1 of data loss and 1 of security.")


def test_behind_blocker_checks_that_fail_stands_how_bad_their_defects_are(ledger: Ledger) -> None:
    both = made_outcome("C", Mode.LOCAL, Status.KNOWN, defects=("QO-903", "QO-902"), tags=("severity:blocker",))
    record = made_run([known("A", "QO-903", "blocker"), known("B", "QO-901"), both])
    line = answered(record, by_harm(record, ledger), (), FIRST_RUN)[1].more[0]
    assert "seen by this run: 1 loses data, 1 is a security hole, 1 is cosmetic. Behind the 2 " in line
    assert line.endswith("that known defects fail, at worst: 1 security, 1 cosmetic.")


def test_the_gate_says_what_harm_was_not_checked(ledger: Ledger) -> None:
    record = made_run((known("C", "QO-903"),))
    words = tolerated(record, by_harm(record, ledger))
    assert words.endswith(": none of data loss or security. Not checked by this run: 1 of data loss and 1 of security.")


def test_what_did_not_run_is_counted_by_the_tag_that_keeps_it_out(run_record: RunRecord, tmp_path: Path) -> None:
    feature = tmp_path / "features" / "a.feature"
    feature.parent.mkdir()
    feature.write_text("Feature: A\n  @large @slow\n  Scenario: Heavy\n    When x\n\n  Scenario: Light\n    When x\n")
    found = not_run(documented_features((), (feature.parent,), tmp_path))
    assert {reason: len(those) for reason, those in found.items()} == {"large": 2, "not selected": 2}
    assert not_run_sentence(found) == "Not run: 4 checks (2 large, 2 not selected)."
    assert not_run_sentence({"slow": found["large"]}) == (
        "Not run: 2 checks (2 slow); “acceptance run --everything” runs them."
    )
    whole = not_run(documented_features(run_record.scenarios, (SAMPLE / "features",), SAMPLE))
    assert not_run_sentence(whole) == ""


def test_the_front_page_says_what_did_not_run_and_that_nothing_was_validated_live(
    sample_ledger: Ledger, run_record: RunRecord, tmp_path: Path
) -> None:
    ran = run_record.scenarios[2:]
    record = run_record.model_copy(update={"scenarios": ran})
    documented = documented_features(ran, (SAMPLE / "features",), SAMPLE)
    text = front_page(record, sample_ledger, tmp_path, Background(trace((), (), record), {}, documented=documented))
    head = text[: text.index("What is broken, and how badly?", text.index("Can we ship?"))]
    assert "Not run: 2 checks (2 not selected)." in head
    assert "None of these checks has been confirmed on a real Quilt stack." in head


def test_what_the_gate_asks_for_and_what_users_need_are_two_lists(ledger: Ledger, tmp_path: Path) -> None:
    record = made_run([FAILED, known("A", "QO-901"), known("C", "QO-903")])
    text = front_page(record, ledger, tmp_path)
    lists = text[text.rindex("What to fix first?") :]
    gate, users = lists[: lists.index("To protect users")], lists[lists.index("To protect users") :]
    assert "It opens" in gate and "QO-9" not in gate
    assert users.index("data loss") < users.index("cosmetic") and "It opens" not in users
    assert (
        "To pass the gate, keep the promise: “It opens”. "
        "To protect users: Search cares for capitals (data loss, QO-901), which hits " in text
    )


def test_an_accepted_run_that_is_worse_than_the_one_before_says_so(ledger: Ledger, tmp_path: Path) -> None:
    before = made_run([altered(known("A", "QO-901"), status=Status.PASSED, defects=(), message="")])
    changes = changes_between(before, made_run([known("A", "QO-901")]), ledger)
    found = answered(changes.comparison.after, by_harm(changes.comparison.after, ledger), (), changes)
    assert (found[0].mark, found[2].mark) == (Mark.KNOWN, Mark.KNOWN)
    assert found[0].more[1].startswith("It is worse than the run before")
    assert found[2].more == (
        "Worse (no longer true): “Search cares for capitals”.",
        "Checks that fail: 0 before, 1 now.",
        "The product is the same in both, so that the checks or what surrounds them have changed.",
        "The known defects by which checks newly fail: 1 data loss.",
    )
    better = changes_between(changes.comparison.after, before, ledger)
    assert "It is worse" not in str(answered(before, by_harm(before, ledger), (), better)[0])


def test_known_defects_that_the_gate_counts_are_in_both_lists(ledger: Ledger, tmp_path: Path) -> None:
    record = made_run([known("A", "QO-901", "blocker"), known("B", "QO-902")])
    text = front_page(record.model_copy(update={"gate": Gate.BLOCKERS}), ledger, tmp_path)
    gate = text[text.rindex("To pass the gate") : text.rindex("To protect users")]
    assert "QO-901" in gate and "QO-902" not in gate


def test_a_failure_that_is_not_a_known_defect_shows_its_sentence_with_its_table_and_what_came_instead(
    ledger: Ledger, tmp_path: Path
) -> None:
    step = ScenarioStep(
        type="when",
        keyword="When",
        text="Dana publishes from these entries:",
        written="Dana publishes from these entries:",
        line=3,
        table=(("entry",), ("s3://b/a.csv",)),
    )
    failure = Failure(kind="BackendError", message="no attribute 'walk'\nmore")
    ended = SentenceOutcome(status=Status.FAILED, message="OperationFailed: no", failure=failure)
    one = altered(FAILED, steps=(step,), sentences=(ended,))
    (found,) = new_failures(made_run([one]))
    assert found.worst.as_written == "When Dana publishes from these entries:\n  | entry        |\n  | s3://b/a.csv |"
    assert found.worst.happened == "an error came instead: no attribute 'walk' (BackendError)"
    assert (
        "not rated yet; judging by its sentences, perhaps cannot do it : What was promised cannot be done"
        in front_page(made_run([one]), ledger, tmp_path)
    )


def test_a_failure_says_what_was_done_before_it(ledger: Ledger, tmp_path: Path) -> None:
    done, asked, promised = (
        ScenarioStep(type=kind, keyword=keyword, text=text, written=text, line=3)
        for kind, keyword, text in (
            ("when", "When", "Dana deletes the package"),
            ("then", "Then", "it is gone"),
            ("then", "And", "the other is still there"),
        )
    )
    held = SentenceOutcome(status=Status.PASSED)
    ended = SentenceOutcome(
        status=Status.FAILED, message="gone, too", failure=Failure(kind="AssertionError", message="gone, too")
    )
    record = made_run([altered(FAILED, steps=(done, asked, promised), sentences=(held, held, ended))])
    (found,) = new_failures(record)
    assert (found.done, found.worst.as_written) == ("When Dana deletes the package", "Then the other is still there")
    card = front_page(record, ledger, tmp_path)
    assert card.index("Promised Then the other") < card.index("Done When Dana deletes the package")


def test_what_did_not_run_stays_in_sight(
    ledger: Ledger, sample_ledger: Ledger, run_record: RunRecord, tmp_path: Path
) -> None:
    """A journey and a capability that a run of a part left out, and the worst defects that it did not look for."""
    feature = tmp_path / "features" / "journeys" / "a.feature"
    feature.parent.mkdir(parents=True)
    feature.write_text("Feature: A\n  @journey\n  Scenario: Dana shares a package\n    When x\n")
    walked = known("Dana walks", "QO-903", "critical", Mode.LOCAL, "journey")
    record = made_run([walked])
    documented = documented_features((), (tmp_path / "features",), tmp_path)
    background = Background(trace((), (), record), {}, documented=documented)
    text = front_page(record, ledger, tmp_path / "report", background)
    assert "Broken because of known defects: “Dana walks” in local mode (cosmetic: QO-903)." in text
    assert "Not run: “Dana shares a package”." in text
    assert "Dana shares a package A \u2013 not run \u2013 not run" in text
    unseen = front_page(made_run([known("C", "QO-903")]), ledger, tmp_path / "without", background)
    assert "Journeys \u2013 not run \u2013 not run" in unseen and "No journey ran. What to fix first?" in unseen
    first = (
        "Not checked by this run: Search cares for capitals (data loss, QO-901), and 1 more of data loss or security."
    )
    assert first in text
    assert "Not checked by this run Known defects of data loss and security whose checks did not run" in text


@pytest.mark.parametrize(
    ("scenarios", "mark"),
    [
        ((made_outcome("A", Mode.LOCAL, Status.PASSED),), Mark.GOOD),
        ((known("A", "QO-903"),), Mark.KNOWN),
        ((FAILED, known("A", "QO-903")), Mark.BAD),
    ],
)
def test_only_a_run_without_any_failure_is_marked_as_good(
    ledger: Ledger, scenarios: tuple[ScenarioOutcome, ...], mark: Mark
) -> None:
    record = made_run(scenarios)
    assert answered(record, by_harm(record, ledger), (), FIRST_RUN)[0].mark is mark


def test_a_product_that_is_not_the_released_one_says_where_it_came_from(
    ledger: Ledger, run_record: RunRecord, tmp_path: Path
) -> None:
    record = run_record.model_copy(update={"product_source": "/home/dana/quilt-mcp"})
    said = front_page(record, ledger, tmp_path / "a").replace("/ ", "/")
    assert "This is the copy in /home/dana/quilt-mcp , not the published version." in said
    assert "This is the copy" not in front_page(run_record, ledger, tmp_path / "b")


def test_each_page_says_which_revision_of_the_suite_judged(
    ledger: Ledger, run_record: RunRecord, tmp_path: Path
) -> None:
    record = run_record.model_copy(update={"suite_revision": "1a2b3c4d5e6f on main"})
    assert "judged by the suite's revision 1a2b3c4d5e6f on main" in front_page(record, ledger, tmp_path / "a")
    unknown = run_record.model_copy(update={"suite_revision": ""})
    assert "the suite's revision" not in front_page(unknown, ledger, tmp_path / "b")


def test_the_map_counts_as_journeys_what_the_board_counts(ledger: Ledger) -> None:
    here = {"feature_path": "features/journeys/both.feature", "feature": "Both"}
    walked = made_outcome("Walked", Mode.LOCAL, Status.PASSED, tags=("journey",), **here)
    other = made_outcome("Other", Mode.LOCAL, Status.PASSED, **here)
    record = made_run([walked, other])
    rows = {each.name: each for each in capability_rows(record.scenarios)}
    counted = rows["Journeys"].modes[Mode.LOCAL]
    assert counted is not None
    assert counted["passed"] == len(journeys(record, ledger)) == 1
    assert rows["Other checks of journey features"].heading == "Journeys"


def test_a_defect_of_the_other_mode_says_so_on_the_board(ledger: Ledger, tmp_path: Path) -> None:
    entries = tuple(each.model_copy(update={"modes": (Mode.LOCAL,)}) for each in ledger.entries)
    there = known("Walk", "QO-901", "critical", Mode.MULTIUSER, "journey")
    text = front_page(made_run([there]), Ledger(entries, ledger.path), tmp_path / "there")
    assert "a defect of local mode, through which this journey goes, too" in text
    here = known("Walk", "QO-901", "critical", Mode.LOCAL, "journey")
    assert "goes, too" not in front_page(made_run([here]), Ledger(entries, ledger.path), tmp_path / "here")


def test_a_known_defect_that_was_not_met_says_why(sample_ledger: Ledger, run_record: RunRecord, tmp_path: Path) -> None:
    why = {each.entry.id: each.not_met for each in by_harm(run_record, sample_ledger)}
    assert why["QO-001"] is None
    assert why["QO-003"] is NotMet.GONE
    assert why["QO-004"] is NotMet.OTHERWISE
    alone = run_record.model_copy(update={"scenarios": run_record.scenarios[:1]})
    assert NotMet.NOT_RUN in {each.not_met for each in by_harm(alone, sample_ledger)}
    met = met_sentence(by_harm(run_record, sample_ledger))
    assert met.startswith("This run saw 5 of 7 known defects; not seen: 1 whose checks fail in another way, too, 1 no ")
    assert met in front_page(run_record, sample_ledger, tmp_path)


def test_small_harm_in_a_check_that_matters_is_explained(ledger: Ledger, tmp_path: Path) -> None:
    text = front_page(made_run([known("C", "QO-903")]), ledger, tmp_path)
    assert "Severity belongs to a check" in text and "Harm belongs to a defect" in text
    assert "most severe check: critical, though its own harm is small" in text


def test_the_map_shows_how_each_capability_stood_in_the_last_whole_runs(ledger: Ledger, tmp_path: Path) -> None:
    there = made_outcome("It opens", Mode.MULTIUSER, Status.PASSED)
    points: list[TrendPoint] = []
    for scenarios in ([FAILED], [known("It opens", "QO-901")], [made_outcome("It opens", Mode.LOCAL, Status.PASSED)]):
        record = made_run([*scenarios, there])
        remember_run(tmp_path / "history", record)
        points = kept_trend(tmp_path / "history")
    assert [list(each.capabilities.values()) for each in points] == [
        [Standing.FAILED],
        [Standing.KNOWN],
        [Standing.PASSED],
    ]
    text = front_page(record, ledger, tmp_path, Background(trace((), (), record), {}, trend=points))
    assert "Last 3 whole runs" in text
    assert "✗ ▲ ✓" in text[text.index("Last 3 whole runs") :]
    alone = front_page(record, ledger, tmp_path, Background(trace((), (), record), {}, trend=points[-1:]))
    assert "whole runs" not in alone[alone.index("By capability") : alone.index("What changed?", alone.index("By cap"))]


def test_a_journey_that_newly_breaks_says_so_before_the_defects_that_are_known(ledger: Ledger, tmp_path: Path) -> None:
    """The first screen also says how many journeys worked before, and that a stricter gate would refuse the run."""
    journey = known("Dana walks", "QO-903", "blocker", Mode.LOCAL, "journey")
    tags, message = ("severity:blocker", "journey"), "AssertionError: files differ: missing: a.csv"
    other = made_outcome("Dana walks", Mode.MULTIUSER, Status.FAILED, tags=tags, message=message)
    walked = journeys(made_run([journey, other]), ledger)
    found = answered(made_run([journey, other]), (), walked, "")
    assert found[3].more == (
        "“Dana walks” newly breaks in multiuser mode: files differ: missing: a.csv; known in local mode: QO-903.",
    )
    accepted = answered(made_run([journey]), (), walked, "")[0].text
    assert accepted.startswith("No, though nothing is worse than already known. No new failures, so the gate ")
    assert "Not fit to release: 1 of 1 blocker checks fail" in accepted
    worked = made_outcome("Dana walks", Mode.MULTIUSER, Status.PASSED, tags=tags)
    changes = changes_between(made_run([journey, worked]), made_run([journey, other]), ledger)
    assert changes.fitness == (
        "Checks that fail: 1 before, 2 now. Journeys that work: 1 before, 0 now in multiuser mode."
    )


def test_the_answer_about_journeys_says_what_they_do_not_go_through(ledger: Ledger) -> None:
    walked = known("Dana walks", "QO-903", "blocker", Mode.LOCAL, "journey")
    record = made_run([walked, FAILED])
    found = answered(record, (), journeys(record, ledger), FIRST_RUN)[3]
    assert found.text.startswith("Journeys that work: 0 of 1 in local mode. None goes through the MCP server that ")
    assert found.more[0] == "The new failures touch no journey."
    asked = ScenarioStep(type="when", keyword="When", text="Dana asks the MCP server", written="", line=3)
    ended = SentenceOutcome(status=Status.PASSED)
    through = altered(walked, status=Status.FAILED, steps=(asked,), sentences=(ended,))
    record = made_run([through])
    found = answered(record, (), journeys(record, ledger), FIRST_RUN)[3]
    assert "MCP server" not in found.text and "newly fails" not in str(found.more)


def test_new_failures_are_said_by_likely_cause_in_the_words_of_their_scenarios(ledger: Ledger) -> None:
    """What fails otherwise than known is not called new, and both messages are there to be compared."""
    blocker = ("severity:blocker",)
    failed = [
        made_outcome(
            title, Mode.LOCAL, Status.FAILED, methods=("QuiltOps.browse_content",), tags=blocker, message="no file"
        )
        for title in ("It opens", "It lists", "It reads")
    ]
    message = (
        "QO-901 fails differently than the ledger says.\n"
        "The ledger says: AssertionError matching 'gives \\S+ files' in the scenario\n"
        "What happened in the scenario: gives none"
    )
    other = made_outcome(
        "It counts", Mode.LOCAL, Status.DIFFERENT, defects=("QO-901",), message=message, happened="gives none"
    )
    record = made_run([*failed, other, made_outcome("It asks", Mode.LOCAL, Status.PASSED)])
    harms = by_harm(record, ledger)

    found = answered(record, harms, (), FIRST_RUN)

    assert found[1].more[:2] == (
        "New, perhaps wrong result, for people who browse packages, in local mode: “It opens” is broken: no file. "
        "Perhaps the same cause behind 2 more scenarios.",
        "In another way than the known defect QO-901, perhaps wrong result, in local mode: "
        "“It counts” is broken: gives none.",
    )
    assert found[4].text == (
        "To pass the gate, keep the promise to people who browse packages: “It opens”, and with it perhaps 2 more "
        "scenarios; then keep the promise: “It counts”."
    )
    assert new_failures(record)[-1].worst.known_as == "'gives … files' in the scenario"


def test_numbers_of_failing_checks_add_up(ledger: Ledger) -> None:
    before = made_run([known("A", "QO-901")])
    worse = altered(known("A", "QO-901"), status=Status.FAILED, defects=(), message="lost")
    assert changes_between(before, made_run([worse]), ledger).fitness == (
        "Checks that fail: 1 before, 1 now. One of the newly failing failed before, too, by a known defect, "
        "and fails in another way now."
    )
