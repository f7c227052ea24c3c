"""quilt3 alone: what people push with it, on a machine without quilt-mcp."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import given, when

from environment.clients.quilt3_elsewhere import Quilt3Elsewhere
from environment.driving.files import StoredContent, contents_in
from environment.driving.packages import Options, Package, message_in, remarks_in
from environment.driving.session import Session
from environment.driving.work import await_moment
from environment.errors import SuiteError
from environment.gherkin.parts import puts
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.kinds import CONTENT


@given(parse("{persona:Persona} has pushed {package:NewPackage} with quilt3, with these files{how:Options}:"))
@when(parse("{persona:Persona} pushes {package:NewPackage} with quilt3, with these files{how:Options}:"))
@columns("file", optional=("content", "metadata"), cells={"content": CONTENT})
@puts("package", column="file")
def push_with_quilt3(
    persona: Session, package: Package, how: Options, datatable: Rows, target: Target, undo: UndoLog, tmp_path: Path
) -> None:
    """A package that quilt3 made from files on the person's machine, which it copies into the package's bucket.

    The only options it takes are the moment, the message and the package's metadata; `metadata` in the table is a
    remark about that file.
    """
    stored = _push(persona, package, how, datatable, target, undo, tmp_path)
    package.note(stored, how.metadata)


@given(parse("{persona:Persona} has added these files to {package:Package} with quilt3{how:Options}:"))
@when(parse("{persona:Persona} adds these files to {package:Package} with quilt3{how:Options}:"))
@columns("file", optional=("content", "metadata"), cells={"content": CONTENT})
@puts("package", column="file")
def add_with_quilt3(
    persona: Session, package: Package, how: Options, datatable: Rows, target: Target, undo: UndoLog, tmp_path: Path
) -> None:
    """A revision that quilt3 made of the latest one and of files on the person's machine, copied into the bucket.

    The only options it takes are the moment, the message and the package's metadata; `metadata` in the table is a
    remark about that file.
    """
    before = package.latest
    stored = _push(persona, package, how, datatable, target, undo, tmp_path, keeps=True)
    package.note({**before.files, **stored}, {**before.metadata, **how.metadata})


def _push(
    persona: Session,
    package: Package,
    how: Options,
    datatable: Rows,
    target: Target,
    undo: UndoLog,
    folder: Path,
    *,
    keeps: bool = False,
) -> dict[str, StoredContent]:
    """Book what quilt3 will make, wait for the moment, push, and return where the files are now."""
    if how != Options(message=how.message, metadata=how.metadata, a_second_later=how.a_second_later):
        raise SuiteError("Pushed with quilt3", "it takes a moment, a message and metadata", "Leave the rest out")
    prefix = f"{package.name}/"
    undo.book("objects", f"the objects {package.registry}/{prefix}", bucket=package.bucket, prefix=prefix)
    await_moment(persona, how)
    said = package.message if how.message is None else message_in(how.message, package.message)
    client = Quilt3Elsewhere(target.catalog_url, persona.account.token(), folder)
    contents = contents_in(datatable)
    client.push(package.name, package.registry, contents, said, how.metadata, remarks_in(datatable), keeps=keeps)
    entries = package.manifest().entries
    return {name: StoredContent.at(entries[name].physical_key, name, content) for name, content in contents.items()}
