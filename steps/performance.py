"""Performance: what work costs in time and memory, at sizes and depths that people really have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import allure
from pytest_bdd import given, then, when

from data.large_files import upload_random_file
from data.upload import StoredFile
from environment.arrangement.packages import Entry, PackageArranger
from environment.arrangement.surveys import Survey, SurveyArranger
from environment.checking.comparing import must_agree, must_be_empty, must_be_exactly, must_not_be_empty
from environment.checking.figures import Figures
from environment.checking.simultaneous import Threads
from environment.gherkin.references import parse
from environment.gherkin.values import Duration, Size
from environment.observers.manifest import Manifest, ManifestObserver
from environment.observers.registry import RegistryObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.undo.scratch import arranged
from environment.waiting import wait_until
from steps.arrangement import MadePackage, Workshop
from steps.browsing import Browsed, browse_package
from steps.concurrency import LIMIT_SECONDS, KnownPackage
from steps.creation import Publication, publish
from steps.stock import Stock

# As many as boto3 keeps connections.
_THREADS = 8
_SEED = 20261122
_ROUNDS = 3
_LOOKS = 10
_BOTTOM = "bottom.txt"


@dataclass(frozen=True)
class Rounds:
    """Seconds that the same work took one thread, and ten threads together, round by round."""

    alone: list[float]
    together: list[float]
    seen: list[Browsed] = field(default_factory=list, repr=False)


# --- what is there before ---------------------------------------------------------------------------------------------


@given(parse("{count:Count} packages that share a word"), target_fixture="survey")
def packages_that_share_a_word(
    count: int,
    target: Target,
    package_arranger: PackageArranger,
    registry_observer: RegistryObserver,
    names: Names,
    undo: UndoLog,
) -> Survey:
    """Packages made for this scenario, with a word in their names that no other package has; search knows them."""
    survey = SurveyArranger(target, package_arranger, undo).make(count, names)
    wait_until(
        lambda: registry_observer.names_found(target.buckets.packages, survey.word, count) >= set(survey.names),
        limit_seconds=target.indexing_limit_seconds,
        what="the search to know all packages",
    )
    return survey


@given(parse("a package with a file {count:Count} folders deep"), target_fixture="made")
def package_with_deep_file(count: int, workshop: Workshop) -> MadePackage:
    """A package made for this scenario, in which each folder holds another one and the last one a file."""
    return workshop.package_of({"/".join([*_folders(count), _BOTTOM]): b"deep\n"})


@given(parse("{count:Count} small files in S3"), target_fixture="files")
def small_files(count: int, stock: Stock) -> dict[str, StoredFile]:
    """Files made for this scenario, each with a line of its own."""

    def put(number: int) -> StoredFile:
        return stock.put(f"{number:05}.txt", b"file %d\n" % number)

    first = put(0)  # books the folder before threads write into it
    with ThreadPoolExecutor(_THREADS) as pool:
        made = [first, *pool.map(put, range(1, count))]
    return {file.logical_key: file for file in made}


@given(parse("a package that lacks {count:Count} of its files"), target_fixture="smaller")
def package_that_lacks_files(
    count: int,
    made: MadePackage,
    manifest_observer: ManifestObserver,
    package_arranger: PackageArranger,
    booked_names: Iterator[str],
    target: Target,
) -> str:
    """A package made for this scenario of the same files without the last ones; returns its name."""
    name, found = next(booked_names), manifest_observer.revision(target.buckets.packages, made.top_hash).entries
    entries = [Entry(key, found[key].physical_key, found[key].size, found[key].hash_value) for key in made.checksums]
    package_arranger.construct(target.buckets.packages, name, entries[:-count])
    return name


@given(parse("{count:Count} files of {size:Size} in S3"), target_fixture="files")
def large_files(
    count: int, size: Size, booked_names: Iterator[str], undo: UndoLog, target: Target
) -> dict[str, StoredFile]:
    """Files of random bytes made for this scenario while they are uploaded."""
    bucket, prefix = target.buckets.packages, arranged(next(booked_names))
    undo.book("objects", f"the objects s3://{bucket}/{prefix}", bucket=bucket, prefix=prefix)
    put = partial(upload_random_file, target.client("s3"), bucket, size=size.bytes, seed=_SEED)
    return {file.logical_key: file for file in (put(f"{prefix}part-{number}.bin") for number in range(count))}


# --- what is done -----------------------------------------------------------------------------------------------------


@when(parse("{persona:Persona} asks in GraphQL for its folders down to the last one"), target_fixture="outcome")
def ask_for_folders(persona: Session, made: MadePackage, figures: Figures, target: Target) -> Outcome:
    """One query that asks each folder for its children; time and memory are measured."""
    depth = next(iter(made.checksums)).count("/")
    variables = {"bucket": target.buckets.packages, "name": made.name}
    with figures.measured("asking"):
        return attempt(persona.ops.execute_graphql_query, _nested_query(depth), variables=variables)


@when(
    parse("{persona:Persona} browses that package with one thread and with ten, by turns"),
    target_fixture="rounds",
)
def browse_by_turns(persona: Session, known: tuple[KnownPackage, ...], threads: Threads) -> Rounds:
    """Ten looks: one thread takes them one after the other, then ten threads take one each; three times."""
    looks = [partial(browse_package, persona, known[0].name)] * _LOOKS
    persona.prepare()
    rounds = Rounds([], [])
    for _ in range(_ROUNDS):
        rounds.alone.append(_seconds(threads, [partial(_one_after_the_other, looks)], rounds.seen))
        rounds.together.append(
            _seconds(threads, [partial(_one_after_the_other, [look]) for look in looks], rounds.seen)
        )
    allure.attach(str(rounds), "figures", allure.attachment_type.TEXT)
    return rounds


@when(parse("{persona:Persona} creates a package of all those files"), target_fixture="publication")
def create_of_all(
    persona: Session, files: Mapping[str, StoredFile], package_name: str, figures: Figures
) -> Publication:
    """Publish files side by side; time and memory are measured."""
    with figures.measured("publishing"):
        return publish(persona, package_name, files, auto_organize=False)


@when(parse("{persona:Persona} browses it"), target_fixture="browsed")
def browse_publication(persona: Session, publication: Publication, figures: Figures) -> Browsed:
    """Look at the top of the package that was just created; time and memory are measured."""
    with figures.measured("browsing"):
        return browse_package(persona, publication.package_name)


@when(parse("{persona:Persona} compares the smaller package with it"), target_fixture="outcome")
def compare_with_smaller(persona: Session, smaller: str, made: MadePackage, figures: Figures) -> Outcome:
    """Compare the package that lacks some files with the one that has all; time and memory are measured."""
    with figures.measured("comparing"):
        return attempt(persona.ops.diff_packages, smaller, made.name, registry=persona.registry)


# --- what is then true ------------------------------------------------------------------------------------------------


@then(parse("it took less than {limit:Duration}"))
def it_was_quick(limit: Duration, figures: Figures) -> None:
    """Wall time of what was measured last."""
    seconds = figures.last.seconds
    assert seconds < limit.seconds, f"it took {seconds:.2f} s, not less than {limit}"


@then(parse("it took less than {limit:Duration} and less than {memory:Size} of memory"))
def it_was_quick_and_small(limit: Duration, memory: Size, figures: Figures) -> None:
    """Wall time of what was measured last, and how far this process's resident memory rose during it."""
    it_was_quick(limit, figures)
    growth = figures.last.memory_growth_bytes
    assert growth < memory.bytes, f"memory grew by {growth / 10**6:.0f} MB, not by less than {memory}"


@then(parse("{persona:Persona} is told of the file in the last one"))
def told_of_deep_file(persona: Session, made: MadePackage) -> None:
    """Going down the answer, folder by folder, one comes to the file under its whole path."""
    answer = persona.last_outcome("execute_graphql_query").value
    found: dict[str, Any] = answer["data"]["package"]["revision"]["dir"]
    while "children" in found:
        children = found["children"]
        assert len(children) == 1, f"{found['path']} has {len(children)} entries, not one"
        found = children[0]
    must_be_exactly([found["path"]], made.checksums, "files at the bottom")


@then(parse("ten threads take less than twice the time of one"))
def threads_are_worth_it(rounds: Rounds, known: tuple[KnownPackage, ...]) -> None:
    """The median of the rounds, since one round alone says little; every look saw the files of the package."""
    for browsed in must_not_be_empty(rounds.seen, "looks into the package"):
        must_agree(browsed.sizes, known[0].sizes, "files")
    alone, together = median(rounds.alone), median(rounds.together)
    assert together < 2 * alone, f"ten threads took {together:.2f} s for what one thread did in {alone:.2f} s"


@then(parse("the package holds those {count:Count} files, each with its size and hash"))
def holds_files_by_hash(count: int, publication: Publication, latest_manifest: Manifest) -> None:
    """Size and hash of each file in the manifest are those of its bytes, as the suite computed them."""
    held = {key: (entry.size, entry.hash_value) for key, entry in latest_manifest.entries.items()}
    wanted = {key: (file.file.size, file.file.quilt_hash) for key, file in publication.files.items()}
    must_agree(held, wanted, "files")
    assert len(held) == count


@then(parse("{persona:Persona} sees each of the {count:Count} with its size"))
def sees_each(persona: Session, count: int, publication: Publication) -> None:
    """Path and size of every file, none twice."""
    browsed = Browsed.by(persona)
    must_be_exactly([path for path, _ in browsed.entries], publication.files, "entries")
    must_agree(browsed.sizes, publication.sizes, "sizes")
    assert len(browsed.entries) == count


@then(parse("the comparison names the {count:Count} files that the smaller one lacks as added, and no others"))
def comparison_names_added(count: int, outcome: Outcome, made: MadePackage) -> None:
    """Exactly the last files are added; none is deleted or modified."""
    must_be_exactly(outcome.value["added"], list(made.checksums)[-count:], "files named as added")
    must_be_empty([*outcome.value["deleted"], *outcome.value["modified"]], "files named otherwise")


def _folders(count: int) -> list[str]:
    return [f"level-{number:02}" for number in range(count)]


def _nested_query(depth: int) -> str:
    """Asks for a package's folders ``depth`` levels down and for the files below."""
    inner = "... on PackageFile { path }"
    for _ in range(depth):
        inner = f"... on PackageFile {{ path }} ... on PackageDir {{ path children {{ {inner} }} }}"
    return (
        "query ($bucket: String!, $name: String!) { package(bucket: $bucket, name: $name) {"
        f' revision(hashOrTag: "latest") {{ dir(path: "") {{ path children {{ {inner} }} }} }} }} }}'
    )


def _one_after_the_other(calls: Sequence[Callable[[], Browsed]]) -> list[Browsed]:
    return [call() for call in calls]


def _seconds(threads: Threads, calls: Sequence[Callable[[], list[Browsed]]], seen: list[Browsed]) -> float:
    """How long the calls took together; what they saw is added to ``seen``."""
    started = perf_counter()
    done = threads.at_once(calls, limit_seconds=LIMIT_SECONDS)
    took = perf_counter() - started
    seen.extend(browsed for looks in done for browsed in looks)
    return took
