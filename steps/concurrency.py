"""Threads: what several of them do with the product at the same time, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import Any

import pytest
from pytest_bdd import given, then, when

from data.upload import StoredFile
from environment.arrangement.faults import FaultArranger
from environment.arrangement.packages import PackageArranger
from environment.checking.comparing import must_agree, must_not_be_empty
from environment.checking.simultaneous import Threads
from environment.gherkin.references import parse
from environment.gherkin.values import Duration
from environment.observers.manifest import ManifestObserver
from environment.observers.storage import StorageObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from quilt_stack import Latency, Surface
from steps.arrangement import entry_of
from steps.creation import Publication, create, held_checksums, publish
from steps.stock import Stock
from steps.updates import update

# Far above what any of it takes: whoever is not done by then never will be.
LIMIT_SECONDS = 60.0
REST_SECONDS = 20.0

_FILES_OF_A_PACKAGE = 3
_ME = "{ me { name } }"


@dataclass(frozen=True)
class KnownPackage:
    """A package that was made for a scenario: what is in it, and what is said about it."""

    name: str
    top_hash: str
    files: Mapping[str, StoredFile]
    metadata: Mapping[str, Any]

    @property
    def sizes(self) -> dict[str, int]:
        """Size in bytes by logical key."""
        return {key: file.file.size for key, file in self.files.items()}


@dataclass(frozen=True)
class Reading:
    """What one thread was given of the package that it asked for."""

    package: KnownPackage
    listing: Outcome
    metadata: Outcome


@dataclass(frozen=True)
class Work:
    """One of several kinds of work that are done at the same time."""

    what: str
    outcome: Outcome
    is_done: Callable[[Any], bool]
    """Whether the answer is that of the work that was asked for."""


@dataclass(frozen=True)
class Addition:
    """An update that adds one file."""

    file: StoredFile
    outcome: Outcome


@pytest.fixture
def threads(undo: UndoLog) -> Iterator[Threads]:
    """Threads of this scenario; late ones are waited for before anything is undone."""
    begun = Threads()
    yield begun
    begun.wait_for_the_rest(REST_SECONDS)


def _booked_name(names: Names, undo: UndoLog, target: Target) -> str:
    name = names.package_name("test-user")
    undo.book("package", f"the package {name}", bucket=target.buckets.packages, name=name)
    return name


def _own_files(stock: Stock, number: int) -> dict[str, StoredFile]:
    """Files that no other number has: name, size and bytes are its own."""
    made = [
        stock.put(f"{number}/plot-{number}-{row}.csv", f"plot,row\n{number},{row}\n".encode() * (number + 1))
        for row in range(_FILES_OF_A_PACKAGE)
    ]
    return {file.logical_key: file for file in made}


@pytest.fixture
def booked_names(names: Names, undo: UndoLog, target: Target) -> Iterator[str]:
    """New package names, each booked for undoing before it is given out."""
    return iter(partial(_booked_name, names, undo, target), "")


@pytest.fixture
def arrange_known(
    stock: Stock, package_arranger: PackageArranger, booked_names: Iterator[str], target: Target
) -> Callable[[int], KnownPackage]:
    """Makes packages that differ by their number."""

    def arrange(number: int) -> KnownPackage:
        name, files, metadata = (
            next(booked_names),
            _own_files(stock, number),
            {"plot": f"plot {number}"},
        )
        entries = map(entry_of, files.values())
        top_hash = package_arranger.construct(target.buckets.packages, name, entries, metadata)
        return KnownPackage(name, top_hash, files, metadata)

    return arrange


# --- what is there before ---------------------------------------------------------------------------------------------


@given(parse("a package with files and metadata of its own"), target_fixture="known")
def known_package(arrange_known: Callable[[int], KnownPackage]) -> tuple[KnownPackage, ...]:
    """A package made for this scenario."""
    return (arrange_known(0),)


@given(parse("{count:Count} packages, each with files and metadata of its own"), target_fixture="known")
def known_packages(count: int, arrange_known: Callable[[int], KnownPackage]) -> tuple[KnownPackage, ...]:
    """Packages made for this scenario, no two of which have a file, a size or a word of metadata in common."""
    return tuple(map(arrange_known, range(count)))


@given(parse("{persona:Persona} has looked into it before"))
@given(parse("{persona:Persona} has looked into them before"))
def has_looked(persona: Session, known: tuple[KnownPackage, ...]) -> None:
    """The persona browsed each package before; local mode then has its list of files on disk."""
    for package in known:
        attempt(persona.ops.browse_content, package.name, registry=persona.registry).value  # noqa: B018


@given(parse("S3 takes {time:Duration} to hand out its list of files"))
@given(parse("S3 takes {time:Duration} to hand out their lists of files"))
def manifests_are_slow(time: Duration, known: tuple[KnownPackage, ...], faults: FaultArranger, target: Target) -> None:
    """Whoever asks for a manifest of these packages waits so long that the others have asked, too."""
    hashes = "|".join(package.top_hash for package in known)
    path = rf"^/{re.escape(target.buckets.packages)}/\.quilt/packages/({hashes})"
    faults.break_answers(Surface.AWS, Latency(seconds=time.seconds), method="GET", path=path)


@given(parse("files for {count:Count} packages in S3"), target_fixture="harvests")
def files_for_packages(count: int, stock: Stock) -> tuple[dict[str, StoredFile], ...]:
    """Files made for this scenario, of which each package to be gets its own."""
    return tuple(_own_files(stock, number) for number in range(count))


# --- what goes on at the same time ------------------------------------------------------------------------------------


@when(parse("{persona:Persona} reads those packages from {count:Count} threads at once"), target_fixture="readings")
def read_at_once(persona: Session, count: int, known: tuple[KnownPackage, ...], threads: Threads) -> list[Reading]:
    """Each thread asks for the files and the metadata of one package; the packages go round."""

    def read(package: KnownPackage) -> Reading:
        where = {"registry": persona.registry}
        listing = attempt(persona.ops.browse_content, package.name, **where)
        return Reading(package, listing, attempt(persona.ops.get_package_metadata, package.name, **where))

    persona.prepare()
    calls = [partial(read, package) for package in islice(cycle(known), count)]
    return threads.at_once(calls, limit_seconds=LIMIT_SECONDS)


@when(
    parse("{persona:Persona} creates a package of each from {count:Count} threads at once"),
    target_fixture="publications",
)
def create_at_once(
    persona: Session,
    count: int,
    harvests: tuple[dict[str, StoredFile], ...],
    booked_names: Iterator[str],
    threads: Threads,
) -> list[Publication]:
    """Each thread publishes files of its own under a name of its own."""
    persona.prepare()
    calls = [
        partial(publish, persona, name, files, auto_organize=False)
        for name, files in zip(islice(booked_names, count), harvests, strict=True)
    ]
    return threads.at_once(calls, limit_seconds=LIMIT_SECONDS)


@when(parse("{persona:Persona} browses that package from {count:Count} threads at once"), target_fixture="listings")
def browse_at_once(persona: Session, count: int, known: tuple[KnownPackage, ...], threads: Threads) -> list[Outcome]:
    """Each thread looks at the top of the same package."""
    persona.prepare()
    browse = partial(attempt, persona.ops.browse_content, known[0].name, registry=persona.registry)
    return threads.at_once([browse] * count, limit_seconds=LIMIT_SECONDS)


@when(parse("{persona:Persona} does ten kinds of work from ten threads at once"), target_fixture="work")
def work_at_once(
    persona: Session,
    known: tuple[KnownPackage, ...],
    stock: Stock,
    booked_names: Iterator[str],
    threads: Threads,
    target: Target,
) -> list[Work]:
    """Look, search, ask, compare, create and update, each in a thread of its own; only the last package is changed."""
    first, second, third, fourth, last = known
    ops, where = persona.ops, {"registry": persona.registry}
    added, new = stock.put("added.csv").uri, stock.put("new.csv").uri
    name = next(booked_names)
    persona.prepare()
    calls: list[tuple[Callable[[], Outcome], Callable[[Any], bool]]] = [
        (
            partial(attempt, ops.browse_content, first.name, **where),
            lambda seen: {e.path for e in seen} == {*first.files},
        ),
        (partial(attempt, ops.get_package_metadata, second.name, **where), lambda found: found == second.metadata),
        (
            partial(attempt, ops.search_packages, first.name.rpartition("/")[2], **where),
            lambda found: found is not None,
        ),
        (
            partial(attempt, ops.diff_packages, third.name, fourth.name, **where),
            lambda found: _differ(found, third, fourth),
        ),
        (partial(create, persona, name, [new]), lambda result: result.success and result.package_name == name),
        (
            partial(update, persona, last.name, [added]),
            lambda result: result.success and result.package_name == last.name,
        ),
        (partial(attempt, ops.execute_graphql_query, _ME), lambda me: me["data"]["me"]["name"] == persona.user_name),
        (partial(attempt, ops.get_auth_status), lambda status: status.logged_in_url == target.catalog_url),
        (partial(attempt, ops.list_buckets), lambda listed: target.buckets.data in {bucket.name for bucket in listed}),
        (
            partial(attempt, ops.get_catalog_config, target.catalog_url),
            lambda found: found.registry_url == target.registry_url,
        ),
    ]
    done = threads.at_once([call for call, _ in calls], limit_seconds=LIMIT_SECONDS)
    return [Work(each.operation, each, is_done) for each, (_, is_done) in zip(done, calls, strict=True)]


def _differ(comparison: Any, one: KnownPackage, other: KnownPackage) -> bool:
    """Whether a comparison is that of these two; which files it calls gone and which changed, other scenarios say."""
    named = {file for files in comparison.values() for file in files}
    return {*comparison["added"]} == {*other.files} and named == {*one.files, *other.files}


@when(
    parse("{persona:Persona} updates it from {count:Count} threads at once, each with a file of its own"),
    target_fixture="additions",
)
def update_at_once(
    persona: Session, count: int, known: tuple[KnownPackage, ...], stock: Stock, threads: Threads
) -> list[Addition]:
    """Each thread adds one file to the same package."""
    files = [stock.put(f"late-{number}.csv", b"late\n" * (number + 1)) for number in range(count)]
    persona.prepare()
    calls = [partial(update, persona, known[0].name, [file.uri], auto_organize=False) for file in files]
    done = threads.at_once(calls, limit_seconds=LIMIT_SECONDS)
    return [Addition(file, outcome) for file, outcome in zip(files, done, strict=True)]


# --- what is then true ------------------------------------------------------------------------------------------------


@then(parse("each thread was given the files and the metadata of the package that it asked for"))
def readings_are_right(readings: list[Reading]) -> None:
    """Path and size of every file, and every field of the metadata."""
    for reading in must_not_be_empty(readings, "readings"):
        sizes = {entry.path: entry.size for entry in reading.listing.value}
        must_agree(sizes, reading.package.sizes, f"files of {reading.package.name}")
        must_agree(reading.metadata.value, reading.package.metadata, f"metadata of {reading.package.name}")


@then(parse("all {count:Count} packages are there with their files, byte for byte"))
def all_are_there(
    count: int,
    publications: list[Publication],
    manifest_observer: ManifestObserver,
    storage_observer: StorageObserver,
    target: Target,
) -> None:
    """Each package's latest revision is the one that its thread was told of, and holds what that thread published."""
    assert len(publications) == count
    for publication in publications:
        name, top_hash = publication.package_name, publication.outcome.value.top_hash
        latest = manifest_observer.latest(target.buckets.packages, name)
        assert latest is not None, f"the registry holds no package {name}"
        assert latest.top_hash == top_hash, f"the latest revision of {name} is {latest.top_hash}, not {top_hash}"
        must_agree(held_checksums(latest, storage_observer), publication.checksums, f"files of {name}")


@then(parse("each thread sees the same {count:Count} files in the same order"))
def listings_are_the_same(count: int, listings: list[Outcome], known: tuple[KnownPackage, ...]) -> None:
    """Every list has every file of the package, and all lists have the same entries in the same order."""
    first, *others = [[(entry.path, entry.size, entry.type) for entry in listing.value] for listing in listings]
    must_agree({path: size for path, size, _ in first}, known[0].sizes, "files")
    assert len(first) == count
    assert all(other == first for other in others), "the threads were given different lists"


@then(parse("each of the ten was answered"))
def all_were_answered(work: list[Work]) -> None:
    """None of them met an error, and each has the answer to what it asked."""
    assert len(work) == 10, f"{len(work)} kinds of work were done, not ten"
    wrong = [each.what for each in work if not each.is_done(each.outcome.value)]
    assert not wrong, f"another answer than was asked for came from {', '.join(wrong)}"


@then(parse("each thread was told the top hash of a revision with its file and the earlier ones"))
def no_revision_is_lost(
    additions: list[Addition], known: tuple[KnownPackage, ...], manifest_observer: ManifestObserver, target: Target
) -> None:
    """Each hash leads to a manifest that can be read and holds those files with their sizes."""
    for addition in must_not_be_empty(additions, "additions"):
        manifest = manifest_observer.revision(target.buckets.packages, addition.outcome.value.top_hash)
        sizes = {key: entry.size for key, entry in manifest.entries.items()}
        wanted = {**known[0].sizes, addition.file.logical_key: addition.file.file.size}
        must_agree({key: size for key, size in sizes.items() if key in wanted}, wanted, "files of the revision")


@then(parse("the latest revision is one of theirs"))
def latest_is_one_of_theirs(
    additions: list[Addition], known: tuple[KnownPackage, ...], storage_observer: StorageObserver, target: Target
) -> None:
    """The pointer names one of the top hashes that the threads were told."""
    latest = storage_observer.latest_top_hash(target.buckets.packages, known[0].name)
    assert latest in {addition.outcome.value.top_hash for addition in additions}, f"the latest revision is {latest}"
