"""One Allure result as people should read it: where it belongs, in which mode, what was promised.

allure-pytest-bdd writes results that know nothing of folders, rules, modes or the ledger, and shows the values of
fixtures as parameters of steps (foundations 8). Everything here works on its result object before it is written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from allure_commons.model2 import Label, Link, Parameter, StatusDetails, TestResult, TestStepResult
from allure_commons.model2 import Status as AllureStatus
from allure_commons.types import LabelType, LinkType

from environment.evidence.calls import WireCall
from environment.evidence.noting import TEAR_DOWN
from environment.gherkin.records import ScenarioRecord
from environment.people.personas import CAST
from reports.failing_calls import failure_message
from reports.features import capability, owner, severity
from reports.known_defects import KnownDefect
from reports.outcomes import Status, Verdict

REQUIREMENT_LINK = "../requirements.html#{}"
"""From the page of a result to the requirement's row in the same report."""
DEFECT_LINK = "../known-defects.html#{}"

_OURS = frozenset(
    {
        LabelType.EPIC,
        LabelType.FEATURE,
        LabelType.STORY,
        LabelType.PARENT_SUITE,
        LabelType.SUITE,
        LabelType.SUB_SUITE,
        LabelType.SEVERITY,
        LabelType.TAG,
        LabelType.HOST,
        "owner",
        "mode",
        "target",
        "persona",
    }
)
_STATUS = {
    Status.PASSED: AllureStatus.PASSED,
    Status.FAILED: AllureStatus.FAILED,
    Status.BROKEN: AllureStatus.BROKEN,
    Status.SKIPPED: AllureStatus.SKIPPED,
    Status.KNOWN: AllureStatus.FAILED,
    Status.DIFFERENT: AllureStatus.FAILED,
    Status.GONE: AllureStatus.FAILED,
}
_OBJECT = re.compile(r"<[\w.]+( object)? at 0x[0-9a-f]+>|^<.*>$")
_PLAIN = (str, int, float, bool)


@dataclass
class ResultContent:
    """What a result is completed with.

    defects: the entries of the ledger that the verdict concerns; sentence_values: for each step by its full sentence,
    the values that the sentence itself holds.
    """

    record: ScenarioRecord
    target: str
    requirement_link: str = REQUIREMENT_LINK
    defect_link: str = DEFECT_LINK
    verdict: Verdict | None = None
    defects: Sequence[KnownDefect] = ()
    sentence_values: dict[str, dict[str, object]] = field(default_factory=dict)
    calls: Sequence[WireCall] = ()


def complete_result(result: TestResult, content: ResultContent) -> None:
    """Make the result say all that is known of its scenario."""
    record = content.record
    result.name = f"{record.title} [{record.mode}]"
    result.fullName = record.place
    result.titlePath = [*PurePosixPath(record.feature_path).parent.parts, record.feature]
    result.labels = [label for label in result.labels if label.name not in _OURS] + labels(content)
    result.labels += [Label(name="persona", value=name) for name in personas([step.name for step in result.steps])]
    result.links = list(result.links) + links(content)
    result.parameters = parameters(content)
    result.testCaseId = _identity(result.fullName)
    result.historyId = f"{result.testCaseId}.{_identity(*(f'{each.name}={each.value}' for each in result.parameters))}"
    _clean_steps(result, content.sentence_values)
    if content.verdict is not None:
        _apply_verdict(result, content.verdict, content)


def labels(content: ResultContent) -> list[Label]:
    """Where the scenario belongs, how much it matters, who owns it, in which mode and against what it ran."""
    record = content.record
    pairs: list[tuple[str, str]] = [
        (LabelType.EPIC, capability(record.feature_path, record.tags)),
        (LabelType.FEATURE, record.feature),
        (LabelType.PARENT_SUITE, capability(record.feature_path, record.tags)),
        (LabelType.SUITE, record.feature),
        (LabelType.SEVERITY, severity(record.tags)),
        ("owner", owner(record.tags)),
        ("mode", record.mode),
        ("target", content.target),
    ]
    if record.rule:
        pairs += [(LabelType.STORY, record.rule), (LabelType.SUB_SUITE, record.rule)]
    pairs += [(LabelType.TAG, tag) for tag in record.tags if not tag.startswith(("severity:", "owner:"))]
    pairs += [(LabelType.TAG, defect.id) for defect in content.defects]
    return [Label(name=name, value=value) for name, value in pairs]


def personas(sentences: Sequence[str]) -> list[str]:
    """Who acts in these sentences, in the order of the cast."""
    words = {word for sentence in sentences for word in re.findall(r"\w+", sentence)}
    return [persona.name for persona in CAST if persona.name in words]


def links(content: ResultContent) -> list[Link]:
    """To the requirements that the scenario proves, and to the defects that keep it from passing."""
    found = [
        Link(type=LinkType.LINK, url=content.requirement_link.format(each), name=each)
        for each in content.record.requirements
    ]
    for defect in content.defects:
        url = str(defect.reported) if defect.reported else content.defect_link.format(defect.id)
        found.append(Link(type=LinkType.ISSUE, url=url, name=defect.id))
    return found


def parameters(content: ResultContent) -> list[Parameter]:
    """Mode and target (so that each pair has a history of its own), and the row of an outline."""
    pairs = {"mode": content.record.mode, "target": content.target, **(content.record.example or {})}
    return [Parameter(name=name, value=value) for name, value in pairs.items()]


def never_started(content: ResultContent, uuid: str, start: float, stop: float, trace: str) -> TestResult:
    """The result of a scenario that allure-pytest-bdd does not write: skipped by a mark, or its set-up broke.

    start, stop: seconds since the epoch. Its steps are those that it would have run.
    """
    result = TestResult(uuid=uuid, start=int(start * 1000), stop=int(stop * 1000))
    result.description = content.record.description
    result.steps = [TestStepResult(name=step.full_text, status=AllureStatus.SKIPPED) for step in content.record.steps]
    if trace:
        result.statusDetails = StatusDetails(trace=trace)
    complete_result(result, content)
    return result


def _identity(*parts: str) -> str:
    """The same id for the same scenario in every run."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _apply_verdict(result: TestResult, verdict: Verdict, content: ResultContent) -> None:
    """Put the verdict in place of pytest's view of an expected failure."""
    result.status = _STATUS[verdict.status]
    if not verdict.message:
        return
    details = result.statusDetails or StatusDetails()
    details.message = verdict.message
    details.known = True if verdict.status is Status.KNOWN else None
    result.statusDetails = details
    wrong = _apply_to_steps(result.steps, verdict)
    if len(wrong) == 1:
        if not verdict.defects:
            details.message = failure_message(wrong[0].name, verdict.message, content.record.steps, content.calls)
        # Allure shows the failure inside the step if both say the same, else as a step of its own after the last.
        wrong[0].statusDetails = StatusDetails(message=details.message, trace=details.trace)


def _apply_to_steps(steps: Sequence[TestStepResult], verdict: Verdict) -> list[TestStepResult]:
    """Give each step what became of its sentence; returns those that did not hold."""
    wrong = []
    own = (each for each in steps if each.name != TEAR_DOWN)
    for step, sentence in zip(own, verdict.sentences, strict=False):  # the scenario's failing set-up is no step
        if sentence.status in (Status.PASSED, Status.NOT_JUDGED):
            continue
        step.status = _STATUS[sentence.status]
        trace = step.statusDetails.trace if step.statusDetails else None
        step.statusDetails = StatusDetails(message=sentence.message, trace=trace)
        wrong.append(step)
    return wrong


def _clean_steps(result: TestResult, sentence_values: Mapping[str, Mapping[str, object]]) -> None:
    """Leave each Gherkin step only the values of its own sentence, and no step the description of an object."""
    for step in result.steps:
        own = sentence_values.get(step.name, {})
        step.parameters = [
            Parameter(name=name, value=str(value)) for name, value in own.items() if isinstance(value, _PLAIN)
        ]
        _drop_objects(step.steps)


def _drop_objects(steps: Sequence[TestResult]) -> None:
    for step in steps:
        step.parameters = [each for each in step.parameters if not _OBJECT.search(str(each.value))]
        _drop_objects(step.steps)
