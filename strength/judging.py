"""Judges one fault: runs the scenarios that reach it until one notices, and makes sure that it was not by chance.

What a scenario notices is confirmed at once: run again on the unchanged product it must end as ever, and run again with
the fault it must notice again. So neither a flake nor a slow machine nor a deployment that an earlier fault spoiled
counts as noticing.
"""

from __future__ import annotations

import time
from pathlib import Path

from reports.product_coverage import CoverageRecord
from strength.faults import Fault
from strength.lane import Ended, Lane, Run
from strength.messages import Seen
from strength.planting import FAULTS, module_name, planted
from strength.project import Project
from strength.reaching import Reaching, in_order
from strength.reference import Reference
from strength.verdicts import FaultVerdict, Result

_TIMES_AS_LONG = 10.0


def verdict_on(fault: Fault, result: Result, message: str = "") -> FaultVerdict:
    """A verdict on a fault, before or without running anything."""
    return FaultVerdict(
        id=fault.id,
        file=fault.file,
        name=fault.scope.name,
        line=fault.line,
        kind=fault.kind,
        before=fault.before,
        after=fault.after,
        result=result,
        message=message,
    )


class Judge:
    """Knows the scenarios, and judges one fault after the other; ``limit_seconds`` is what a fault may take of them."""

    def __init__(
        self, project: Project, folder: Path, reference: Reference, coverage: CoverageRecord, limit_seconds: float
    ) -> None:
        self.project = project
        self._folder = folder
        self.expected: dict[str, Seen] = dict(reference.judges)
        self.seconds = reference.seconds
        self._reaching = Reaching(coverage, project.product_root)
        self.limit_seconds = limit_seconds

    def reaching(self, fault: Fault) -> list[str]:
        """The scenarios to run, in order."""
        return in_order(self._reaching.scenarios(fault) & self.expected.keys(), self.seconds)

    def judge(self, fault: Fault, lane: Lane) -> FaultVerdict:
        """The verdict on a fault.

        Raises:
            SuiteError: if the fault cannot be planted, or the lane's session ends.
        """
        began = time.monotonic()
        scenarios = self.reaching(fault)
        verdict = verdict_on(fault, Result.UNNOTICED if scenarios else Result.NEVER_REACHED)
        with planted(fault, self.project.product_root, self._folder / FAULTS) as overlay:
            found = _Trial(self, fault, lane, overlay).run(scenarios)
        return verdict.model_copy(update={**found, "seconds": round(time.monotonic() - began, 1)})

    def limit(self, nodeid: str) -> float:
        """How long a scenario may take before it counts as hung."""
        return max(self.project.settings.hang_seconds, _TIMES_AS_LONG * self.seconds[nodeid])


class _Trial:
    """One fault, planted."""

    def __init__(self, judge: Judge, fault: Fault, lane: Lane, overlay: Path) -> None:
        self._judge = judge
        self._lane = lane
        self._overlay = overlay
        self._modules = (module_name(judge.project.settings.package, fault.file),)

    def run(self, scenarios: list[str]) -> dict[str, object]:
        """What of the verdict the scenarios decide."""
        passed: list[str] = []
        waiting, spent = list(scenarios), 0.0
        again: set[str] = set()
        while True:
            left = self._affordable(waiting, self._judge.limit_seconds - spent)
            if not left and passed:
                return {"passed_over": tuple(passed), "left_out": len(waiting)}
            run = self._with_fault(left)
            if run.not_imported is not None:
                return {"result": Result.IMPORT, "message": run.not_imported}
            if not left:
                return {"left_out": len(waiting)}
            spent += sum(each.seconds for each in run.ended)
            suspect = run.hung or self._suspect(run)
            passed += [each.nodeid for each in run.ended if each.nodeid != suspect]
            waiting = [nodeid for nodeid in waiting if nodeid not in passed and nodeid != suspect]
            if suspect is None:
                continue
            found = self._hangs(suspect) if run.hung else self._noticed(suspect, run.last)
            if found is not None:
                return {**found, "by": suspect, "passed_over": tuple(passed)}
            if self._ends_as_ever(suspect):
                passed.append(suspect)
            elif suspect not in again:  # an earlier fault had spoiled the deployment: once more on another one
                again.add(suspect)
                waiting.insert(0, suspect)
                self._lane.restart()
            else:
                self._judge.expected.pop(suspect, None)  # it is no longer what was recorded: it judges nothing

    def _affordable(self, waiting: list[str], seconds: float) -> list[str]:
        """Those that the time left is enough for."""
        chosen: list[str] = []
        for nodeid in waiting:
            seconds -= self._judge.seconds[nodeid]
            if seconds < 0:
                break
            chosen.append(nodeid)
        return chosen

    def _with_fault(self, scenarios: list[str]) -> Run:
        return self._lane.run(
            scenarios,
            self._judge.limit,
            overlay=self._overlay,
            modules=self._modules,
            expected=self._judge.expected,
        )

    def _without_fault(self, nodeid: str) -> Run:
        return self._lane.run([nodeid], self._judge.limit)

    def _suspect(self, run: Run) -> str | None:
        """The scenario that did not end as ever: a run ends with it."""
        if not run.ended:
            return None
        expected = self._judge.expected.get(run.last.nodeid)  # None: another lane has found that it wavers
        return None if expected in (None, run.last.seen) else run.last.nodeid

    def _noticed(self, nodeid: str, first: Ended) -> dict[str, object] | None:
        clean = self._without_fault(nodeid)
        if clean.hung or not clean.ended or clean.last.seen == first.seen or clean.last.seen is None:
            return None
        second = self._with_fault([nodeid])
        if second.hung or not second.ended or second.last.seen == clean.last.seen:
            return None
        return {"result": Result.NOTICED, "message": first.message or str(first.seen and first.seen.status)}

    def _hangs(self, nodeid: str) -> dict[str, object] | None:
        self._lane.restart()  # what the killed process had booked for undoing is still there
        clean = self._without_fault(nodeid)
        if clean.hung:
            return None
        second = self._with_fault([nodeid])
        if not second.hung:
            return None
        self._lane.restart()
        return {"result": Result.HANGS, "message": f"did not end within {self._judge.limit(nodeid):.0f} s, twice"}

    def _ends_as_ever(self, nodeid: str) -> bool:
        clean = self._without_fault(nodeid)
        return bool(clean.ended) and self._judge.expected.get(nodeid) in (None, clean.last.seen)
