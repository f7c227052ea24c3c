"""Comparing packages: which files came, went, or changed."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import then, when

from environment.comparing import must_be_exactly
from environment.gherkin.references import sentence
from environment.observers.storage import StorageObserver
from environment.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from steps.arrangement import Baseline

CHANGES = ("added", "deleted", "modified")


def _files(baseline: Baseline, name: str) -> list[str]:
    return sorted(file.logical_key for file in baseline.dataset(name).latest.files)


def _changes(outcome: Outcome) -> list[tuple[str, str]]:
    return [(change, file) for change in CHANGES for file in outcome.value[change]]


@when(sentence('{persona:Persona} compares the two revisions of "{name:Text}"'), target_fixture="outcome")
def compare_revisions(
    persona: Session, name: str, baseline: Baseline, storage_observer: StorageObserver, target: Target
) -> Outcome:
    """Compare the older with the newer of a package's two revisions, by their top hashes."""
    older, newer = storage_observer.revision_hashes(target.buckets.packages, name)
    compare = persona.ops.diff_packages
    return attempt(compare, name, name, registry=persona.registry, package1_hash=older, package2_hash=newer)


@when(sentence('{persona:Persona} compares "{first:Text}" with "{second:Text}"'), target_fixture="outcome")
def compare(persona: Session, first: str, second: str, baseline: Baseline) -> Outcome:
    """Compare the latest revisions of two packages."""
    return attempt(persona.ops.diff_packages, first, second, registry=persona.registry)


@then(sentence("the comparison says exactly:"))
def comparison_says(outcome: Outcome, datatable: Sequence[Sequence[str]]) -> None:
    """For each kind of change the files named in the table; kinds that are not in it have none."""
    expected: dict[str, list[str]] = {change: [] for change in CHANGES}
    expected |= {change: sorted(files.split(", ")) for change, files in datatable[1:]}
    must_be_exactly(_changes(outcome), ((change, file) for change in CHANGES for file in expected[change]), "changes")


@then(sentence("the comparison finds no difference"))
def comparison_is_empty(outcome: Outcome) -> None:
    """Three empty lists."""
    must_be_exactly(_changes(outcome), [], "changes")


@then(sentence('all files of "{name:Text}" are named as {change:Change}'))
def all_files_are(outcome: Outcome, name: str, change: str, baseline: Baseline) -> None:
    """Each file of the package is in this list, and no other file."""
    must_be_exactly(outcome.value[change], _files(baseline, name), f"files named as {change}")


@then(sentence("no file is named as {change:Change}"))
def no_file_is(outcome: Outcome, change: str) -> None:
    """The list of this kind of change is empty."""
    must_be_exactly(outcome.value[change], [], f"files named as {change}")
