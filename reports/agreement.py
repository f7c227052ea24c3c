"""Whether two runs of the same scenarios ended alike: a live one (or its rehearsal) and an embedded one.

Every scenario run (a row in a mode) must be in both, and end alike: passed or not, and if it is a known defect, by the
same entry of the ledger. One alone is excused, and listed with its reason: what a target skips because it has not what
the scenario needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from environment.errors import SuiteError
from reports.outcomes import RunRecord, ScenarioOutcome, Status


@dataclass(frozen=True)
class Difference:
    """A scenario run that ended otherwise: its node id, and how it ended in the one and in the other run."""

    nodeid: str
    one: str
    other: str

    def __str__(self) -> str:
        return f"{self.nodeid}: {self.one}; {self.other}"


@dataclass(frozen=True)
class Agreement:
    """What a comparison came to.

    Attributes:
        alike: those that ended alike, by node id.
        excused: scenarios that one of the two runs skipped, with the reason it gave.
        differences: everything else.
    """

    alike: dict[str, ScenarioOutcome]
    excused: dict[str, ScenarioOutcome]
    differences: tuple[Difference, ...]

    @property
    def complete(self) -> bool:
        """Whether something was compared and nothing differs."""
        return bool(self.alike) and not self.differences

    def by_reason(self) -> dict[str, list[ScenarioOutcome]]:
        """The excused scenario runs by the reason that the run gave for skipping them."""
        found: dict[str, list[ScenarioOutcome]] = {}
        for scenario in self.excused.values():
            found.setdefault(scenario.message.partition("\n")[0], []).append(scenario)
        return found


def compare(one: RunRecord, other: RunRecord) -> Agreement:
    """Compare two runs scenario by scenario.

    Raises:
        SuiteError: if they judged different products, which says nothing about targets.
    """
    products = [f"{record.product_name} {record.product_version}" for record in (one, other)]
    if products[0] != products[1]:
        raise SuiteError("Compared two runs", f"they judged {products[0]} and {products[1]}", "Judge the same product")
    found = [{each.nodeid: each for each in record.scenarios} for record in (one, other)]
    alike: dict[str, ScenarioOutcome] = {}
    excused: dict[str, ScenarioOutcome] = {}
    differences: list[Difference] = []
    for nodeid in sorted(found[0].keys() | found[1].keys()):
        pair = [outcomes.get(nodeid) for outcomes in found]
        ends = [_end(each) for each in pair]
        skipped = next(_skipped(pair), None)
        if ends[0] == ends[1] and skipped is None and pair[0] is not None:
            alike[nodeid] = pair[0]
        elif skipped is not None and skipped.message and None not in pair:
            excused[nodeid] = skipped
        else:
            differences.append(Difference(nodeid, *_descriptions(one, other, pair)))
    return Agreement(alike, excused, tuple(differences))


def print_agreement(agreement: Agreement, one: RunRecord, other: RunRecord, console: Console) -> None:
    """Figures, what was not compared and why, and every difference."""
    table = Table("how it ended", "scenario runs", box=None, pad_edge=False)
    for status, number in sorted(Counter(each.status for each in agreement.alike.values()).items()):
        table.add_row(f"{status} in both", str(number))
    table.add_row("skipped in one, with a reason", str(len(agreement.excused)))
    table.add_row("otherwise", str(len(agreement.differences)))
    console.print(f"{one.target} run of {one.started:%Y-%m-%d %H:%M}, {other.target} run of {other.started:%H:%M} UTC")
    console.print(table)
    for reason, scenarios in agreement.by_reason().items():
        console.print(Text(f"\n{len(scenarios)} skipped: {reason}"), soft_wrap=True)
        skipped = [each.scenario for each in scenarios]
        for where in sorted({f"{each.feature_path}:{each.line}  {each.name}" for each in skipped}):
            console.print(Text(f"  {where}"), soft_wrap=True)
    for difference in agreement.differences:
        console.print(Text(f"differs: {difference}", style="red"), soft_wrap=True)
    words = "The two runs ended alike." if agreement.complete else "The two runs did not end alike."
    console.print(Text(f"\n{words}", style="bold green" if agreement.complete else "bold red"))


def _end(scenario: ScenarioOutcome | None) -> str:
    if scenario is None:
        return "not run"
    return (
        f"{scenario.status} {', '.join(scenario.defects)}" if scenario.status is Status.KNOWN else str(scenario.status)
    )


def _skipped(pair: list[ScenarioOutcome | None]) -> Iterator[ScenarioOutcome]:
    return (each for each in pair if each is not None and each.status is Status.SKIPPED)


def _descriptions(one: RunRecord, other: RunRecord, pair: list[ScenarioOutcome | None]) -> tuple[str, str]:
    described = []
    for record, scenario in zip((one, other), pair, strict=True):
        reason = "" if scenario is None else scenario.message.partition("\n")[0]
        described.append(f"{record.target}: {_end(scenario)}{f' ({reason})' if reason else ''}")
    return described[0], described[1]
