"""Threads: what several of them do with the product at the same time, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import Any

import pytest
from pytest_bdd import given, then, when

from environment.arrangement.packages import Entry, PackageArranger
from environment.checking.comparing import must_agree, must_be_empty, must_not_be_empty
from environment.checking.simultaneous import Threads
from environment.driving.files import StoredContent, Storeroom
from environment.driving.packages import NewPackages, Options, Package
from environment.driving.session import Session
from environment.driving.work import browse, create, metadata, publish, update
from environment.gherkin.references import parse
from environment.observers.manifest import ManifestObserver
from environment.product.outcome import Outcome, attempt
from environment.targets.target import Target
from environment.undo.log import UndoLog

_FILES_OF_A_PACKAGE = 3
_ME = "{ me { name } }"


@dataclass(frozen=True)
class Reading:
    """What one thread got for the package that it asked for."""

    package: Package
    listing: Outcome
    metadata: Outcome


@dataclass(frozen=True)
class Work:
    """One of several things that are done at the same time."""

    what: str
    outcome: Outcome
    is_done: Callable[[Any], bool]
    """Whether the answer is that of the work that was asked for."""


@dataclass(frozen=True)
class Publication:
    """What one thread published: to which package, which files the revision must have, and the answer it got."""

    package: Package
    files: dict[str, str]
    outcome: Outcome


@pytest.fixture
def threads(undo: UndoLog) -> Iterator[Threads]:
    """The scenario's threads; nothing is undone before the last one has ended."""
    begun = Threads()
    yield begun
    begun.wait_for_the_rest()


def _own_files(storeroom: Storeroom, number: int) -> list[StoredContent]:
    """Files of one number: no other number's have the same name, size or bytes."""
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


# --- what goes on at the same time ------------------------------------------------------------------------------------


@when(
    parse("{persona:Persona} reads files and metadata of {packages:Packages} from {count:Count} threads at once"),
    target_fixture="readings",
)
def read_at_once(persona: Session, count: int, packages: tuple[Package, ...], threads: Threads) -> list[Reading]:
    """Each thread asks for the files and the metadata of one package; they take the packages in turn."""

    def read(package: Package) -> Reading:
        return Reading(package, browse(persona, package), metadata(persona, package))

    persona.prepare()
    return threads.at_once([partial(read, package) for package in islice(cycle(packages), count)])


@when(
    parse("{persona:Persona} publishes {packages:NewPackages} from as many threads at once"),
    target_fixture="publications",
)
def create_at_once(
    persona: Session, packages: tuple[Package, ...], storeroom: Storeroom, threads: Threads
) -> list[Publication]:
    """Each thread publishes its own files under its own name."""
    harvests = [_own_files(storeroom, number) for number in range(len(packages))]
    persona.prepare()
    side_by_side = Options(keeps_folders=False)
    pairs = list(zip(packages, harvests, strict=True))
    done = threads.at_once([partial(publish, persona, package, files, side_by_side) for package, files in pairs])
    wanted = [{file.name: file.sha256 for file in files} for files in harvests]
    return [Publication(*each) for each in zip(packages, wanted, done, strict=True)]


@when(
    parse("{persona:Persona} adds {count:Count} files to {package:Package} from as many threads at once"),
    target_fixture="publications",
)
def update_at_once(
    persona: Session, count: int, package: Package, storeroom: Storeroom, threads: Threads
) -> list[Publication]:
    """Each thread adds one file to the same package."""
    files = [storeroom.put(f"late-{number}.csv", b"late\n" * (number + 1), package.bucket) for number in range(count)]
    persona.prepare()
    done = threads.at_once([partial(update, persona, package, [file.uri], auto_organize=False) for file in files])
    return _added(package, files, done)


@when(
    parse("{one:Persona} and {other:Persona} each add a file of their own to {package:Package} at once"),
    target_fixture="publications",
)
def two_add_at_once(
    one: Session, other: Session, package: Package, storeroom: Storeroom, threads: Threads
) -> list[Publication]:
    """A shared server handles both at the same time, each in the context of its sender."""
    names = [each.persona.name for each in (one, other)]
    files = [storeroom.put(f"of-{name}.csv", name.encode(), package.bucket) for name in names]

    def add(persona: Session, file: StoredContent) -> Outcome:
        where = {"registry": persona.registry_of(package.registry), "message": package.message}
        ops = persona.request()
        return attempt(ops.update_package_revision, package.name, [file.uri], auto_organize=False, **where)

    one.prepare()
    done = threads.at_once([partial(add, *each) for each in zip((one, other), files, strict=True)])
    return _added(package, files, done)


def _added(package: Package, files: Sequence[StoredContent], done: Sequence[Outcome]) -> list[Publication]:
    """What each thread added to what was there before."""
    before = package.latest.checksums
    return [
        Publication(package, {**before, file.name: file.sha256}, outcome)
        for file, outcome in zip(files, done, strict=True)
    ]


@when(
    parse("{persona:Persona} does ten different things with {packages:Packages} from ten threads at once"),
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
    done = threads.at_once([call for call, _ in calls])
    return [Work(each.operation, each, is_done) for each, (_, is_done) in zip(done, calls, strict=True)]


def _differ(comparison: Any, one: Package, other: Package) -> bool:
    """Whether a comparison is of these two; other scenarios check which files are gone and which changed."""
    named = {file for files in comparison.values() for file in files}
    return {*comparison["added"]} == {*other.latest.files} and named == {*one.latest.files, *other.latest.files}


# --- what is then true ------------------------------------------------------------------------------------------------


@then(parse("each thread was given the files and the metadata of its package, and no other thread's"))
def readings_are_right(readings: list[Reading]) -> None:
    """Path and size of every file, in the same order for all who read one package, and every field of the metadata."""
    orders: dict[str, list[str]] = {}
    for reading in must_not_be_empty(readings, "readings"):
        known, name = reading.package.latest, reading.package.name
        must_agree({entry.path: entry.size for entry in reading.listing.value}, known.sizes, f"files of {name}")
        must_agree(reading.metadata.value, known.metadata, f"metadata of {name}")
        paths = [entry.path for entry in reading.listing.value]
        assert orders.setdefault(name, paths) == paths, f"the files of {name} were given in different orders"


@then(parse("each got a revision that holds what they published, and the latest ones are among them"))
def no_revision_is_lost(publications: list[Publication], manifest_observer: ManifestObserver) -> None:
    """Each top hash that a thread got leads to a manifest with its files and the earlier ones, byte for byte.

    The latest pointer of each package is one of those hashes.
    """
    latest = {each.package.name: each.package.top_hash() for each in must_not_be_empty(publications, "publications")}
    told: dict[str, set[str]] = {}
    for each in publications:
        top_hash = each.outcome.value.top_hash
        told.setdefault(each.package.name, set()).add(top_hash)
        held = each.package.held_checksums(manifest_observer.revision(each.package.bucket, top_hash))
        must_agree({key: held[key] for key in each.files if key in held}, each.files, f"files of the {each.package}")
    strange = [name for name, top_hash in latest.items() if top_hash not in told[name]]
    must_be_empty(strange, "packages whose latest revision no thread was told")


@then(parse("all ten got an answer"))
def all_were_answered(work: list[Work]) -> None:
    """None of them got an error, and each got the answer to what it asked."""
    assert len(work) == 10, f"{len(work)} things were done, not ten"
    wrong = [each.what for each in work if not each.is_done(each.outcome.value)]
    assert not wrong, f"another answer than was asked for came from {', '.join(wrong)}"
