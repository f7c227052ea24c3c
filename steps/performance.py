"""Performance: what work costs in time and memory, at sizes and depths that people really have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import allure
from pytest_bdd import given, then, when

from data.datasets.checksums import ChecksumSink
from data.large_files import upload_random_file
from environment.arrangement.packages import Entry, PackageArranger
from environment.arrangement.surveys import Survey, SurveyArranger
from environment.checking.comparing import must_be_empty, must_be_exactly, must_not_be_empty
from environment.checking.figures import Figures
from environment.checking.measuring import Measurement
from environment.checking.simultaneous import Threads
from environment.driving.files import ScenarioFile, StoredContent, Storeroom
from environment.driving.packages import Package
from environment.driving.session import Session
from environment.driving.work import browse, found_names, search
from environment.errors import SuiteError
from environment.gherkin.references import KINDS, ValueKind, parse, register
from environment.gherkin.values import Duration, Size
from environment.observers.registry import RegistryObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, Outcomes, attempt, current_outcomes
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.waiting import wait_until
from steps.arrangement import stored_content

# As many as boto3 keeps connections.
_THREADS = 8
_SEED = 20261122
_ROUNDS = 3
_LOOKS = 10
_LARGE = 10**7
_BOTTOM = "bottom.txt"

register(
    ValueKind(
        "MemoryLimit",
        f"(?: and less than {KINDS['Size'].pattern} of memory)?",
        lambda text: Size(text.removeprefix(" and less than ").removesuffix(" of memory")) if text else None,
        ("", " and less than 100 MB of memory"),
    )
)


@dataclass(frozen=True)
class Rounds:
    """Seconds that the same work took one thread, and ten threads together, round by round."""

    alone: list[float]
    together: list[float]
    seen: list[Outcome] = field(default_factory=list, repr=False)


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
        limit_seconds=target.wait_until_indexed(),
        what="the search to know all packages",
    )
    return survey


@given(parse("{package:NewPackage} with a file {count:Count} folders deep"))
def package_with_deep_file(
    package: Package, count: int, storeroom: Storeroom, package_arranger: PackageArranger
) -> None:
    """A package in which each folder holds another one and the last one a file."""
    path = "/".join([*_folders(count), _BOTTOM])
    file = storeroom.put(path, b"deep\n")
    package_arranger.construct(package.bucket, package.name, [Entry(path, file.physical_key, file.size)])
    package.note({path: file}, {})


@given(parse("{files:NewFiles} of {size:Size} in the {bucket:WritableBucket} bucket"))
def files_of_a_size(
    files: tuple[ScenarioFile, ...], size: Size, bucket: str, storeroom: Storeroom, target: Target
) -> None:
    """Files made for this scenario, no two of which have the same bytes."""
    place = getattr(target.buckets, bucket)

    def put(number: int) -> StoredContent:
        name = f"{number:05}.bin"
        key = storeroom.key_for(name, place)
        return stored_content(upload_random_file(target.client("s3"), place, key, size=size.bytes, seed=_SEED), name)

    first = put(0)  # books the folder before threads write into it
    with ThreadPoolExecutor(_THREADS if size.bytes < _LARGE else 1) as pool:
        stored = [first, *pool.map(put, range(1, len(files)))]
    for file, content in zip(files, stored, strict=True):
        file.versions.append(content)


@given(parse("{smaller:NewPackage} with all but {count:FileCount} of {package:Package}"))
def package_that_lacks_files(smaller: Package, count: int, package: Package, package_arranger: PackageArranger) -> None:
    """A package of the same files without the last ones, which nobody in the scenario published."""
    rest = dict(list(package.latest.files.items())[:-count])
    held = package.manifest().entries
    entries = [Entry(key, held[key].physical_key, held[key].size, held[key].hash_value) for key in rest]
    package_arranger.construct(smaller.bucket, smaller.name, entries)
    smaller.note(rest, {})


# --- what is done -----------------------------------------------------------------------------------------------------


@when(parse("{persona:Persona} searches for the word that they share"))
def search_for_word(persona: Session, survey: Survey, figures: Figures) -> None:
    """Search for the word that some packages share; time and memory are measured."""
    with figures.measured("searching"):
        search(persona, survey.word)


@when(parse("{persona:Persona} asks in GraphQL for the folders of {package:Package} down to the last one"))
def ask_for_folders(persona: Session, package: Package, figures: Figures) -> None:
    """One query that asks each folder for its children; time and memory are measured."""
    depth = next(iter(package.latest.files)).count("/")
    variables = {"bucket": package.bucket, "name": package.name}
    with figures.measured("asking"):
        attempt(persona.ops.execute_graphql_query, _nested_query(depth), variables=variables)


@when(
    parse("{persona:Persona} browses {package:Package} with one thread and with ten, in turn"),
    target_fixture="rounds",
)
def browse_by_turns(persona: Session, package: Package, threads: Threads) -> Rounds:
    """Ten looks: one thread takes them one after the other, then ten threads take one each; three times."""
    looks = [partial(browse, persona, package)] * _LOOKS
    persona.prepare()
    rounds = Rounds([], [])
    for _ in range(_ROUNDS):
        rounds.alone.append(_seconds(threads, [partial(_one_after_the_other, looks)], rounds.seen))
        rounds.together.append(
            _seconds(threads, [partial(_one_after_the_other, [look]) for look in looks], rounds.seen)
        )
    allure.attach(str(rounds), "figures", allure.attachment_type.TEXT)
    return rounds


# --- what is then true ------------------------------------------------------------------------------------------------


@then(parse("it took less than {limit:Duration}{memory:MemoryLimit}"))
def it_was_quick(limit: Duration, memory: Size | None, figures: Figures) -> None:
    """Wall time of what was done last, and how far this process's resident memory rose during it.

    Memory is measured of publishing, browsing, comparing, searching and listing, and of what this module does.
    """
    took = figures.last
    acts = [each for each in (current_outcomes() or Outcomes()).all() if not each.made_by_then]
    if acts and (took is None or acts[-1].started > took.ended):
        if memory is not None:
            instead = "publishing, browsing, comparing, searching or listing"
            raise SuiteError("Measured memory", f"that of {acts[-1].called} is not measured", f"Ask that of {instead}")
        took = Measurement(sum(each.seconds for each in acts if each.step == acts[-1].step))
    if took is None:
        raise SuiteError("Looked how long it took", "nobody has done anything yet", "Let somebody act in a When")
    seconds, growth = took.seconds, took.memory_growth_bytes
    assert seconds < limit.seconds, f"it took {seconds:.2f} s, not less than {limit}"
    assert memory is None or growth < memory.bytes, f"memory grew by {growth / 10**6:.0f} MB, not by less than {memory}"


@then(parse("{persona:Persona} finds all {count:Count} of them"))
def finds_all_of_them(persona: Session, count: int, survey: Survey) -> None:
    """Each of the packages that share a word is there; other scenarios check that it is there only once."""
    found = set(found_names(persona.last_outcome("search_packages")))
    must_be_exactly(found & set(survey.names), survey.names, "packages found")
    assert len(survey.names) == count, f"{len(survey.names)} packages share the word, not {count}"


@then(parse("{persona:Persona} is told the path of the file in the last folder of {package:Package}"))
def told_of_deep_file(persona: Session, package: Package) -> None:
    """Following the answer down, folder by folder, leads to the file under its whole path."""
    answer = persona.last_outcome("execute_graphql_query").value
    found: dict[str, Any] = answer["data"]["package"]["revision"]["dir"]
    while "children" in found:
        children = found["children"]
        assert len(children) == 1, f"{found['path']} has {len(children)} entries, not one"
        found = children[0]
    must_be_exactly([found["path"]], package.latest.files, "files at the bottom")


@then(parse("ten threads take less than twice the time of one"))
def threads_are_worth_it(rounds: Rounds) -> None:
    """The median of the rounds, since one round alone says little; every look saw the same files."""
    seen = must_not_be_empty(rounds.seen, "looks into the package")
    listings = [{entry.path: entry.size for entry in look.value} for look in seen]
    must_not_be_empty(listings[0], "files seen")
    assert all(listing == listings[0] for listing in listings), "the looks saw different files"
    alone, together = median(rounds.alone), median(rounds.together)
    assert together < 2 * alone, f"ten threads took {together:.2f} s for what one thread did in {alone:.2f} s"


@then(parse("{package:Package} has the right size and hash for every file"))
def sizes_and_hashes_are_right(package: Package) -> None:
    """Size and hash of each file in the manifest are those of the bytes that it points to (registry facts 7.4)."""
    package.require_success()
    manifest = package.manifest()
    must_be_exactly(manifest.entries, package.latest.files, "files")
    wrong = []
    for key, entry in manifest.entries.items():
        sink = ChecksumSink()
        sink.write(package.storage.bytes_of(entry.physical_key))
        digest = sink.digest()
        if (entry.size, entry.hash_value) != (digest.size, digest.quilt_hash):
            wrong.append(key)
    must_be_empty(wrong, "files whose size or hash is wrong")


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


def _one_after_the_other(calls: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
    return [call() for call in calls]


def _seconds(threads: Threads, calls: Sequence[Callable[[], list[Outcome]]], seen: list[Outcome]) -> float:
    """How long the calls took together; what they saw is added to ``seen``."""
    started = perf_counter()
    done = threads.at_once(calls)
    took = perf_counter() - started
    seen.extend(look for looks in done for look in looks)
    return took
