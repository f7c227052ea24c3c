"""Every scenario that the feature files hold, whether or not it is collected in this run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from environment.gherkin.cases import cases_of
from environment.gherkin.document import FeatureDocument, FeatureSyntaxError, ScenarioBlock, feature_files, read_feature
from environment.gherkin.records import ScenarioRecord
from environment.gherkin.style import JOURNEY
from environment.gherkin.tags import requirement_ids
from environment.gherkin.wishes import is_wish, proposed_by
from environment.settings import ROOT
from reports.documents import InvalidDocumentError, shown

FEATURES = ROOT / "features"
JOURNEYS = "Journeys"
MAINTAINERS = "quilt-mcp maintainers"
_SEVERITY = "severity:"
_OWNER = "owner:"


def listed_scenarios(places: Sequence[Path] = (FEATURES,), root: Path = ROOT) -> tuple[ScenarioRecord, ...]:
    """One record for each scenario, row and mode, in the order of the files; paths relative to `root`.

    Raises InvalidDocumentError with a line for each place where a file is not Gherkin.
    """
    records: list[ScenarioRecord] = []
    problems: list[str] = []
    for path in feature_files(places):
        try:
            document = read_feature(path)
        except FeatureSyntaxError as error:
            problems += [f"{shown(path)}:{line}: {message}" for line, message in error.problems]
            continue
        records += [case.record(root) for case in cases_of(document)]
    if problems:
        raise InvalidDocumentError(problems)
    return tuple(records)


@dataclass(frozen=True)
class WishedScenario:
    """A scenario that is wished for and not run; `proposed` is the requirement that it proposes, "" if none."""

    place: str
    name: str
    requirements: tuple[str, ...]
    proposed: str


def wished_scenarios(places: Sequence[Path] = (FEATURES,), root: Path = ROOT) -> tuple[WishedScenario, ...]:
    """Every wish in these places, in the order of the files. Raises FeatureSyntaxError if a file is not Gherkin."""
    return wishes_of(map(read_feature, feature_files(places)), root)


def wishes_of(documents: Iterable[FeatureDocument], root: Path = ROOT) -> tuple[WishedScenario, ...]:
    """Every wish in these features, in their order."""
    return tuple(
        _wished(document, scenario, root)
        for document in documents
        for scenario in document.scenarios
        if is_wish(document, scenario)
    )


def _wished(document: FeatureDocument, scenario: ScenarioBlock, root: Path) -> WishedScenario:
    names = [tag.name for tag in document.tags_of(scenario)]
    place = f"{document.path.relative_to(root).as_posix()}:{scenario.line}"
    return WishedScenario(place, scenario.name, requirement_ids(names), proposed_by(names))


MCP_SERVER = "MCP server"
_SPELLED = {"aws": "AWS", "graphql": "GraphQL", "mcp server": MCP_SERVER}


def capability(feature_path: str, tags: Collection[str] = ()) -> str:
    """What a scenario belongs to: its folder below `features`, in words; a journey to journeys, wherever it lies."""
    if JOURNEY in tags:
        return JOURNEYS
    words = " / ".join(PurePosixPath(feature_path).parent.parts[1:]).replace("_", " ").replace("-", " ") or "general"
    return _SPELLED.get(words, words[:1].upper() + words[1:])


def capability_order(name: str) -> tuple[bool, str]:
    """What reports sort capabilities by: journeys come first."""
    return name != JOURNEYS, name


def severity(tags: Iterable[str]) -> str:
    """How much a failure matters; as much as usual if no tag says it."""
    return _value(_SEVERITY, tags) or "normal"


def owner(tags: Iterable[str]) -> str:
    """Whom to ask about a scenario."""
    # Decision: whoever maintains the product answers for what no tag gives to somebody else.
    return _value(_OWNER, tags) or MAINTAINERS


def _value(name: str, tags: Iterable[str]) -> str:
    return next((tag.removeprefix(name) for tag in tags if tag.startswith(name)), "")
