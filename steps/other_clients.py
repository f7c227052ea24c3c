"""quilt3 alone: what people push with it, on a machine without quilt-mcp."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import given, when

from environment.clients.quilt3_elsewhere import Quilt3Elsewhere
from environment.driving.files import StoredContent, content_of
from environment.driving.packages import Options, Package, message_in
from environment.driving.session import Session
from environment.errors import SuiteError
from environment.gherkin.parts import puts
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.kinds import CONTENT


@given(parse("{persona:Persona} has pushed {package:NewPackage} with quilt3, with these files{how:Options}:"))
@when(parse("{persona:Persona} pushes {package:NewPackage} with quilt3, with these files{how:Options}:"))
@columns("file", optional=("content",), cells={"content": CONTENT})
@puts("package", column="file")
def push_with_quilt3(
    persona: Session, package: Package, how: Options, datatable: Rows, target: Target, undo: UndoLog, tmp_path: Path
) -> None:
    """A package that quilt3 made from files on the person's machine, which it copies into the package's bucket.

    The only options it takes are the message and metadata.
    """
    if how != Options(message=how.message, metadata=how.metadata):
        raise SuiteError("Pushed with quilt3", "it takes a message and metadata alone", "Leave the rest out")
    contents = {row["file"]: content_of(row.get("content", ""), row["file"]) for row in datatable}
    folder = f"{package.name}/"
    undo.book("objects", f"the objects {package.registry}/{folder}", bucket=package.bucket, prefix=folder)
    client = Quilt3Elsewhere(target.catalog_url, persona.account.token(), tmp_path)
    said = package.message if how.message is None else message_in(how.message, package.message)
    client.push(package.name, package.registry, contents, said, how.metadata)
    entries = package.manifest().entries
    stored = {name: StoredContent.at(entries[name].physical_key, name, content) for name, content in contents.items()}
    package.note(stored, how.metadata)
