"""What new failures of a run share: methods of the product that point to where to look, and prove no cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from environment.modes import Mode
from reports.deeds import deeds
from reports.methods import unproven
from reports.outcomes import ScenarioOutcome, Status
from reports.resemblance import without_names

_LEAST_SURPRISE = 0.3
"""How much larger the share of failures that call a method must be than that of checks that pass."""
_LEAST_FAILURES = 3
"""How many new failures in a mode have to share something before it is said: what two share may be chance."""
_NEW = (Status.FAILED, Status.DIFFERENT)
_BY_SERVER = "MCP."


@dataclass(frozen=True)
class LikelyCause:
    """Methods that new failures in a mode call; several if they cannot be told apart.

    number: of all new failures in that mode; proven: whether a check that calls one of them passes there.
    """

    mode: Mode
    methods: tuple[str, ...]
    failures: tuple[ScenarioOutcome, ...]
    number: int
    proven: bool

    @property
    def share(self) -> str:
        """How many of the new failures in its mode, in words."""
        those = len(self.failures)
        share = f"all {those}" if those == self.number else ""
        return f"{share or f'{those} of the {self.number}'} new failures in {self.mode} mode"

    @property
    def in_words(self) -> str:
        """What people do where they fail, without a full stop."""
        return f"{self.share} are of people who {deeds(self.methods)}"

    @property
    def text(self) -> str:
        """What they share, with the methods for developers, without a full stop."""
        they = "it" if len(self.methods) == 1 else "them"
        unproven = "" if self.proven else f", and no check that calls {they} passes there"
        return f"{self.in_words} ({', '.join(self.methods)}){unproven}"

    @property
    def fails_alike(self) -> bool:
        """Whether the same came in all of them, whatever it names: what they do in common alone is no cause."""
        said = [{without_names(ended.in_this_run) for _, ended in each.failing} for each in self.failures]
        return bool(set.intersection(*said))


def likely_causes(scenarios: Sequence[ScenarioOutcome]) -> list[LikelyCause]:
    """What nothing that passes calls, or else what new failures call far more often than what passes in their mode."""
    return list(_in_common(scenarios)) or list(_called_more_often(scenarios))


def causes_sentence(causes: Sequence[LikelyCause]) -> str:
    """All of them in sentences, those first that are perhaps causes; empty if there is none."""
    alike = [each.text for each in causes if each.fails_alike]
    others = [each.text for each in causes if not each.fails_alike]
    number = "one cause" if len(alike) == 1 else f"{len(alike)} causes"
    told = [f"Perhaps {number}: {'; '.join(alike)}."] if alike else []
    if others:
        shared = "; ".join(others)
        told.append(f"{shared[0].upper()}{shared[1:]}.")
    return " ".join(told)


def _in_common(scenarios: Sequence[ScenarioOutcome]) -> Iterator[LikelyCause]:
    missing = unproven(scenarios)
    for mode in Mode:
        failed, passed = _new(scenarios, mode), _passed(scenarios, mode)
        shared = [method for method in missing[mode] if all(method in each.methods for each in failed)]
        if len(failed) >= _LEAST_FAILURES and passed and shared:
            yield LikelyCause(mode, tuple(shared), tuple(failed), len(failed), proven=False)


def _called_more_often(scenarios: Sequence[ScenarioOutcome]) -> Iterator[LikelyCause]:
    direct = _direct(scenarios)
    for mode in Mode:
        failed = [(each, _calls(each, direct)) for each in _new(scenarios, mode)]
        passed = [_calls(each, direct) for each in _passed(scenarios, mode)]
        number = len(failed)
        while len(failed) >= _LEAST_FAILURES and passed:
            called = Counter(method for _, methods in failed for method in methods)
            surprise = {
                method: times / len(failed) - sum(method in methods for methods in passed) / len(passed)
                for method, times in called.items()
                if times >= _LEAST_FAILURES
            }
            method = max(surprise, key=lambda each: surprise[each], default="")
            if surprise.get(method, 0.0) < _LEAST_SURPRISE:
                break
            those = tuple(each for each, methods in failed if method in methods)
            yield LikelyCause(mode, (method,), those, number, proven=True)
            failed = [(each, methods) for each, methods in failed if method not in methods]


def _direct(scenarios: Iterable[ScenarioOutcome]) -> dict[str, str]:
    """The methods that scenarios call themselves, by their names without the interface."""
    methods = (method for each in scenarios for method in each.methods if not method.startswith(_BY_SERVER))
    return {method.partition(".")[2]: method for method in methods}


def _calls(outcome: ScenarioOutcome, direct: Mapping[str, str]) -> set[str]:
    """The methods that a scenario calls; what is done through the MCP server counts as the method behind it."""
    return {
        direct.get(method.removeprefix(_BY_SERVER), method) if method.startswith(_BY_SERVER) else method
        for method in outcome.methods
    }


def _passed(scenarios: Iterable[ScenarioOutcome], mode: Mode) -> list[ScenarioOutcome]:
    """What new failures are held against; without any, nothing sets them apart."""
    return [each for each in scenarios if each.scenario.mode is mode and each.status is Status.PASSED]


def _new(scenarios: Iterable[ScenarioOutcome], mode: Mode) -> list[ScenarioOutcome]:
    return [each for each in scenarios if each.mode_at_fault is mode and each.status in _NEW]
