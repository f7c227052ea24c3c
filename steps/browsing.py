"""Browsing: what is in a package, folder by folder."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_bdd import given, then, when

from environment.checking.comparing import must_agree, must_be_exactly, must_not_be_empty
from environment.checking.figures import Figures
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from steps.arrangement import MadePackage, Workshop
from steps.baseline import Baseline
from steps.creation import Publication

FOLDER = "folder"


@dataclass(frozen=True)
class Browsed:
    """What came of a look into a package."""

    outcome: Outcome

    @classmethod
    def by(cls, persona: Session) -> Browsed:
        """What the persona saw last."""
        return cls(persona.last_outcome("browse_content"))

    @property
    def entries(self) -> list[tuple[str, str]]:
        """Path (a folder's with or without its slash) and type of everything that was seen, sorted."""
        return sorted((entry.path.rstrip("/"), entry.type) for entry in self.outcome.value)

    @property
    def sizes(self) -> dict[str, int | None]:
        """Size in bytes by path."""
        return {entry.path.rstrip("/"): entry.size for entry in self.outcome.value}


def browse_package(persona: Session, name: str, path: str = "") -> Browsed:
    """Look into a package, at its top unless told otherwise."""
    return Browsed(attempt(persona.ops.browse_content, name, registry=persona.registry, path=path))


@given(parse("a package of {count:Count} files in one folder"), target_fixture="made")
def package_of_many_files(count: int, workshop: Workshop) -> MadePackage:
    """A package made for this scenario: small files, all in one folder."""
    return workshop.package_of({f"{FOLDER}/{number:04}.txt": b"%d\n" % number for number in range(count)})


@given(parse("a package of {count:Count} files side by side"), target_fixture="made")
def package_of_files_side_by_side(count: int, workshop: Workshop) -> MadePackage:
    """A package made for this scenario without folders; its files have the same bytes, which lie in S3 once."""
    return workshop.package_of_one_object([f"{number:05}.txt" for number in range(count)])


@given(parse('a package with a file named "{name:Text}"'), target_fixture="made")
def package_with_file(name: str, workshop: Workshop) -> MadePackage:
    """A package made for this scenario, with one file of this name."""
    return workshop.package_of({name: b"any name will do\n"})


@given(parse("a package with a file whose name is {count:Count} letters long"), target_fixture="made")
def package_with_long_name(count: int, workshop: Workshop) -> MadePackage:
    """A package made for this scenario, with one file of a very long name."""
    return workshop.package_of({"k" * count: b"any name will do\n"})


@when(parse('{persona:Persona} browses "{name:Text}"'), target_fixture="browsed")
def browse(persona: Session, name: str, baseline: Baseline) -> Browsed:
    """Look at the top of a package."""
    return browse_package(persona, name)


@when(parse('{persona:Persona} looks into "{path:Text}" of "{name:Text}"'), target_fixture="browsed")
def browse_folder(persona: Session, path: str, name: str, baseline: Baseline) -> Browsed:
    """Look into a folder of a package."""
    return browse_package(persona, name, path)


@when(parse("{persona:Persona} browses that package"), target_fixture="browsed")
def browse_made_package(persona: Session, made: MadePackage, figures: Figures) -> Browsed:
    """Look at the top of the package that was made for this scenario; time and memory are measured."""
    with figures.measured("browsing"):
        return browse_package(persona, made.name)


@when(parse("{persona:Persona} browses that folder"), target_fixture="browsed")
def browse_made_folder(persona: Session, made: MadePackage, figures: Figures) -> Browsed:
    """Look into the folder of the package that was made for this scenario; time and memory are measured."""
    with figures.measured("browsing"):
        return browse_package(persona, made.name, FOLDER)


@then(parse("{persona:Persona} sees exactly these entries:"))
@columns("path", "type")
def sees_exactly(persona: Session, datatable: Rows) -> None:
    """These paths with these types (file or directory), and no others."""
    must_be_exactly(Browsed.by(persona).entries, [(row["path"], row["type"]) for row in datatable], "entries")


@then(parse("{persona:Persona} sees exactly that file"))
def sees_that_file(persona: Session, made: MadePackage) -> None:
    """The file under its own name, and nothing else."""
    must_be_exactly(Browsed.by(persona).entries, [(name, "file") for name in made.checksums], "entries")


@then(parse("{persona:Persona} sees all {count:Count} files"))
def sees_all(persona: Session, count: int, made: MadePackage) -> None:
    """Every file of the package, none twice."""
    entries = Browsed.by(persona).entries
    must_be_exactly(entries, [(name, "file") for name in made.checksums], "entries")
    assert len(entries) == count, f"{persona} sees {len(entries)} files, not {count}"


@then(parse("no folder has a size"))
def folders_have_no_size(browsed: Browsed) -> None:
    """A folder is not a file: it has no byte size of its own."""
    folders = must_not_be_empty([path for path, kind in browsed.entries if kind == "directory"], "folders")
    sized = [f"{path} ({browsed.sizes[path]} bytes)" for path in folders if browsed.sizes[path] is not None]
    assert not sized, f"folders have a size: {', '.join(sized)}"


@then(parse('every file has the size that it has in "{name:Text}"'))
def files_have_their_size(browsed: Browsed, name: str, baseline: Baseline) -> None:
    """The size in bytes that the dataset's files have."""
    files = must_not_be_empty([path for path, kind in browsed.entries if kind == "file"], "files")
    sizes = {file.logical_key: file.size for file in baseline.dataset(name).latest.files}
    unknown = sorted({*files} - {*sizes})
    assert not unknown, f"{name} has no files {', '.join(unknown)}"
    must_agree({path: browsed.sizes[path] for path in files}, {path: sizes[path] for path in files}, "sizes")


@then(parse("{persona:Persona} sees the same {count:Count} files that {publisher:Persona} published"))
def sees_what_was_published(persona: Session, count: int, publisher: Session, publication: Publication) -> None:
    """Path and size of every published file, in whatever folders they lie."""
    publication.must_be_of(publisher)
    must_agree(walk_files(persona, publication.package_name), publication.sizes, "files")
    assert len(publication.sizes) == count, f"{publisher} published {len(publication.sizes)} files, not {count}"


def walk_files(persona: Session, name: str, path: str = "") -> dict[str, int | None]:
    """Sizes by path of all files of a package, folder by folder, as a person would click through it.

    Raises:
        AssertionError: an entry is there twice, or does not lie in the folder that shows it.
    """
    files: dict[str, int | None] = {}
    for entry in browse_package(persona, name, path).outcome.value:
        assert entry.path.rstrip("/") != path, f"{path} shows itself as one of its entries"
        found = {entry.path: entry.size} if entry.type == "file" else walk_files(persona, name, entry.path.rstrip("/"))
        twice = files.keys() & found.keys()
        assert not twice, f"files are there twice: {', '.join(sorted(twice))}"
        files |= found
    return files
