"""Threads: what several of them do with the product at the same time, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import Any

import pytest
from pytest_bdd import given, then, when

from environment.arrangement.faults import FaultArranger
from environment.arrangement.packages import Entry, PackageArranger
from environment.checking.comparing import must_agree, must_not_be_empty
from environment.checking.simultaneous import Threads
from environment.driving.files import StoredContent, Storeroom
from environment.driving.packages import NewPackages, Options, Package
from environment.driving.session import Session
from environment.driving.work import browse, create, metadata, publish, update
from environment.gherkin.references import parse
from environment.gherkin.values import Duration
from environment.observers.manifest import ManifestObserver
from environment.product.outcome import Outcome, attempt
from environment.targets.target import Target
from environment.undo.log import UndoLog
from quilt_stack import Latency, Surface

# Far above what any of it takes: whoever is not done by then never will be.
LIMIT_SECONDS = 60.0
REST_SECONDS = 20.0

_FILES_OF_A_PACKAGE = 3
_ME = "{ me { name } }"


@dataclass(frozen=True)
class Reading:
    """What one thread was given of the package that it asked for."""

    package: Package
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

    file: StoredContent
    outcome: Outcome


@pytest.fixture
def threads(undo: UndoLog) -> Iterator[Threads]:
    """Threads of this scenario; late ones are waited for before anything is undone."""
    begun = Threads()
    yield begun
    begun.wait_for_the_rest(REST_SECONDS)


def _own_files(storeroom: Storeroom, number: int) -> list[StoredContent]:
    """Files that no other number has: name, size and bytes are its own."""
    rows = {f"plot-{number}-{row}.csv": f"plot,row\n{number},{row}\n" for row in range(_FILES_OF_A_PACKAGE)}
    return [storeroom.put(name, row.encode() * (number + 1), folder=str(number)) for name, row in rows.items()]


def _arrange(package: Package, number: int, storeroom: Storeroom, package_arranger: PackageArranger) -> None:
    files, said = _own_files(storeroom, number), {"plot": f"plot {number}"}
    entries = [Entry(file.name, file.physical_key, file.size) for file in files]
    package_arranger.construct(package.bucket, package.name, entries, said)
    package.note({file.name: file for file in files}, said)


# --- what is there before ---------------------------------------------------------------------------------------------


@given(parse("{packages:NewPackages}, each with files and metadata of its own"))
def packages_of_their_own(
    packages: tuple[Package, ...], storeroom: Storeroom, package_arranger: PackageArranger
) -> None:
    """Packages of three files, no two of which have a file, a size or a word of metadata in common."""
    for number, package in enumerate(packages):
        _arrange(package, number, storeroom, package_arranger)


@given(parse("{package:NewPackage} with files and metadata of its own"))
def package_of_its_own(package: Package, storeroom: Storeroom, package_arranger: PackageArranger) -> None:
    """A package of three files."""
    _arrange(package, 0, storeroom, package_arranger)


@given(parse("{persona:Persona} has looked into {packages:Packages} before"))
def has_looked(persona: Session, packages: tuple[Package, ...]) -> None:
    """The persona browsed each package before; local mode then has its list of files on disk."""
    for package in packages:
        browse(persona, package).value  # noqa: B018 - it must have succeeded


@given(parse("S3 takes {time:Duration} to hand out the file lists of {packages:Packages}"))
def manifests_are_slow(time: Duration, packages: tuple[Package, ...], faults: FaultArranger, target: Target) -> None:
    """Whoever asks for a manifest of these packages waits so long that the others have asked, too."""
    hashes = "|".join(package.latest.top_hash for package in packages)
    path = rf"^/{re.escape(target.buckets.packages)}/\.quilt/packages/({hashes})"
    faults.break_answers(Surface.AWS, Latency(seconds=time.seconds), method="GET", path=path)


# --- what goes on at the same time ------------------------------------------------------------------------------------


@when(
    parse("{persona:Persona} reads {packages:Packages} from {count:Count} threads at once"), target_fixture="readings"
)
def read_at_once(persona: Session, count: int, packages: tuple[Package, ...], threads: Threads) -> list[Reading]:
    """Each thread asks for the files and the metadata of one package; the packages go round."""

    def read(package: Package) -> Reading:
        where = {"registry": persona.registry}
        listing = attempt(persona.ops.browse_content, package.name, **where)
        return Reading(package, listing, attempt(persona.ops.get_package_metadata, package.name, **where))

    persona.prepare()
    calls = [partial(read, package) for package in islice(cycle(packages), count)]
    return threads.at_once(calls, limit_seconds=LIMIT_SECONDS)


@when(
    parse("{persona:Persona} publishes {packages:NewPackages} from as many threads at once"),
    target_fixture="publications",
)
def create_at_once(
    persona: Session, packages: tuple[Package, ...], storeroom: Storeroom, threads: Threads
) -> list[tuple[Package, Outcome]]:
    """Each thread publishes files of its own under a name of its own."""
    harvests = [_own_files(storeroom, number) for number in range(len(packages))]
    persona.prepare()
    calls = [
        partial(publish, persona, package, files, Options(keeps_folders=False))
        for package, files in zip(packages, harvests, strict=True)
    ]
    return list(zip(packages, threads.at_once(calls, limit_seconds=LIMIT_SECONDS), strict=True))


@when(
    parse("{persona:Persona} browses {package:Package} from {count:Count} threads at once"), target_fixture="listings"
)
def browse_at_once(persona: Session, count: int, package: Package, threads: Threads) -> list[Outcome]:
    """Each thread looks at the top of the same package."""
    persona.prepare()
    look = partial(browse, persona, package)
    return threads.at_once([look] * count, limit_seconds=LIMIT_SECONDS)


@when(
    parse("{persona:Persona} does ten kinds of work with {packages:Packages} from ten threads at once"),
    target_fixture="work",
)
def work_at_once(
    persona: Session,
    packages: tuple[Package, ...],
    storeroom: Storeroom,
    new_packages: NewPackages,
    threads: Threads,
    target: Target,
) -> list[Work]:
    """Look, search, ask, compare, create and update, each in a thread of its own; only the last package is changed."""
    first, second, third, fourth, last = packages
    ops, where = persona.ops, {"registry": persona.registry}
    added, new = storeroom.put("added.csv", b"added\n").uri, storeroom.put("new.csv", b"new\n").uri
    created = new_packages.new()
    persona.prepare()
    calls: list[tuple[Callable[[], Outcome], Callable[[Any], bool]]] = [
        (
            partial(browse, persona, first),
            lambda seen: {e.path for e in seen} == {*first.latest.files},
        ),
        (partial(metadata, persona, second), lambda found: found == second.latest.metadata),
        (
            partial(attempt, ops.search_packages, first.name.rpartition("/")[2], **where),
            lambda found: found is not None,
        ),
        (
            partial(attempt, ops.diff_packages, third.name, fourth.name, **where),
            lambda found: _differ(found, third, fourth),
        ),
        (
            partial(create, persona, created, [new]),
            lambda result: result.success and result.package_name == created.name,
        ),
        (
            partial(update, persona, last, [added]),
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


def _differ(comparison: Any, one: Package, other: Package) -> bool:
    """Whether a comparison is that of these two; which files it calls gone and which changed, other scenarios say."""
    named = {file for files in comparison.values() for file in files}
    return {*comparison["added"]} == {*other.latest.files} and named == {*one.latest.files, *other.latest.files}


@when(
    parse("{persona:Persona} adds {count:Count} files to {package:Package} from as many threads at once"),
    target_fixture="additions",
)
def update_at_once(
    persona: Session, count: int, package: Package, storeroom: Storeroom, threads: Threads
) -> list[Addition]:
    """Each thread adds one file to the same package."""
    files = [storeroom.put(f"late-{number}.csv", b"late\n" * (number + 1)) for number in range(count)]
    persona.prepare()
    calls = [partial(update, persona, package, [file.uri], auto_organize=False) for file in files]
    done = threads.at_once(calls, limit_seconds=LIMIT_SECONDS)
    return [Addition(file, outcome) for file, outcome in zip(files, done, strict=True)]


# --- what is then true ------------------------------------------------------------------------------------------------


@then(parse("each thread was given the files and the metadata of the package that it asked for"))
def readings_are_right(readings: list[Reading]) -> None:
    """Path and size of every file, and every field of the metadata."""
    for reading in must_not_be_empty(readings, "readings"):
        sizes = {entry.path: entry.size for entry in reading.listing.value}
        must_agree(sizes, reading.package.latest.sizes, f"files of {reading.package.name}")
        must_agree(reading.metadata.value, reading.package.latest.metadata, f"metadata of {reading.package.name}")


@then(parse("each thread was told the top hash of its package, which holds its files, byte for byte"))
def all_are_there(publications: list[tuple[Package, Outcome]]) -> None:
    """Each package's latest revision is the one that its thread was told of, and holds what that thread published."""
    for package, outcome in must_not_be_empty(publications, "publications"):
        told, latest = outcome.value.top_hash, package.manifest()
        assert latest.top_hash == told, f"the latest revision of {package.name} is {latest.top_hash}, not {told}"
        must_agree(package.held_checksums(latest), package.latest.checksums, f"files of {package.name}")


@then(parse("each thread sees the files of {package:Package}, in the same order"))
def listings_are_the_same(listings: list[Outcome], package: Package) -> None:
    """Every list has every file of the package, and all lists have the same entries in the same order."""
    first, *others = [[(entry.path, entry.size, entry.type) for entry in listing.value] for listing in listings]
    must_agree({path: size for path, size, _ in first}, package.latest.sizes, "files")
    assert all(other == first for other in others), "the threads were given different lists"


@then(parse("each of the ten was answered"))
def all_were_answered(work: list[Work]) -> None:
    """None of them met an error, and each has the answer to what it asked."""
    assert len(work) == 10, f"{len(work)} kinds of work were done, not ten"
    wrong = [each.what for each in work if not each.is_done(each.outcome.value)]
    assert not wrong, f"another answer than was asked for came from {', '.join(wrong)}"


@then(parse("each thread was told the top hash of a revision of {package:Package} with its file and the earlier ones"))
def no_revision_is_lost(
    additions: list[Addition], package: Package, manifest_observer: ManifestObserver, target: Target
) -> None:
    """Each hash leads to a manifest that can be read and holds those files with their sizes."""
    for addition in must_not_be_empty(additions, "additions"):
        manifest = manifest_observer.revision(target.buckets.packages, addition.outcome.value.top_hash)
        sizes = {key: entry.size for key, entry in manifest.entries.items()}
        wanted = {**package.latest.sizes, addition.file.name: addition.file.size}
        must_agree({key: size for key, size in sizes.items() if key in wanted}, wanted, "files of the revision")


@then(parse("the latest revision of {package:Package} came from one of the threads"))
def latest_is_one_of_theirs(additions: list[Addition], package: Package) -> None:
    """The pointer names one of the top hashes that the threads were told."""
    latest = package.top_hash()
    assert latest in {addition.outcome.value.top_hash for addition in additions}, f"the latest revision is {latest}"
