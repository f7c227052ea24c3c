"""The page about two runs: what changed first, then the other answers for the later one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from environment.modes import Mode
from reports.answers import Answer, answers, harms_by_impact, harms_in_words
from reports.capabilities import capability_rows, through_the_server
from reports.changes import changes_of
from reports.comparison import Comparison, endings
from reports.fitness import (
    Harm,
    Journey,
    NotMet,
    by_harm,
    checks_sentence,
    first_to_fix,
    journeys,
    journeys_sentence,
    tiles,
    worst_unseen,
)
from reports.gate import Gate
from reports.known_defects import Impact, Ledger
from reports.living_documentation import DocumentedFeature, case_addresses, listed_in
from reports.new_failures import failures_by_cause, new_failures, no_longer_broken
from reports.not_run import not_run, not_run_sentence
from reports.outcomes import RunRecord
from reports.page_templates import page_templates
from reports.pages import MOST_IN_A_JOB, MOST_SHOWN
from reports.parity import Parity
from reports.requirements import Requirement


def write_comparison_page(
    folder: Path,
    comparison: Comparison,
    ledger: Ledger,
    documented: Sequence[DocumentedFeature] = (),
    requirements: Sequence[Requirement] = (),
    parity: Parity | None = None,
    reports: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    """Write the page about two runs: the five answers for the later one, and all that changed; returns the file.

    documented: every feature with what became of it in either run; requirements: what is at stake where something
    newly fails; parity: what was validated live; reports: where the report of the run "before" and
    of that "after" lies, seen from the folder, as far as there is one.
    """
    before, after = comparison.before, comparison.after
    listed = listed_in(documented)
    harms, walked = by_harm(after, ledger, listed), journeys(after, ledger, listed=listed)
    walked_before = journeys(before, ledger)
    changes = changes_of(comparison, ledger)
    unrun, groups = not_run(documented), failures_by_cause(after)
    live = (parity or Parity()).sentence([each.scenario for each in after.scenarios])
    beside = through_the_server(capability_rows(after.scenarios, listed))
    root = reports.get("after")
    content = {
        "pages": (),
        "record": None,
        "comparison": comparison,
        "after": after,
        "side_by_side": _side_by_side(
            (before, by_harm(before, ledger), walked_before), (after, harms, walked), after.gate
        ),
        "answers": _changes_first(
            answers(
                after,
                harms,
                walked,
                changes,
                groups,
                [not_run_sentence(unrun, "in either"), live],
                beside,
                sum(map(len, unrun.values())),
            )
        ),
        "reports": reports,
        "most": MOST_IN_A_JOB,
        "unrun": unrun,
        "defects_page": f"{root}/known-defects.html" if root else "",
        "to_pass": [each for each in harms if each.counts_for(after.gate)],
        "requirements": {each.id: each for each in requirements},
        "requirements_page": f"{root}/requirements.html" if root else "",
        "light": Impact.least(),
        "cases": {place: f"{root}/{page}" for place, page in case_addresses(documented).items()} if root else {},
        "changes": changes,
        "modes": list(Mode),
        "new_failures": new_failures(after),
        "failures_by_cause": groups,
        "no_longer_broken": no_longer_broken(after),
        "most_shown": MOST_SHOWN,
        "tiles": tiles(after),
        "tiles_before": {
            (tile.severity, tile.mode): f"{tile.failing} of {tile.judged} fail"
            for row in tiles(before)
            for tile in row
            if tile.judged
        },
        "kinds": harms_by_impact(harms),
        "journeys": walked,
        "journeys_before": {
            (each.feature, each.title, mode): "works" if ending.works else "fails"
            for each in walked_before
            for mode, ending in each.endings.items()
        },
        "first_to_fix": first_to_fix(harms),
        "seen_defects": sum(bool(each.met) for each in harms),
        "unseen": worst_unseen(harms),
        "entries": comparison.entries(ledger),
        "endings": endings,
    }
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    page.write_text(page_templates().get_template("comparison.html.j2").render(content), encoding="utf-8")
    return page


def _side_by_side(
    before: tuple[RunRecord, Sequence[Harm], Sequence[Journey]],
    after: tuple[RunRecord, Sequence[Harm], Sequence[Journey]],
    gate: Gate,
) -> list[tuple[str, str, str]]:
    """What a release meeting asks of either run: the question, the answer for the one before, and for the one after."""
    sides = [
        (
            "yes" if record.accepted else "no",
            checks_sentence(record),
            journeys_sentence(walked).removeprefix("Journeys that work: "),
            _defects_seen(harms),
        )
        for record, harms, walked in (before, after)
    ]
    questions = (f"Accepted by the gate “{gate}”", "Checks that fail", "Journeys that work", "Known defects")
    return list(zip(questions, *sides, strict=True))


def _defects_seen(harms: Sequence[Harm]) -> str:
    seen = harms_in_words(harms) or "none"
    hidden = sum(each.not_met in (NotMet.OTHERWISE, NotMet.GONE) for each in harms)
    return f"{seen}; {hidden} more that new failures may hide, or that are fixed" if hidden else seen


def _changes_first(those: Sequence[Answer]) -> list[Answer]:
    return sorted(those, key=lambda each: each.anchor != "changed")
