"""Which words placeholders take: people, packages, files, datasets, buckets, refusals and the rest of the domain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import pytest

import environment.gherkin.values  # noqa: F401  # registers Count, Duration, Size, Text
import steps.kinds_of_people  # noqa: F401  # registers Persona, User, Role
from data.baseline import BASELINE, OWNER
from data.datasets.dataset_list import DATASETS
from environment.driving.downloads import KeptLink
from environment.driving.files import AS_FIRST_PUBLISHED, CONTENT_PATTERN, CORRECTED, ScenarioFile, StoredContent
from environment.driving.packages import (
    METADATA_TYPES,
    KnownRevision,
    NewPackages,
    Options,
    Package,
    PackageRevision,
    metadata_in,
)
from environment.errors import SuiteError
from environment.evidence.noting import note
from environment.gherkin.mentions import CopyKind, CountedKind, PartKind, SeveralKind
from environment.gherkin.parts import PartNameKind
from environment.gherkin.references import KINDS, ReferenceKind, ValueKind, register
from environment.gherkin.step_arguments import CellWords
from environment.gherkin.things import ORDINALS, Thing, ThingKind, ThingMention, World
from environment.gherkin.values import Refusal, unquoted
from environment.nearest import unknown
from environment.people.names import Names
from environment.people.personas import CAST, NEW_COLLEAGUE
from environment.targets.target import Target
from environment.targets.tokens import FLAWS, Flaw
from steps.arrangement import Arranged, DatasetShelf, stored_content
from steps.baseline import Baseline

USUAL_BUCKET = "packages"
"""Where packages are unless a sentence says otherwise."""
BUCKETS = (USUAL_BUCKET, "data", "scratch", "restricted", "remote")
WRITABLE_BUCKETS = tuple(each for each in BUCKETS if each != "data")  # that one holds the datasets, and is only read


def _dataset(name: str, request: pytest.FixtureRequest) -> Arranged:
    shelf: DatasetShelf = request.getfixturevalue("datasets")
    return shelf.take(name)


def _flaw(name: str, _: pytest.FixtureRequest) -> Flaw:
    return FLAWS[name]


# --- packages and their revisions -------------------------------------------------------------------------------------


def _package(thing: Thing, request: pytest.FixtureRequest) -> Package:
    """A package that a sentence only refers to: of the baseline, or one that nobody need have made."""
    if thing.name in _baseline_names() and thing.place == USUAL_BUCKET:
        return _baseline_package(thing.name, request)
    packages: NewPackages = request.getfixturevalue("new_packages")
    package = packages.known(thing.name if thing.is_literal else packages.new_name())
    if thing.place != USUAL_BUCKET:
        package.move(_bucket_name(thing.place, request), thing.place)
    return package


def _new_package(thing: Thing, request: pytest.FixtureRequest) -> Package:
    """A package that a sentence may make, recorded for undoing."""
    if thing.name in _baseline_names() and thing.place == USUAL_BUCKET:
        raise SuiteError(
            f"Looked for a new package {thing.name}", "it belongs to the test environment", "Choose another name"
        )
    packages: NewPackages = request.getfixturevalue("new_packages")
    bucket = None if thing.place == USUAL_BUCKET else _bucket_name(thing.place, request)
    name = _literal_name(thing, request.getfixturevalue("world"))
    if name is not None:
        return packages.booked(name, bucket=bucket, where=thing.place)
    package = packages.new(thing.name if thing.has_own_name else "", bucket=bucket, where=thing.place)
    if thing.has_own_name:
        note([f"{thing} is {package.name}"])
    return package


def _literal_name(thing: Thing, world: World) -> str | None:
    """The name that a package must have: its own, or that of its namesake in another bucket; None if it is free."""
    namesake = world.namesake(thing)
    if namesake is not None and isinstance(namesake.value, Package):
        return namesake.value.name
    return thing.name if thing.is_literal or thing.name in _baseline_names() else None


def _bucket_name(place: str, request: pytest.FixtureRequest) -> str:
    """The name that S3 knows a bucket by."""
    target: Target = request.getfixturevalue("target")
    return str(getattr(target.buckets, place))


def _baseline_package(name: str, request: pytest.FixtureRequest) -> Package:
    """A package of the baseline with all its revisions, as the datasets have them."""
    baseline: Baseline = request.getfixturevalue("baseline")
    shelf: DatasetShelf = request.getfixturevalue("datasets")
    packages: NewPackages = request.getfixturevalue("new_packages")
    package, made = packages.known(name), baseline.package(name)
    hashes = package.storage.revision_hashes(package.bucket, name)
    for revision, top_hash in zip(made.revision_names, hashes[-len(made.revision_names) :], strict=True):
        files = shelf.take(made.dataset_name).files_of(revision)
        stored = {key: stored_content(file, file.logical_key) for key, file in files.items()}
        package.revisions.append(KnownRevision(top_hash, stored, made.metadata))
    return package


def _baseline_names() -> Sequence[str]:
    return [package.name for package in BASELINE]


def _revision(package: object, which: str) -> PackageRevision:
    assert isinstance(package, Package), f"{package} is no package"
    known = package.revision(which) if which else package.revisions[-1] if package.revisions else None
    return PackageRevision(package, known, is_latest=not which)


def _files_of_package(name: str) -> set[str] | None:
    """The files of a package of the baseline in all its revisions; None if any package of that name might have any."""
    made = next((package for package in BASELINE if package.name == name), None)
    return None if made is None else {file.logical_key for revision in made.revisions for file in revision.files}


def _folders_of(paths: Iterable[str]) -> list[str]:
    return sorted({str(folder) for path in paths for folder in PurePosixPath(path).parents if folder.name})


PACKAGE = ThingKind(
    "Package",
    "package",
    _package,
    standing=_baseline_names,
    takes=("baseline",),
    parts=_files_of_package,
    places=WRITABLE_BUCKETS,
)
NEW_PACKAGE = ThingKind(
    "NewPackage", "package", _new_package, brings=True, places=WRITABLE_BUCKETS, names=r"[\w-]+(?:/[\w-]+)?"
)

# --- files ------------------------------------------------------------------------------------------------------------

NAMESPACE = ThingKind(
    "Namespace", "namespace", lambda thing, request: _namespace(thing, request.getfixturevalue("names")), brings=True
)


def _namespace(thing: Thing, names: Names) -> str:
    """A first part of package names that no other package has."""
    return names.package_called(thing.name, OWNER).replace("/", "-")


FILE = ThingKind("File", "file", lambda thing, request: ScenarioFile())
NEW_FILE = ThingKind("NewFile", "file", lambda thing, request: ScenarioFile(), brings=True)

_DATASET_FILES = re.compile(r'(?:(?P<count>\d[\d,]*) files? of )?the "(?P<dataset>[^"]+)" dataset')
_NAMED_FILES = re.compile(r'the files? (?P<names>"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?)')
_THOSE_FILES = re.compile(r"(?:those|both) files|that file")
_NO_FILES = re.compile(r"no files")
_PART = "|".join(
    re.sub(r"\?P<\w+>", "?:", part.pattern) for part in (_DATASET_FILES, _NAMED_FILES, _THOSE_FILES, _NO_FILES)
)


@dataclass(frozen=True)
class FilesMention:
    """The words of a sentence that say which files: of datasets, by name, or those mentioned before."""

    text: str

    def _parts(self) -> Iterator[re.Match[str]]:
        return re.finditer(_PART, self.text)

    def problem(self) -> str | None:
        """Return that a dataset is unknown, or None."""
        for part in self._parts():
            found = _DATASET_FILES.fullmatch(part[0])
            if found and found["dataset"] not in DATASETS:
                return unknown("dataset", found["dataset"], sorted(DATASETS))
        return None

    def follow(self, world: World) -> None:
        """Take note of the files in the check before a run; raises MeaningError."""
        for mention in self._things(world):
            mention.follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> tuple[StoredContent, ...]:
        """Return the files, as they lie in S3 now."""
        world: World = request.getfixturevalue("world")
        found: list[StoredContent] = []
        for part in self._parts():
            dataset = _DATASET_FILES.fullmatch(part[0])
            if dataset:
                found += _of_dataset(dataset, request)
            for mention in _mentions(part[0], world):
                file = mention.resolve(request)
                assert isinstance(file, ScenarioFile), f"{file} is no file"
                found.append(file.latest)
        return tuple(found)

    def part_names(self, world: World) -> list[str]:
        """The names of the files, in the check before a run; raises MeaningError."""
        names = [mention.text.split('"')[1] for mention in self._things(world)]
        for part in self._parts():
            if found := _DATASET_FILES.fullmatch(part[0]):
                names += [file.logical_key for file in DATASETS[found["dataset"]].revisions[-1].files]
        return names

    def _things(self, world: World) -> Iterator[ThingMention]:
        for part in self._parts():
            yield from _mentions(part[0], world)

    def __repr__(self) -> str:
        return self.text


def _mentions(part: str, world: World) -> Iterator[ThingMention]:
    if named := _NAMED_FILES.fullmatch(part):
        names = re.findall(r'"([^"]+)"', named["names"])
    elif part == "that file":
        names = [world.meant(FILE, "it").name]
    elif _THOSE_FILES.fullmatch(part):
        names = [thing.name for thing in world.all(FILE, part)]
    else:
        names = []
    for name in names:
        yield ThingMention(FILE, f'the file "{name}"')


def _of_dataset(found: re.Match[str], request: pytest.FixtureRequest) -> list[StoredContent]:
    files = list(_dataset(found["dataset"], request).files.values())
    count = int(found["count"].replace(",", "")) if found["count"] else len(files)
    if count > len(files):
        raise SuiteError(f"Took {count} files of a dataset", f"it has {len(files)}", "Name fewer, or another one")
    return [stored_content(file, file.logical_key) for file in files[:count]]


@dataclass(frozen=True)
class FilesKind:
    """Files, in the words of `FilesMention`."""

    name: str = "Files"

    @property
    def pattern(self) -> str:
        """The words that say which files."""
        return rf"(?:{_PART})(?:(?:, | and )(?:{_PART}))*"

    def convert(self, text: str) -> FilesMention:
        """Return the mention that the words make."""
        return FilesMention(text)

    def choices(self) -> Sequence[str]:
        """Return how files are mentioned."""
        return [
            'the "simple-csv" dataset',
            '2 files of the "simple-csv" dataset',
            'the file "a.csv"',
            'the files "a.csv" and "b.csv"',
            "those files",
            "no files",
        ]


LINK = ThingKind("Link", "link", lambda thing, request: KeptLink())
NEW_LINK = ThingKind("NewLink", "link", lambda thing, request: KeptLink(), brings=True)

_CONTENT = r'the content "[^"]*"'
LARGER = "a larger file"
REPLACEMENTS = ("a corrected file", "a wrong file", LARGER)
"""Other bytes, of the same size but for the last."""
_MESSAGE = re.compile(r', with the message "((?:[^"\\]|\\.)*)"')
_FIELD = re.compile(r'(?:, with| and) "((?:[^"\\]|\\.)*)" as its ([\w-]+)')
_OPTIONS: dict[str, dict[str, object]] = {
    ", keeping folders": {"keeps_folders": True},
    ", without folders": {"keeps_folders": False},
    ", copying every file": {"copies": True},
    ", by its exact version": {"by_version": True},
    ", naming one of them twice": {"one_twice": True},
    ", a second later": {"a_second_later": True},
}


def _uncaptured(pattern: re.Pattern[str]) -> str:
    """The same pattern without groups that capture."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern.pattern)


def _options(text: str) -> Options:
    chosen: dict[str, object] = {}
    if message := _MESSAGE.search(text):
        chosen["message"] = unquoted(message[1])
        text = text.replace(message[0], "")
    if fields := _FIELD.findall(text):
        chosen["metadata"] = metadata_in({"field": name, "value": unquoted(value)} for value, name in fields)
        text = _FIELD.sub("", text)
    for words, values in _OPTIONS.items():
        if words in text:
            chosen |= values
    if copied := re.search(r', copying "([^"]*)" files', text):
        chosen["copies"] = copied[1]
    return Options(**chosen)  # type: ignore[arg-type]  # each value is of its field's type


TYPE = CellWords(tuple(METADATA_TYPES))
CONTENT = CellWords(("empty", "some content", ""), CONTENT_PATTERN, ("12 rows", '"some text"'))
CONTENT_HELD = replace(CONTENT, words=(AS_FIRST_PUBLISHED, CORRECTED, *CONTENT.words))

# --- the rest ---------------------------------------------------------------------------------------------------------

_BUCKET = "|".join(BUCKETS)


def bucket_words(text: str) -> tuple[str, ...]:
    """The buckets of words such as ``the data, scratch and packages buckets``, ``the data bucket``, ``no buckets``."""
    return tuple(re.findall(_BUCKET, text))


def quoted_names(text: str) -> tuple[str, ...]:
    """The names of a list such as ``"a", "b" and "c"``."""
    return tuple(re.findall(r'"([^"]+)"', text))


register(
    PACKAGE,
    NEW_PACKAGE,
    PartKind("Revision", PACKAGE, "revision", (*ORDINALS, "previous", "latest"), _revision),
    SeveralKind("Packages", PACKAGE),
    CountedKind("NewPackages", NEW_PACKAGE),
    CopyKind("Copy", NEW_PACKAGE),
    CountedKind("NewFiles", NEW_FILE),
    NAMESPACE,
    FILE,
    NEW_FILE,
    FilesKind(),
    PartNameKind("FileName", "file", "package"),
    PartNameKind("WhichFiles", "file", "package", every="every file"),
    LINK,
    NEW_LINK,
    PartNameKind("FolderName", "folder", "package", "the folder ", known=_folders_of),
    ValueKind(
        "Options",
        rf'(?:{"|".join(_OPTIONS)}|, copying "[^"]*" files|{_uncaptured(_MESSAGE)}|{_uncaptured(_FIELD)})*,?',
        _options,
        ("", *_OPTIONS, ', with the message "any text"', ', with "wheat" as its crop and "draft" as its status'),
    ),
    ValueKind("Replacement", rf"{'|'.join(REPLACEMENTS)}|{_CONTENT}", str, (*REPLACEMENTS, 'the content "any text"')),
    ReferenceKind("Dataset", "dataset", lambda: sorted(DATASETS), _dataset),
    ReferenceKind("Flaw", "flaw of a token", lambda: sorted(FLAWS), _flaw, pattern=r"[a-z][a-z ]+"),
    ValueKind(
        "UnlessRefused",
        rf"(?:is refused: {KINDS['Refusal'].pattern}, or )?",
        lambda text: Refusal(text.removeprefix("is refused: ").removesuffix(", or ")) if text else None,
        ("", "is refused: not found, or ", "is refused: invalid or not found, or "),
    ),
    ValueKind("Ordinal", "|".join(ORDINALS), ORDINALS.index, ORDINALS),
    ValueKind("Bucket", _BUCKET, str, BUCKETS),
    ValueKind("WritableBucket", "|".join(WRITABLE_BUCKETS), str, WRITABLE_BUCKETS),
    ValueKind(
        "Buckets",
        rf"the (?:{_BUCKET})(?:(?:, | and )(?:{_BUCKET}))* buckets?|no buckets",
        bucket_words,
        ("the data bucket", "the data and scratch buckets", "no buckets"),
    ),
    ValueKind(
        "Description",
        r"an? (?!new administrator\b)[a-z ]+",
        str,
        (*(persona.description for persona in CAST), NEW_COLLEAGUE),
    ),
    ValueKind(
        "Names",
        r'"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?',
        quoted_names,
        ('"test-user/a"', '"test-user/a" and "test-user/b"'),
    ),
)

_ONLY_READ = "the data bucket holds the datasets, and is only read"
KINDS.advise(r" all (?:the )?buckets", "people search one bucket at a time", "SearchedBucket")
KINDS.advise(r"data", _ONLY_READ, "WritableBucket")
KINDS.advise(r".* in the data bucket\b.*", _ONLY_READ, "NewPackage", "Package")
KINDS.advise(
    r".*\bcatalog\b.*",
    'a link downloads a file; for the page in the catalog say "Dana is given the catalog page of" the package',
    *("NewLink", "Link"),
)
