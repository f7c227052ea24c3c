"""What works, how badly the rest is broken, and what to fix first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from made_runs import altered, made_outcome, made_run

from environment.gherkin.records import ScenarioStep
from environment.modes import Mode
from reports.fitness import NotMet, by_harm, first_to_fix, fitness, journeys, journeys_sentence, tiles
from reports.known_defects import Impact, Ledger
from reports.new_failures import new_failures, no_longer_broken
from reports.outcomes import RunRecord, ScenarioOutcome, SentenceOutcome, Status
from reports.pages import Background, write_pages
from reports.trace import trace


def ended(outcome: ScenarioOutcome, as_: Status, *defects: str) -> ScenarioOutcome:
    return outcome.model_copy(update={"status": as_, "defects": defects})


def of(record: RunRecord, *scenarios: ScenarioOutcome) -> RunRecord:
    return record.model_copy(update={"scenarios": scenarios})


def test_a_tile_counts_what_was_judged_and_what_fails(run_record: RunRecord) -> None:
    one = run_record.scenarios[0]
    made = {
        (severity, mode): altered(one, tags=(f"severity:{severity}",), mode=mode)
        for severity in ("minor", "blocker")
        for mode in Mode
    }
    record = of(
        run_record,
        ended(made["blocker", Mode.LOCAL], Status.PASSED),
        ended(made["blocker", Mode.LOCAL], Status.KNOWN, "QO-001"),
        ended(made["blocker", Mode.LOCAL], Status.FAILED),
        ended(made["blocker", Mode.LOCAL], Status.SKIPPED),
        ended(made["blocker", Mode.LOCAL], Status.BROKEN),
        ended(made["minor", Mode.MULTIUSER], Status.PASSED),
    )

    rows = [[(each.severity, each.mode, each.judged, each.failing) for each in row] for row in tiles(record)]

    assert rows == [
        [("blocker", Mode.LOCAL, 3, 2), ("blocker", Mode.MULTIUSER, 0, 0)],
        [("minor", Mode.LOCAL, 0, 0), ("minor", Mode.MULTIUSER, 1, 0)],
    ]


def test_a_journey_that_fails_says_where_and_why(run_record: RunRecord, sample_ledger: Ledger) -> None:
    entry = sample_ledger.entries[0]
    failing = next(
        each for each in run_record.scenarios if any(end.status is not Status.PASSED for _, end in each.judged)
    )
    walked = ended(altered(failing, tags=("journey",), mode=Mode.LOCAL), Status.KNOWN, entry.id)
    well = ended(altered(failing, tags=("journey",), mode=Mode.MULTIUSER), Status.PASSED)

    (journey,) = journeys(of(run_record, walked, well), sample_ledger)

    first = next(step.full_text for step, end in walked.judged if end.status is not Status.PASSED)
    ending = journey.endings[Mode.LOCAL]
    assert (ending.works, ending.sentence, ending.defects) == (False, first, (entry,))
    assert journey.endings[Mode.MULTIUSER].works
    assert fitness(of(run_record, walked, well), sample_ledger) == (
        "Journeys that work: 0 of 1 in local mode, 1 of 1 in multiuser mode. 1 of 2 normal checks fail."
    )


def test_a_flaky_journey_works_in_this_run_only(run_record: RunRecord, sample_ledger: Ledger) -> None:
    well = ended(altered(run_record.scenarios[0], tags=("journey",), mode=Mode.LOCAL), Status.PASSED)
    said = journeys_sentence(journeys(of(run_record, well), sample_ledger, {well.nodeid}))
    assert said == "Journeys that work: 1 of 1 in local mode (1 flaky)."


def test_a_journey_that_was_made_again_counts_as_it_ended_at_its_worst(
    run_record: RunRecord, sample_ledger: Ledger
) -> None:
    well = ended(altered(run_record.scenarios[0], tags=("journey",), mode=Mode.LOCAL), Status.PASSED)
    for order in ((well, ended(well, Status.FAILED)), (ended(well, Status.FAILED), well)):
        assert not journeys(of(run_record, *order), sample_ledger)[0].endings[Mode.LOCAL].works


def test_nothing_judged_is_no_fitness(run_record: RunRecord, sample_ledger: Ledger) -> None:
    skipped = ended(run_record.scenarios[0], Status.SKIPPED)
    assert fitness(of(run_record, skipped), sample_ledger) == "Nothing was judged."


def test_the_most_harmful_comes_first_then_the_most_severe_then_the_widest(
    run_record: RunRecord, sample_ledger: Ledger
) -> None:
    one, entry = run_record.scenarios[0], sample_ledger.entries[0]
    impacts = {
        "QO-901": Impact.COSMETIC,
        "QO-902": Impact.WRONG,
        "QO-903": Impact.WRONG,
        "QO-904": Impact.DATA_LOSS,
        "QO-905": Impact.WRONG,
        "QO-906": Impact.SECURITY,
    }
    entries = tuple(entry.model_copy(update={"id": id_, "impact": each}) for id_, each in impacts.items())
    ledger = Ledger(entries, sample_ledger.path)
    minor, blocker = (altered(one, tags=(f"severity:{each}",)) for each in ("minor", "blocker"))
    record = of(
        run_record,
        ended(blocker, Status.KNOWN, "QO-901"),
        ended(minor, Status.KNOWN, "QO-902"),
        ended(minor, Status.KNOWN, "QO-903", "QO-904"),
        ended(altered(minor, name="Another"), Status.KNOWN, "QO-903"),
        ended(blocker, Status.KNOWN, "QO-905"),
    )

    harms = by_harm(record, ledger)

    assert [each.entry.id for each in harms] == ["QO-904", "QO-906", "QO-905", "QO-903", "QO-902", "QO-901"]
    assert [each.entry.id for each in first_to_fix(harms)] == ["QO-904", "QO-905", "QO-903", "QO-902", "QO-901"]
    assert harms[3].why == f"hits {entry.affects}; fails 2 scenarios"


def test_a_known_defect_that_no_longer_occurs_is_nothing_to_fix(run_record: RunRecord) -> None:
    one = altered(run_record.scenarios[0], sentences=())
    record = of(run_record, ended(one, Status.GONE, "QO-001"))
    (tile,) = [tile for row in tiles(record) for tile in row if tile.judged]
    assert (tile.failing, tile.new) == (0, 0)
    assert new_failures(record) == []
    assert [each.first for each in no_longer_broken(record)] == list(record.scenarios)


def test_first_comes_what_hits_everyone_not_what_fails_most_rows(sample_ledger: Ledger, tmp_path: Path) -> None:
    """Of one harm and severity: the journey, then everyone, then more scenarios; rows and modes do not count."""
    entry = sample_ledger.entries[0].model_copy(update={"impact": Impact.CANNOT})
    affects = {"QO-901": "anyone who searches", "QO-902": "anyone who reads", "QO-903": "everyone who searches"}
    entries = [entry.model_copy(update={"id": name, "affects": each}) for name, each in affects.items()]
    more = [entry.model_copy(update={"id": f"QO-9{number}", "affects": "anyone who asks"}) for number in range(10, 20)]
    tags = ("severity:critical",)

    def met(name: str, defect: str, **fields: Any) -> ScenarioOutcome:
        return made_outcome(name, Mode.LOCAL, Status.KNOWN, defects=(defect,), **{"tags": tags, **fields})

    rows = [met("Rows", "QO-901", example={"row": str(number)}) for number in range(5)]
    record = made_run(
        [
            *rows,
            met("One", "QO-902"),
            met("Two", "QO-902"),
            met("All", "QO-903"),
            met("Walk", "QO-910", tags=(*tags, "journey")),
            *(met(each.id, each.id) for each in more[1:]),
        ]
    )
    ledger = Ledger((*entries, *more), sample_ledger.path)
    harms = by_harm(record, ledger)
    assert [each.entry.id for each in harms[:4]] == ["QO-910", "QO-903", "QO-902", "QO-901"]
    assert [each.scenarios for each in harms[:4]] == [1, 1, 2, 1]
    write_pages(tmp_path, record, ledger, Background(trace((), (), record), {}))
    assert "These are 10 of 13; 3 more are under" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_defect_that_holds_here_and_fails_in_another_way_there_is_not_gone(sample_ledger: Ledger) -> None:
    name = sample_ledger.entries[0].claims[0].scenario
    gone = made_outcome(name, Mode.LOCAL, Status.GONE, defects=("QO-001",))
    other = made_outcome(name, Mode.MULTIUSER, Status.DIFFERENT, defects=("QO-001",), message="no")
    ledger = Ledger(sample_ledger.entries[:1], sample_ledger.path)
    assert [each.not_met for each in by_harm(made_run([gone]), ledger)] == [NotMet.GONE]
    assert [each.not_met for each in by_harm(made_run([gone, other]), ledger)] == [NotMet.OTHERWISE]


def test_the_mode_at_fault_is_the_one_that_the_failure_names() -> None:
    text = "OperationFailed: after 'Dana in the other mode adds it' failed: no\nin local mode"
    broken = SentenceOutcome(status=Status.FAILED, message=text)
    step = ScenarioStep(type="then", keyword="Then", text="it holds that", written="it holds that", line=3)
    failed = made_outcome("S", Mode.LOCAL, Status.FAILED, steps=(step,), sentences=(broken,))
    assert failed.mode_at_fault is Mode.MULTIUSER
    own = broken.model_copy(update={"message": "AssertionError: no\nDana in the other mode looked on"})
    assert altered(failed, sentences=(own,)).mode_at_fault is Mode.LOCAL
