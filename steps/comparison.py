"""Comparing packages: which files came, went, or changed."""

from __future__ import annotations

from pytest_bdd import given, then, when

from data.upload import ArrangedDataset
from environment.arrangement.packages import PackageArranger
from environment.checking.comparing import must_be_empty, must_be_exactly
from environment.errors import SuiteError
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.observers.storage import StorageObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.arrangement import MadePackage, entry_of
from steps.baseline import Baseline
from steps.stock import CONTENT, OTHER_CONTENT_OF_THE_SAME_SIZE, Stock

CHANGES = ("added", "deleted", "modified")


def _files(baseline: Baseline, name: str) -> list[str]:
    return sorted(file.logical_key for file in baseline.dataset(name).latest.files)


def _changes(outcome: Outcome) -> list[tuple[str, str]]:
    return [(change, file) for change in CHANGES for file in _named_as(change, outcome)]


def _named_as(change: str, outcome: Outcome) -> list[str]:
    files = outcome.value.get(change)
    assert isinstance(files, list), f"the comparison has {files!r} for what was {change}"
    return files


@when(parse('{persona:Persona} compares the two revisions of "{name:Text}"'), target_fixture="outcome")
def compare_revisions(
    persona: Session, name: str, baseline: Baseline, storage_observer: StorageObserver, target: Target
) -> Outcome:
    """Compare the older with the newer of a package's two revisions, by their top hashes."""
    older, newer = storage_observer.revision_hashes(target.buckets.packages, name)
    compare = persona.ops.diff_packages
    return attempt(compare, name, name, registry=persona.registry, package1_hash=older, package2_hash=newer)


@when(parse('{persona:Persona} compares "{first:Text}" with "{second:Text}"'), target_fixture="outcome")
def compare(persona: Session, first: str, second: str, baseline: Baseline) -> Outcome:
    """Compare the latest revisions of two packages."""
    return attempt(persona.ops.diff_packages, first, second, registry=persona.registry)


@given(parse("two packages whose file has the same name and size but other content"), target_fixture="lookalikes")
def lookalikes(
    stock: Stock, package_arranger: PackageArranger, names: Names, undo: UndoLog, target: Target
) -> tuple[str, ...]:
    """Two packages made for this scenario that differ in the bytes of one file."""
    bucket = target.buckets.packages
    made = []
    for folder, content in (("before", CONTENT), ("after", OTHER_CONTENT_OF_THE_SAME_SIZE)):
        name = names.package_name("test-user")
        undo.book("package", f"the package {name}", bucket=bucket, name=name)
        package_arranger.construct(bucket, name, [entry_of(stock.put(f"{folder}/yields.csv", content))])
        made.append(name)
    return tuple(made)


@when(parse("{persona:Persona} compares those two packages"), target_fixture="outcome")
def compare_lookalikes(persona: Session, lookalikes: tuple[str, ...]) -> Outcome:
    """Compare the two packages that were made for this scenario."""
    return attempt(persona.ops.diff_packages, *lookalikes, registry=persona.registry)


@when(parse('{persona:Persona} compares "{name:Text}" with its revision "{top_hash:Text}"'), target_fixture="outcome")
def compare_with_revision(persona: Session, name: str, top_hash: str, baseline: Baseline) -> Outcome:
    """Compare the latest revision of a package with one of a hash that need not be there."""
    return attempt(persona.ops.diff_packages, name, name, registry=persona.registry, package2_hash=top_hash)


@when(parse("{persona:Persona} compares the earlier revision with the new one"), target_fixture="comparison")
def compare_update(persona: Session, earlier: MadePackage, outcome: Outcome) -> Outcome:
    """Compare the revision before an update with the one that it made, by their top hashes."""
    name, newer = earlier.name, outcome.value.top_hash
    compare = persona.ops.diff_packages
    return attempt(compare, name, name, registry=persona.registry, package1_hash=earlier.top_hash, package2_hash=newer)


@then(parse('exactly {count:Count} files of the "{dataset:Dataset}" dataset are named as added'))
def added_files_are(count: int, dataset: ArrangedDataset, comparison: Outcome) -> None:
    """The files that the update added, by their names without folders, and no other change."""
    added = [file.key.rsplit("/", 1)[-1] for file in list(dataset.files.values())[:count]]
    if len(added) < count:
        raise SuiteError(f"Took {count} files of a dataset", f"it has {len(added)}", "Name fewer or another one")
    must_be_exactly(_changes(comparison), [("added", name) for name in added], "changes")


@then(parse("the comparison says exactly:"))
@columns("change", "files")
def comparison_says(outcome: Outcome, datatable: Rows) -> None:
    """For each kind of change the files named in the table; kinds that are not in it have none."""
    expected: dict[str, list[str]] = {change: [] for change in CHANGES}
    expected |= {row["change"]: sorted(row["files"].split(", ")) for row in datatable}
    must_be_exactly(_changes(outcome), ((change, file) for change in CHANGES for file in expected[change]), "changes")


@then(parse("the comparison finds no difference"))
def comparison_is_empty(outcome: Outcome) -> None:
    """Three empty lists."""
    must_be_empty(_changes(outcome), "changes")


@then(parse('all files of "{name:Text}" are named as {change:Change}'))
def all_files_are(outcome: Outcome, name: str, change: str, baseline: Baseline) -> None:
    """Each file of the package is in this list, and no other file."""
    must_be_exactly(_named_as(change, outcome), _files(baseline, name), f"files named as {change}")


@then(parse("no file is named as {change:Change}"))
def no_file_is(outcome: Outcome, change: str) -> None:
    """The list of this kind of change is empty."""
    must_be_empty(_named_as(change, outcome), f"files named as {change}")
