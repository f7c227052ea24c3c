"""Looking: what people see, always of the latest revision; only a comparison accepts an older one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from pytest_bdd import given, then, when

from environment.checking.comparing import must_agree, must_be_empty, must_be_exactly, must_not_be_empty
from environment.checking.figures import Figures
from environment.clients.quilt3_elsewhere import Installed
from environment.driving.packages import Package, PackageRevision
from environment.driving.refusals import refused_with
from environment.driving.session import Session
from environment.driving.work import browse, compare, details, metadata, walk
from environment.errors import SuiteError
from environment.gherkin.following import Followed
from environment.gherkin.references import ValueKind, parse, register
from environment.gherkin.step_arguments import ANYTHING, CellWords, Rows, columns
from environment.gherkin.things import ThingMention, World
from environment.gherkin.values import Refusal
from environment.observers.registry import RegistryObserver
from environment.targets.target import Target
from steps.kinds import PACKAGE, FilesKind, FilesMention
from steps.kinds_of_people import WordsKind

CHANGES = ("added", "deleted", "modified")
DELETED = "deleted"
_EVERY = "every file of "
_LACKING = re.compile(rf"the files of ({PACKAGE.pattern}) that ({PACKAGE.pattern}) lacks")


@dataclass(frozen=True)
class ChangedFilesMention:
    """The words of a sentence that say which files of packages changed, if any did."""

    text: str

    def _packages(self) -> list[ThingMention]:
        lacking = _LACKING.fullmatch(self.text)
        words = lacking.groups() if lacking else [self.text.removeprefix(_EVERY)]
        return [ThingMention(PACKAGE, each) for each in words if each != self.text]

    def follow(self, world: World) -> None:
        """Take note of packages and files in the check before a run; raises MeaningError."""
        mentions: Sequence[Followed] = self._packages() or [FilesMention(self.text)]
        for each in mentions:
            each.follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> tuple[str, ...]:
        """Return the logical keys of the files; those by name are of the package mentioned last."""
        packages: list[Any] = [each.resolve(request) for each in self._packages()]
        if len(packages) == 2:
            whole, part = packages
            return tuple(key for key in whole.latest.files if key not in part.latest.files)
        if packages:
            return tuple(packages[0].latest.files)
        last: Package = request.getfixturevalue("world").values("package")[-1]
        return tuple(last.latest.logical_key(file) for file in FilesMention(self.text).resolve(request))

    def __repr__(self) -> str:
        return self.text


register(
    ValueKind("Fate", f"{DELETED}|not published", str, (DELETED, "not published")),
    WordsKind(
        "ChangedFiles",
        rf"(?:{_EVERY}{PACKAGE.pattern}|{re.sub(r'[(](?![?])', '(?:', _LACKING.pattern)}|{FilesKind().pattern})",
        ChangedFilesMention,
        (
            "no files",
            "those files",
            f'{_EVERY}the package "a"',
            'the files of the package "a" that the package "b" lacks',
        ),
    ),
    ValueKind(
        "Changes",
        "(?:added|deleted|modified)(?:(?:, | or )(?:added|deleted|modified))*",
        lambda text: tuple(re.findall(r"\w+ed", text)),
        ("added", "deleted", "modified", "added or deleted", "added, deleted or modified"),
    ),
)

# --- what people do ---------------------------------------------------------------------------------------------------


@given(parse("{persona:Persona} has browsed {packages:Packages}"))
@when(parse("{persona:Persona} browses {packages:Packages}"))
def browse_packages(persona: Session, packages: tuple[Package, ...], figures: Figures) -> None:
    """Look at the top of the latest revision of one package, or of several in turn; time and memory are measured."""
    with figures.measured("browsing"):
        for package in packages:
            browse(persona, package)


@given(parse("{persona:Persona} has opened {path:FolderName} of {package:Package}"))
@when(parse("{persona:Persona} opens {path:FolderName} of {package:Package}"))
def open_folder(persona: Session, path: str, package: Package) -> None:
    """Look into a folder of the latest revision of a package."""
    browse(persona, package, path)


@given(parse("{persona:Persona} has read the metadata of {package:Package}"))
@when(parse("{persona:Persona} reads the metadata of {package:Package}"))
def read_metadata(persona: Session, package: Package) -> None:
    """Ask for the metadata of the latest revision of a package."""
    metadata(persona, package)


@given(parse("{persona:Persona} has asked for the details of {package:Package}"))
@when(parse("{persona:Persona} asks for the details of {package:Package}"))
def ask_for_details(persona: Session, package: Package) -> None:
    """Ask for what the registry knows about a package."""
    details(persona, package)


@given(parse("{persona:Persona} has compared {one:Revision} with {other:Revision}"))
@when(parse("{persona:Persona} compares {one:Revision} with {other:Revision}"))
def compare_revisions(persona: Session, one: PackageRevision, other: PackageRevision, figures: Figures) -> None:
    """Compare two packages, or two revisions of one; time and memory are measured."""
    with figures.measured("comparing"):
        compare(persona, one, other)


@given(parse('{persona:Persona} has compared {revision:Revision} with its revision "{top_hash:Text}"'))
@when(parse('{persona:Persona} compares {revision:Revision} with its revision "{top_hash:Text}"'))
def compare_with_hash(persona: Session, revision: PackageRevision, top_hash: str) -> None:
    """Compare the latest revision of a package with one whose top hash is given literally and need not exist."""
    compare(persona, revision, revision.with_hash(top_hash))


# --- what they are shown ----------------------------------------------------------------------------------------------


@then(parse("{persona:Persona} {unless:UnlessRefused}sees exactly these entries:"))
@columns("path", "type", cells={"type": CellWords(("file", "directory"))})
def sees_entries(persona: Session, unless: Refusal | None, datatable: Rows) -> None:
    """What was browsed last shows these paths with these types (file or directory), and no others.

    "is refused: …, or sees …" is for a place that is written in an unusual way.
    """
    outcome = persona.last_outcome("browse_content")
    if unless is not None and outcome.error is not None:
        refused_with(outcome, unless.errors)
        return
    must_be_exactly(_shown(persona), [(row["path"], row["type"]) for row in datatable], "entries")


@then(parse("{persona:Persona} sees the right size for every file, and no size for folders"))
def sees_sizes(persona: Session, world: World) -> None:
    """Each file that was browsed last has the size in bytes that it was published with, and each folder has none."""
    shown = must_not_be_empty(_shown(persona), "entries")
    package = _browsed(persona, world)
    known = package.latest.sizes
    strange = [path for path, kind in shown if kind == "file" and path not in known]
    must_be_empty(strange, f"files that the {package} does not have")
    wanted = {path: known[path] if kind == "file" else None for path, kind in shown}
    must_agree(_shown_sizes(persona), wanted, "sizes")


@then(parse("{persona:Persona} sees exactly the files of {revision:Revision}, with their sizes"))
def sees_files(persona: Session, revision: PackageRevision) -> None:
    """What was browsed last shows the path and size of every file that was published, each once, and nothing else."""
    known = revision.expected()
    must_be_exactly(_shown(persona), [(key, "file") for key in known.files], "entries")
    must_agree(_shown_sizes(persona), known.sizes, "sizes")


@then(parse("{persona:Persona} sees the metadata of every file of {revision:Revision}"))
def sees_metadata_of_files(persona: Session, revision: PackageRevision) -> None:
    """What was browsed or installed last shows each file with the metadata that the revision's manifest has for it."""
    answer = persona.last_outcome("browse_content", "install").value
    is_installed = isinstance(answer, Installed)
    shown = answer.metadata_of_files if is_installed else {entry.path: entry.meta for entry in answer}
    known = {key: entry.metadata for key, entry in revision.manifest().entries.items()}
    must_not_be_empty([key for key, metadata in known.items() if metadata], "files with metadata of their own")
    must_agree(shown, known, "metadata of the files")


@then(parse("{persona:Persona} can see every file of {package:Package}, and no others"))
def can_see_every_file(persona: Session, package: Package) -> None:
    """Path and size of every published file, whatever folder it is in."""
    must_agree(walk(persona, package), package.latest.sizes, "files")


@then(parse("{persona:Persona} sees these packages:"))
@columns(
    "name",
    optional=("description", "tags", "changed", "top hash"),
    cells=dict.fromkeys(("description", "tags", "changed", "top hash"), ANYTHING),
)
def sees_packages(persona: Session, datatable: Rows) -> None:
    """The packages found or looked up last are these, with what the columns say.

    An empty cell is no description, no tags, or an empty text: a missing value is `(null)`.
    """
    shown = persona.last_outcome("search_packages", "get_package_info").value
    packages = shown if isinstance(shown, list) else [shown]
    found = [{column: _cell(package, column) for column in datatable[0]} for package in packages]
    assert found == list(datatable), f"the packages shown are {found}"


def _cell(package: Any, column: str) -> str:
    value = getattr(package, {"changed": "modified_date", "top hash": "top_hash"}.get(column, column))
    if value is None:
        return "" if column == "description" else "(null)"  # a description alone is documented as optional
    return ", ".join(value) if isinstance(value, list) else value


@then(parse("{persona:Persona} sees when {package:Package} was last changed, in ISO 8601"))
def sees_moment(persona: Session, package: Package, registry_observer: RegistryObserver) -> None:
    """Date and time with a time zone, in a form that every program reads, and the registry's own to the second."""
    known = registry_observer.package(package.bucket, package.name)
    assert known is not None, f"{package.where} holds no {package}"
    given = persona.last_outcome("get_package_info").value.modified_date
    found, changed = datetime.fromisoformat(given), datetime.fromisoformat(known["modified"])
    assert found.tzinfo is not None, f"the date {given} has no time zone"
    assert abs(found - changed) < timedelta(seconds=1), f"the date is {given}, and the package was changed at {changed}"


@then(parse("{persona:Persona} is told the name and the top hash of {package:Package}"))
def told_name_and_hash(persona: Session, package: Package) -> None:
    """What the last publication or update returned agrees with what the registry holds."""
    result = persona.last_outcome("create_package_revision", "update_package_revision").value
    found = {
        "success": result.success,
        "name": result.package_name,
        "top hash": result.top_hash,
        "registry": result.registry,
    }
    wanted = {"success": True, "name": package.name, "top hash": package.top_hash(), "registry": package.registry}
    must_agree(found, wanted, "results")


@then(parse("{persona:Persona} is told that {package:Package} has {count:FileCount}"))
def told_count(persona: Session, package: Package, count: int) -> None:
    """The last call returned this count for the package: "Number of files included in the package"."""
    told = persona.last_outcome("create_package_revision", "update_package_revision").value.file_count
    assert told == count, f"the result says that the {package} has {told} files, not {count}"


@then(parse("{persona:Persona} is given the catalog page of {package:Package}"))
def told_page(persona: Session, package: Package, target: Target) -> None:
    """The link leads to the package in the catalog that the persona is signed in to."""
    path = f"/b/{package.bucket}/packages/{package.name}"
    found = persona.last_outcome("create_package_revision", "update_package_revision").value.catalog_url
    assert str(found).endswith(path), f"the page is {found}, not {path}"
    assert found == target.catalog_url + path, f"the page is {found}, not one of the catalog {target.catalog_url}"


@then(parse('{persona:Persona} is told that "{entry:Text}" was left out, or is refused with "{named:Text}" named'))
def told_what_was_left_out(persona: Session, entry: str, named: str) -> None:
    """A field of the result lists or quotes the entry, or a ValidationError names it; both texts are the entry."""
    outcome = persona.last_outcome("update_package_revision")
    if outcome.error is not None:
        refusal = outcome.refusal(import_module("quilt_mcp.ops.exceptions").ValidationError)
        assert refusal.context.get("uri") == named or f"'{named}'" in str(refusal), f"the entry is not named: {refusal}"
        return
    said = vars(outcome.value).values()
    is_said = any(entry in value if isinstance(value, list | tuple) else f"'{entry}'" in str(value) for value in said)
    assert is_said, f"'{entry}' was left out, and the result says only: {outcome.value!r}"


@then(parse("{persona:Persona} is told that {package:Package} was {fate:Fate}"))
def told_fate(persona: Session, package: Package, fate: str) -> None:
    """A deletion returns True; a failed publication returns no success and an empty top hash, as documented."""
    told: Any = persona.last_outcome("delete_package", "create_package_revision").value
    if fate == DELETED:
        assert told is True, f"the deletion of the {package} returned {told!r}"
    else:
        found = [getattr(told, field, told) for field in ("package_name", "success", "top_hash")]
        assert found == [package.name, False, ""], f"the result is {told!r}"


@then(parse("{persona:Persona} sees exactly these changes:"))
@columns("change", "file", cells={"change": CellWords(CHANGES)})
def sees_changes(persona: Session, datatable: Rows) -> None:
    """The last comparison names these files as added, deleted or modified, and no others."""
    must_be_exactly(_changes(persona), [(row["change"], row["file"]) for row in datatable], "changes")


def _shown(persona: Session) -> list[tuple[str, str]]:
    """Path (a folder's without its slash) and type of everything that was browsed last, sorted."""
    return sorted((entry.path.rstrip("/"), entry.type) for entry in persona.last_outcome("browse_content").value)


def _browsed(persona: Session, world: World) -> Package:
    """The package that was browsed last."""
    call = persona.last_outcome("browse_content").call
    browsed = [each for each in world.values("package") if call is not None and each.name == call.arguments[0]]
    if not browsed:
        raise SuiteError("Looked for the package that was browsed last", "it is not there", "Browse one that is there")
    package: Package = browsed[0]
    return package


def _shown_sizes(persona: Session) -> dict[str, int | None]:
    return {entry.path.rstrip("/"): entry.size for entry in persona.last_outcome("browse_content").value}


@then(parse("{persona:Persona} sees {files:ChangedFiles} as {changes:Changes}"))
def sees_as(persona: Session, files: tuple[str, ...], changes: tuple[str, ...]) -> None:
    """The last comparison names these files, and no others, as added, deleted or modified."""
    found = [file for kind, file in _changes(persona) if kind in changes]
    noun = f"files named as {' or '.join(changes)}"
    if files:
        must_be_exactly(found, files, noun)
    else:
        must_be_empty(found, noun)


def _changes(persona: Session) -> list[tuple[str, str]]:
    comparison = persona.last_outcome("diff_packages").value
    for change in CHANGES:
        assert isinstance(comparison.get(change), list), f"it has {comparison.get(change)!r} for what was {change}"
    return [(change, file) for change in CHANGES for file in comparison[change]]
