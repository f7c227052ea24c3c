"""The skeleton of an entry of the ledger, from scenarios that failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from authoring.ledger_text import claim_lines, flow
from authoring.scenario_record import ProductCall, RecordedScenario
from environment.errors import SuiteError
from environment.gherkin.records import ScenarioRecord
from environment.modes import Mode
from reports.known_defects import Ledger
from reports.message_patterns import normalized, tight_pattern
from reports.outcomes import Failure

TO_FILL_IN = "TODO"
_WIDTH = 112


@dataclass(frozen=True)
class FailedSentence:
    """A sentence that does not hold: in which scenario, and with which exception."""

    scenario: ScenarioRecord
    sentence: str
    failure: Failure

    @property
    def fails_with(self) -> dict[str, str]:
        """How it fails, as the ledger says it."""
        return {"exception": self.failure.kind, "message": tight_pattern(self.failure.message)}

    @property
    def observed(self) -> str:
        """How it fails, in words."""
        return f"{self.failure.kind} {normalized(self.failure.message)}"


def failed_sentences(records: Iterable[RecordedScenario]) -> list[FailedSentence]:
    """The sentences of these scenarios that do not hold.

    The exception is the product's own where there is one behind the failure: its words are what a pattern rests on.
    """
    return [
        FailedSentence(record.scenario, step.sentence.written, failure)
        for record in records
        for step in record.steps
        if (failure := step.cause or step.failure) is not None
    ]


def skeleton(identifier: str, failed: Sequence[FailedSentence], facts: Facts) -> str:
    """The entry as YAML; what a person has to write is marked."""
    modes = list(dict.fromkeys(each.scenario.mode for each in failed))
    ways = list({tuple(each.fails_with.items()): each.fails_with for each in failed}.values())
    lines = [
        f"- id: {identifier}\n",
        f"  title: {TO_FILL_IN} one line, what is wrong\n",
        f"  impact: {TO_FILL_IN} data loss, security, cannot do it, wrong result, misleading message or cosmetic\n",
        f"  affects: {TO_FILL_IN} who is hit\n",
        f"  modes: {flow(modes)}\n",
        "  claims:\n",
    ]
    for claim in _claims(failed, modes, one_way=len(ways) == 1):
        lines += claim_lines(claim)
    lines += [
        f"  requirement: {facts.requirement}\n",
        "  promised:\n",
        f"    text: {TO_FILL_IN} what should happen\n",
        f"    source: requirement {facts.requirement}; {TO_FILL_IN} what the product says itself, for and against it\n",
        *_folded("observed", "; ".join(facts.observed)),
        *_folded("evidence", f"{TO_FILL_IN} do the same with another client. {' '.join(facts.calls)}"),
        "  fails_with:\n",
        *(f"    - {flow(way)}\n" for way in ways),
        f"  since: {facts.version}\n",
    ]
    return "".join(lines)


@dataclass(frozen=True)
class Facts:
    """What an entry says besides its claims, as far as a run can tell."""

    requirement: str
    version: str
    observed: tuple[str, ...]
    calls: tuple[str, ...] = ()


def facts_of(records: Sequence[RecordedScenario], failed: Sequence[FailedSentence]) -> Facts:
    """The facts of recorded scenarios, with the calls that they made."""
    calls = [_call(call) for record in records for step in record.steps for call in step.calls]
    return Facts(
        requirement=next(iter(records[0].scenario.requirements), TO_FILL_IN),
        version=records[0].product_version,
        observed=tuple(dict.fromkeys(each.observed for each in failed)),
        calls=tuple(dict.fromkeys(calls)),
    )


def next_id(ledger: Ledger, feature_path: str, scenarios: Iterable[ScenarioRecord]) -> str:
    """The next free id of the area: of the hundred in which the entries of that feature, or else of its folder, are.

    Raises:
        SuiteError: if the hundred is full.
    """
    folder = feature_path.rpartition("/")[0]
    hundreds: dict[str, Counter[int]] = {"feature": Counter(), "folder": Counter(), "all": Counter()}
    for scenario in scenarios:
        path = scenario.feature_path
        near = ["all"] + ["folder"] * (path.rpartition("/")[0] == folder) + ["feature"] * (path == feature_path)
        for entry in ledger.entries if path.rpartition("/")[0] == folder else ():
            if any(entry.claims_on(scenario)):
                for kind in near:
                    hundreds[kind][int(entry.id[3])] += 1
    counted = hundreds["feature"] or hundreds["folder"] or Counter(int(entry.id[3]) for entry in ledger.entries)
    hundred = counted.most_common(1)[0][0] if counted else 0
    taken = [int(entry.id[3:]) for entry in ledger.entries if int(entry.id[3]) == hundred]
    number = max(taken, default=hundred * 100) + 1
    if number // 100 != hundred:
        raise SuiteError(
            f"Looked for a free id from QO-{hundred}01 on", "all are taken", "Choose one of another hundred"
        )
    return f"QO-{number:03}"


def _claims(failed: Sequence[FailedSentence], modes: list[Mode], *, one_way: bool) -> list[dict[str, object]]:
    """One claim for each scenario, row and sentence; its modes and its way to fail only where they differ."""
    grouped: dict[tuple[object, ...], list[FailedSentence]] = {}
    for each in failed:
        row = tuple((each.scenario.example or {}).items())
        grouped.setdefault((each.scenario.name, row, each.sentence, *each.fails_with.values()), []).append(each)
    claims = []
    for group in grouped.values():
        first = group[0]
        claim: dict[str, object] = {"scenario": first.scenario.name}
        if first.scenario.example:
            claim["example"] = dict(list(first.scenario.example.items())[:1])
        claim["sentence"] = first.sentence
        own = list(dict.fromkeys(each.scenario.mode for each in group))
        if own != modes:
            claim["modes"] = own
        if not one_way:
            claim["fails_with"] = first.fails_with
        claims.append(claim)
    return claims


def _folded(name: str, text: str) -> list[str]:
    return [f"  {name}: >-\n", *(f"    {line}\n" for line in wrap(text, _WIDTH, break_long_words=False))]


def _call(call: ProductCall) -> str:
    given = [*map(repr, call.arguments), *(f"{name}={value!r}" for name, value in call.named_arguments.items())]
    came = f"raises {call.failure.kind}: {normalized(call.failure.message)}" if call.failure else "returns"
    return f"{call.actor}'s {call.operation}({normalized(', '.join(given), 300)}) {came}."
