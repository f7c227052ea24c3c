"""Publishing: how people make packages, add to them, replace and remove files, and delete them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pytest_bdd import given, when

from data.datasets.checksums import ChecksumSink
from environment.arrangement.packages import Entry, PackageArranger
from environment.arrangement.revisions import RevisionArranger
from environment.checking.figures import Figures
from environment.driving.files import CORRECTED, ScenarioFile, StoredContent, Storeroom, content_of, contents_in
from environment.driving.packages import ARRANGED_METADATA, Options, Package, PackageRevision, metadata_in, remarks_in
from environment.driving.session import Session
from environment.driving.work import add, bring_back, copy, create, delete, publish, remove, update
from environment.gherkin.following import offers
from environment.gherkin.parts import puts
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.gherkin.things import World
from environment.product.outcome import attempt
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.arrangement import DatasetShelf
from steps.kinds import CONTENT, LARGER, REPLACEMENTS, TYPE

NOTHING = "(nothing)"
A_GOOD_FILE = "(a good file)"


@given(parse("{persona:Persona} has published {package:NewPackage} from {files:Files}{how:Options}"))
@when(parse("{persona:Persona} publishes {package:NewPackage} from {files:Files}{how:Options}"))
@puts("package", words="files")
def publish_files(
    persona: Session, package: Package, files: tuple[StoredContent, ...], how: Options, figures: Figures
) -> None:
    """Make a package of files in S3, or of none; each keeps its folders unless the sentence says otherwise."""
    with figures.measured("publishing"):
        publish(persona, package, files, how)


@given(
    parse(
        "{persona:Persona} has published {package:NewPackage} from {files:Files}{how:Options} " + "with this metadata:"
    )
)
@when(parse("{persona:Persona} publishes {package:NewPackage} from {files:Files}{how:Options} with this metadata:"))
@columns("field", "value", optional=("type",), cells={"type": TYPE})
@puts("package", words="files")
def publish_with_metadata(
    persona: Session, package: Package, files: tuple[StoredContent, ...], how: Options, datatable: Rows
) -> None:
    """Make a package and describe it; the tags are a list, separated by commas."""
    publish(persona, package, files, how, metadata_in(datatable))


@given(parse("{persona:Persona} has published {package:NewPackage} with these files{how:Options}:"))
@when(parse("{persona:Persona} publishes {package:NewPackage} with these files{how:Options}:"))
@columns("file", optional=("content",), cells={"content": CONTENT})
@puts("package", column="file")
@offers("file", column="file")
def publish_new_files(
    persona: Session, package: Package, how: Options, datatable: Rows, storeroom: Storeroom, world: World
) -> None:
    """Put files into its bucket and make a package of them; without folders unless the sentence keeps them."""
    contents = contents_in(datatable)
    files = [storeroom.put(name, content, package.bucket) for name, content in contents.items()]
    _offer(files, world)
    side_by_side = replace(how, keeps_folders=False) if how.keeps_folders is None else how
    publish(persona, package, files, side_by_side)


def _offer(files: Iterable[StoredContent], world: World) -> None:
    """Make the files known to later sentences."""
    for file in files:
        world.offer("file", file.name).value = ScenarioFile([file])


@given(parse("{persona:Persona} has published {package:NewPackage} from these entries:"))
@when(parse("{persona:Persona} publishes {package:NewPackage} from these entries:"))
@columns("entry")
@puts("package")
def publish_entries(persona: Session, package: Package, datatable: Rows, datasets: DatasetShelf) -> None:
    """Name what to publish by S3 URI; `(nothing)` is a gap in the list, `(a good file)` a valid entry."""
    create(persona, package, _entries(datatable, datasets))


@given(parse("{persona:Persona} has added {files:Files} to {package:Package}{how:Options}"))
@when(parse("{persona:Persona} adds {files:Files} to {package:Package}{how:Options}"))
@puts("package", words="files")
def add_files(persona: Session, files: tuple[StoredContent, ...], package: Package, how: Options) -> None:
    """Add files to a package; they replace those that it has under the same names.

    They are put side by side, without their folders, unless the sentence keeps them: that is how QuiltOps adds.
    """
    add(persona, package, files, how)


@given(parse("{persona:Persona} has added {files:Files} to {package:Package}{how:Options} with this metadata:"))
@when(parse("{persona:Persona} adds {files:Files} to {package:Package}{how:Options} with this metadata:"))
@columns("field", "value", optional=("type",), cells={"type": TYPE})
@puts("package", words="files")
def add_with_metadata(
    persona: Session, files: tuple[StoredContent, ...], package: Package, how: Options, datatable: Rows
) -> None:
    """Add files to a package, and these fields to its metadata."""
    add(persona, package, files, how, metadata_in(datatable))


@given(parse("{persona:Persona} has added these entries to {package:Package}:"))
@when(parse("{persona:Persona} adds these entries to {package:Package}:"))
@columns("entry")
@puts("package")
def add_entries(persona: Session, package: Package, datatable: Rows, datasets: DatasetShelf) -> None:
    """Name what to add by S3 URI; `(nothing)` is a gap in the list, `(a good file)` a valid entry."""
    update(persona, package, _entries(datatable, datasets))


@given(
    parse("{persona:Persona} has replaced {name:FileName} in {package:Package} with {what:Replacement}{how:Options}")
)
@when(parse("{persona:Persona} replaces {name:FileName} in {package:Package} with {what:Replacement}{how:Options}"))
def replace_file(persona: Session, name: str, package: Package, what: str, how: Options, storeroom: Storeroom) -> None:
    """Update a package with a file of the same name but other bytes, from elsewhere in the package's bucket.

    A corrected or wrong file has the size of the one that it replaces, a larger one has more. In content, `\\n`
    begins a new line.
    """
    replaced = package.latest.named(name)
    if what in REPLACEMENTS:
        file = storeroom.corrected_copy(replaced, package.bucket, is_larger=what == LARGER)
    else:
        content = content_of(what.removeprefix("the content ").replace("\\n", "\n"), name)
        file = storeroom.put(replaced.name, content, package.bucket, folder=CORRECTED)
    add(persona, package, [file], how)


@given(parse("{persona:Persona} has removed {names:Names} from {package:Package}{how:Options}"))
@when(parse("{persona:Persona} removes {names:Names} from {package:Package}{how:Options}"))
def remove_files(persona: Session, names: tuple[str, ...], package: Package, how: Options) -> None:
    """Publish the package again without these files."""
    remove(persona, package, [package.latest.named(name) for name in names], how)


@given(parse("{persona:Persona} has brought back {revision:Revision}{how:Options}"))
@when(parse("{persona:Persona} brings back {revision:Revision}{how:Options}"))
def bring_back_revision(persona: Session, revision: PackageRevision, how: Options) -> None:
    """Publish the package again with the files and the metadata that it had in that revision.

    The files are named by their place in S3: one that has been overwritten there since is not brought back.
    """
    bring_back(persona, revision, how)


@given(parse("{persona:Persona} has copied {package:Package} {made:Copy}{how:Options}"))
@when(parse("{persona:Persona} copies {package:Package} {made:Copy}{how:Options}"))
@puts("package")
def copy_package(persona: Session, package: Package, made: Package, how: Options) -> None:
    """Publish its files and metadata in that bucket, under the same name unless the sentence gives another.

    The files stay where they are unless copied.
    """
    copy(persona, package, made, how)


@given(parse("{persona:Persona} has deleted {package:Package}"))
@when(parse("{persona:Persona} deletes {package:Package}"))
def delete_package(persona: Session, package: Package, latest_before: Mapping[str, str]) -> None:
    """Delete a package with all its revisions; the state of the test environment's packages is noted first."""
    delete(persona, package)


@given(parse("{package:Package} has {count:Count} earlier revisions"))
def has_earlier_revisions(package: Package, count: int, target: Target) -> None:
    """Revisions of the same files, each with its own metadata, published long ago."""
    RevisionArranger(target.client("s3")).add_earlier(package.bucket, package.name, count)


@given(parse("{package:NewPackage} with these files:"))
@columns("file", optional=("content", "metadata"), cells={"content": CONTENT})
@puts("package", column="file")
@offers("file", column="file")
def package_with_files(
    package: Package,
    datatable: Rows,
    storeroom: Storeroom,
    package_arranger: PackageArranger,
    world: World,
    target: Target,
) -> None:
    """A package that nobody in the scenario published, with a status as its metadata.

    Its files are in the same bucket as the package; `metadata` is a remark about that file.
    """
    remarks = remarks_in(datatable)
    _arrange(package, contents_in(datatable), storeroom, package_arranger, remarks, dict(ARRANGED_METADATA))
    _offer(package.latest.files.values(), world)
    if package.bucket != target.buckets.packages:
        target.wait_until_indexed()


@given(parse("{package:NewPackage} without metadata and with these files:"))
@columns("file", optional=("content",), cells={"content": CONTENT})
@puts("package", column="file")
@offers("file", column="file")
def package_without_metadata(
    package: Package, datatable: Rows, storeroom: Storeroom, package_arranger: PackageArranger, world: World
) -> None:
    """A package that nobody in the scenario published, with no metadata at all."""
    _arrange(package, contents_in(datatable), storeroom, package_arranger)
    _offer(package.latest.files.values(), world)


@given(parse("{package:NewPackage} with a file whose name is {count:Count} letters long"))
@puts("package")
def package_with_long_name(
    package: Package, count: int, storeroom: Storeroom, package_arranger: PackageArranger
) -> None:
    """A package that nobody in the scenario published, with one file whose name is very long."""
    _arrange(package, {"k" * count: content_of("some content", "k")}, storeroom, package_arranger)


@given(parse("{longer:NewPackage} whose name starts with the name of {package:Package}"))
@puts("package")
def package_with_longer_name(
    longer: Package, package: Package, storeroom: Storeroom, package_arranger: PackageArranger, undo: UndoLog
) -> None:
    """A package that nobody in the scenario published, whose name is the other one's plus a few letters."""
    _arrange_called(f"{package.name}-too", longer, storeroom, package_arranger, undo)


@given(parse("{package:NewPackage} in {namespace:Namespace}"))
@puts("package")
def package_in_namespace(
    package: Package, namespace: str, storeroom: Storeroom, package_arranger: PackageArranger, undo: UndoLog
) -> None:
    """A package that nobody in the scenario published, whose name begins with this namespace."""
    _arrange_called(f"{namespace}/{package.name.rpartition('/')[2]}", package, storeroom, package_arranger, undo)


@given(parse("{persona:Persona} has deleted a package, naming only {namespace:Namespace}"))
@when(parse("{persona:Persona} deletes a package, naming only {namespace:Namespace}"))
def delete_namespace(persona: Session, namespace: str, target: Target, latest_before: Mapping[str, str]) -> None:
    """Delete by the first part of packages' names; the state of the test environment's packages is noted first."""
    attempt(persona.ops.delete_package, target.buckets.packages, namespace)


@given(parse("{package:NewPackage} of {count:FileCount}"))
@puts("package")
def package_of_many_files(
    package: Package, count: int, storeroom: Storeroom, package_arranger: PackageArranger
) -> None:
    """A package that nobody in the scenario published, with a status as its metadata.

    Its files are called 00000.txt, 00001.txt and so on; they have the same bytes, stored in S3 once.
    """
    name = f"{package.name} one"
    content = content_of("some content", name)
    one = storeroom.put("one", content, package.bucket)
    keys = [f"{number:05}.txt" for number in range(count)]
    entries = [Entry(key, one.physical_key, one.size, _quilt_hash(content)) for key in keys]
    package_arranger.construct(package.bucket, package.name, entries, dict(ARRANGED_METADATA))
    package.note(dict.fromkeys(keys, one), dict(ARRANGED_METADATA))


def _arrange(
    package: Package,
    contents: Mapping[str, bytes],
    storeroom: Storeroom,
    package_arranger: PackageArranger,
    remarks: Mapping[str, Mapping[str, Any]] | None = None,
    metadata: dict[str, Any] | None = None,
) -> None:
    """Put files into the package's bucket and have the registry make the package from them, as administrator."""
    stored = {name: storeroom.put(name, content, package.bucket) for name, content in contents.items()}
    said = {name: {"user_meta": remark} for name, remark in (remarks or {}).items()}
    entries = [
        Entry(name, file.physical_key, file.size, _quilt_hash(contents[name]), said.get(name))
        for name, file in stored.items()
    ]
    package_arranger.construct(package.bucket, package.name, entries, metadata)
    package.note(stored, metadata or {})


def _arrange_called(
    name: str, package: Package, storeroom: Storeroom, package_arranger: PackageArranger, undo: UndoLog
) -> None:
    """Have the registry make a package of one file under a name that the sentence decides."""
    package.name = name
    undo.book("package", f"the package {name}", bucket=package.bucket, name=name)
    _arrange(package, {"yields.csv": content_of("12 rows", "yields.csv")}, storeroom, package_arranger)


def _entries(datatable: Rows, datasets: DatasetShelf) -> Sequence[str | None]:
    words = {NOTHING: None, A_GOOD_FILE: datasets.take("single-file").uris[0]}
    return [words.get(row["entry"], row["entry"]) for row in datatable]


def _quilt_hash(content: bytes) -> str:
    """Hash of a file's bytes as packages keep it, so that the registry need not read them (registry facts 7.4)."""
    sink = ChecksumSink()
    sink.write(content)
    return sink.digest().quilt_hash
