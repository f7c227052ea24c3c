"""What is said of a failure that is new: every promise that it breaks, the most harmful first, and whom it hits."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from made_runs import altered, answered, made_outcome, made_run

from environment.gherkin.records import ScenarioStep
from environment.modes import Mode
from reports.changes import FIRST_RUN, changes_between
from reports.comparison import compare_runs, endings
from reports.comparison_page import write_comparison_page
from reports.known_defects import Impact, Ledger, load_ledger
from reports.likely_harm import likely_harm
from reports.message_record import IN_SET_UP, read_messages
from reports.new_failures import failures_by_cause, new_failures, no_longer_broken
from reports.outcomes import Ended, Failure, ScenarioOutcome, SentenceOutcome, Status
from reports.pages import Background, write_pages
from reports.requirements import load_requirements
from reports.trace import trace

SEEN, REFUSED = "Ada sees that open query is off", "the outside AWS identity is refused the rows of the table"


def text_of(page: Path) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")).split()))


def step(kind: str, text: str) -> ScenarioStep:
    return ScenarioStep(type=kind, keyword=kind.capitalize(), text=text, written=text, line=3)


def failed(happened: str) -> SentenceOutcome:
    return SentenceOutcome(
        status=Status.FAILED,
        message=f"AssertionError: {happened}",
        in_words=happened,
        failure=Failure(kind="AssertionError", message=happened),
    )


def open_query(mode: Mode, *, seen: bool = False) -> ScenarioOutcome:
    """Open query stays on: in this mode it is seen to be on, or not even that."""
    steps = step("given", "open query is on"), step("when", "Ada turns open query off")
    passed = SentenceOutcome(status=Status.PASSED)
    return made_outcome(
        "With open query off, only catalog users can query its tables",
        mode,
        Status.FAILED,
        tags=("severity:blocker",),
        requirements=("QRY-3",),
        message="AssertionError: open query is on",
        steps=(*steps, step("then", SEEN), step("then", REFUSED)),
        sentences=(
            passed,
            passed,
            passed if seen else failed("it is on"),
            failed("the query was answered with 2 rows"),
        ),
    )


def test_every_broken_promise_is_shown_everywhere_the_most_harmful_first(sample_ledger: Ledger, tmp_path: Path) -> None:
    record = made_run([open_query(Mode.LOCAL, seen=True), open_query(Mode.MULTIUSER)])
    (failure,) = new_failures(record)
    assert [(each.sentence, each.likely_harm) for each in failure.promises] == [
        (REFUSED, Impact.SECURITY),
        (SEEN, Impact.WRONG),
    ]
    line = answered(record, (), (), FIRST_RUN)[1].more[0]
    assert f"is broken: the query was answered with 2 rows; “{SEEN}”: it is on (" in line
    write_pages(tmp_path / "report", record, sample_ledger, Background(trace((), (), record), {}))
    page = text_of(tmp_path / "report" / "index.html")
    card, first = page[page.index("New failures A failure") :], page[page.index("To pass the gate What") :]
    assert "Set up Given open query is on Done When Ada turns open query off" in card
    assert (
        f"Promised Then {REFUSED} Happened the query was answered with 2 rows "
        "The ledger nothing in the ledger looks like it "
        f"Promised Then {SEEN} Happened it is on (in multiuser mode only)"
    ) in card
    assert f"“{REFUSED}”: the query was answered with 2 rows “{SEEN}”: it is on" in first
    passing = [altered(each, status=Status.PASSED, sentences=(), message="") for each in record.scenarios]
    compared = compare_runs(made_run(passing), record)
    said = text_of(write_comparison_page(tmp_path / "compare", compared, sample_ledger))
    assert said.index(f"failed: “{REFUSED}”") < said.index(f"failed: “{SEEN}”")
    assert [each.split(": ")[1] for each in endings(open_query(Mode.MULTIUSER))] == [f"“{REFUSED}”", f"“{SEEN}”"]


def test_the_harm_of_a_new_failure_is_what_is_at_stake_and_for_whom(sample_ledger: Ledger, tmp_path: Path) -> None:
    """From the requirement in full, the words of the sentences and the people in them; the table of harm counts it."""
    record = made_run([open_query(Mode.LOCAL), open_query(Mode.MULTIUSER)])
    requirements = load_requirements()
    write_pages(tmp_path / "report", record, sample_ledger, Background(trace(requirements, (), record), {}))
    passing = [altered(each, status=Status.PASSED, sentences=(), message="") for each in record.scenarios]
    compared = compare_runs(made_run(passing), record)
    write_comparison_page(tmp_path / "compare", compared, sample_ledger, requirements=requirements)
    for place in ("report", "compare"):
        page = text_of(tmp_path / place / "index.html")
        assert "What is at stake Switch open query off: It is off, and an AWS identity from outside is refused." in page
        assert "not rated yet; judging by its sentences, perhaps security : People see or do what they" in page
        assert (
            "Who is hit anyone who works as Ada (an administrator) does, in local and multiuser mode; "
            "perhaps everyone whose data or rights it was to protect, who need not notice"
        ) in page
        assert "not assessed yet" not in page
        row = "new, not yet rated 1 scenario “With open query off, only catalog users can query its tables” is broken"
        assert f"{row} (perhaps security)" in page
    assert "New, perhaps security, in local and multiuser mode: “With open" in page


def test_a_comparison_has_one_entry_for_a_scenario_with_its_modes(sample_ledger: Ledger, tmp_path: Path) -> None:
    record = made_run([open_query(Mode.LOCAL, seen=True), open_query(Mode.MULTIUSER)])
    passing = [altered(each, status=Status.PASSED, sentences=(), message="") for each in record.scenarios]
    compared = compare_runs(made_run(passing), record)
    page = text_of(write_comparison_page(tmp_path, compared, sample_ledger, requirements=load_requirements()))
    begins = page.index("Newly failing: 2 checks")
    changed = page[begins : page.index("What is broken, and how badly?", begins)]
    assert changed.count("With open query off") == 1
    assert "(local and multiuser mode; new) What is at stake Switch open query off: It is off" in changed
    assert changed.count("Before passed") == 1
    assert "After, in local mode failed" in changed and "After, in multiuser mode failed" in changed


def test_the_worst_of_two_failures_of_one_severity_comes_first() -> None:
    other = altered(open_query(Mode.LOCAL), name="Other", steps=(step("then", SEEN),), sentences=(failed("it is on"),))
    record = made_run([other, open_query(Mode.LOCAL)])
    assert [each.worst.likely_harm for each in new_failures(record)] == [Impact.SECURITY, Impact.WRONG]
    minor = altered(open_query(Mode.LOCAL), tags=("severity:minor",))
    assert [each.title for each in new_failures(made_run([minor, other]))] == ["Other", minor.scenario.title]


def test_the_likely_harm_agrees_with_the_ledger_for_most_of_what_it_has_rated() -> None:
    """Data loss and security are always taken for one of the two; a guess may be worse than the rating."""
    ledger, worst = load_ledger(), Impact.worst()
    rated: set[tuple[Impact, Impact | None, str]] = set()
    for sentences in read_messages().values():
        for sentence, (defect, message) in sentences.items():
            kind, _, text = message.partition("\n")[0].partition(": ")
            ended = Ended(
                status=Status.FAILED, message=message, in_words=text, failure=Failure(kind=kind, message=text)
            )
            entry = ledger.entry(defect)
            if entry and sentence != IN_SET_UP:
                rated.add((entry.impact, likely_harm(sentence, ended), sentence))
    missed = [each for each in rated if each[0] in worst and each[1] not in worst]
    assert not missed
    right = sum(rating is guess for rating, guess, _ in rated)
    assert right >= 0.75 * len(rated) > 75, f"{right} of {len(rated)}"


def test_what_could_not_be_judged_has_no_likely_harm() -> None:
    ended = SentenceOutcome(status=Status.BROKEN, message="TypeError: no")
    broken = altered(open_query(Mode.LOCAL), status=Status.BROKEN, steps=(step("then", SEEN),), sentences=(ended,))
    (failure,) = new_failures(made_run([broken]))
    assert failure.worst.likely_harm is None and failure.worst.happened == "TypeError: no"


def test_what_was_known_and_fails_in_another_way_neither_leads_nor_hides_what_is_new() -> None:
    steps = (step("then", "it has exactly this metadata"),)
    lost = altered(open_query(Mode.LOCAL), name="Metadata is merged", tags=("severity:critical",), steps=steps)
    lost = altered(lost, sentences=(failed("metadata fields differ: missing: project"),), methods=("QuiltOps.update",))
    known = made_outcome(
        "An update works",
        Mode.LOCAL,
        Status.DIFFERENT,
        tags=("severity:blocker",),
        defects=("QO-901",),
        message="not iterable",
        methods=("QuiltOps.update",),
    )
    first, second = failures_by_cause(made_run([known, lost]))
    assert (first.failures[0].title, first.likely_harm, first.cause) == ("Metadata is merged", Impact.DATA_LOSS, "")
    assert second.failures[0].title == "An update works"


def test_of_failures_with_one_cause_only_what_most_of_them_promise_is_at_stake() -> None:
    def failing(name: str, *requirements: str) -> ScenarioOutcome:
        return made_outcome(name, Mode.LOCAL, Status.FAILED, requirements=requirements, methods=("QuiltOps.update",))

    passed = made_outcome("It opens", Mode.LOCAL, Status.PASSED)
    those = [
        failing("It is merged", "UPD-4"),
        failing("It is kept", "CREA-12", "UPD-4"),
        failing("It is there", "UPD-4"),
    ]
    (group,) = failures_by_cause(made_run([*those, passed]))
    assert [group.at_stake(each) for each in group.failures] == [("UPD-4",)] * 3
    (alone,) = failures_by_cause(made_run([failing("It is kept", "CREA-12", "UPD-4")]))
    assert alone.at_stake(alone.failures[0]) == ("CREA-12", "UPD-4")


def test_failures_in_which_the_same_came_instead_stand_together_whichever_mode_they_are_of() -> None:
    lost = "AssertionError: missing files: a.csv, b.csv and c.csv"
    methods = ("QuiltOps.update_package_revision",)
    both = [made_outcome(name, Mode.LOCAL, Status.FAILED, message=lost, methods=methods) for name in ("A", "B", "D")]
    passed = made_outcome("P", Mode.LOCAL, Status.PASSED)
    other = made_outcome("C", Mode.MULTIUSER, Status.FAILED, message=lost, methods=("QuiltOps.browse_content",))
    (group,) = failures_by_cause(made_run([*both, other, passed]))
    assert [each.title for each in group.failures] == ["A", "B", "D", "C"]
    assert group.failures[0].hits(group.methods) == "people who add files to packages, in local mode"
    little = [altered(each, message="AssertionError: no") for each in (*both, other)]
    assert [len(each.failures) for each in failures_by_cause(made_run([*little, passed]))] == [3, 1]


def test_a_known_defect_that_something_new_may_hide_is_not_told_as_fixed(sample_ledger: Ledger) -> None:
    gone = made_outcome("It is found once", Mode.LOCAL, Status.GONE, defects=("QO-001",))
    hidden = made_outcome("All are listed", Mode.LOCAL, Status.DIFFERENT, defects=("QO-001",))
    record = made_run([gone, hidden])
    assert record.objection == "1 new failure (of 2 checks)"
    (still,) = no_longer_broken(record)
    assert still.in_words == "holds now, perhaps because something new hides its known defect"
    assert still.step == "look again, once the others are fixed"
    before = made_run([altered(each, status=Status.KNOWN) for each in record.scenarios])
    assert "fixed" not in changes_between(before, record, sample_ledger).sentence.replace("nothing fixed", "")
    really = made_run([gone, altered(hidden, status=Status.PASSED, defects=())])
    assert really.objection == "1 known defect no longer occurs (of 2 checks)"
    assert no_longer_broken(really)[0].step == "take the entries of these off the list of known defects"


def test_a_failure_of_a_timed_scenario_comes_after_others_like_it() -> None:
    quick = made_outcome("A search is quick", Mode.LOCAL, Status.FAILED, requirements=("PERF-1",))
    found = made_outcome("A search finds all", Mode.LOCAL, Status.FAILED)
    assert [each.title for each in new_failures(made_run([quick, found]))] == [
        "A search finds all",
        "A search is quick",
    ]


def test_a_part_that_is_not_accepted_says_no_and_how_little_ran() -> None:
    record = made_run([made_outcome("It opens", Mode.LOCAL, Status.FAILED)]).model_copy(
        update={"chosen": ("features/a.feature",)}
    )
    found = answered(record, (), (), FIRST_RUN, left_out=9)
    assert found[0].text.startswith("No, and only 1 of 10 checks ran. Not accepted: ")


def test_what_changed_names_each_problem_once_by_the_scenario_that_speaks_for_it() -> None:
    browse, search = "QuiltOps.browse_content", "QuiltOps.search_packages"
    passing = [made_outcome(f"Finds {number}", Mode.LOCAL, Status.PASSED, methods=(search,)) for number in range(8)]
    shown, message = ("It shows all", "It shows names", "It opens"), "AssertionError: files differ: missing: a.csv"
    worked = [made_outcome(title, Mode.LOCAL, Status.PASSED, methods=(browse,)) for title in shown]
    broken = [made_outcome(title, Mode.LOCAL, Status.FAILED, methods=(browse,), message=message) for title in shown]
    before, after = made_run([*passing, *worked]), made_run([*passing, *broken])
    worse = answered(after, (), (), changes_between(before, after, load_ledger()))[2].more[0]
    assert worse == "Worse (no longer true): “It shows all” and with it 2 more scenarios."
    better = answered(before, (), (), changes_between(after, before, load_ledger()))[2].more[0]
    assert better == "Better (now true): “It opens”; “It shows all”; and 1 more."
