"""Finding: what searches and listings return, and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from pytest_bdd import given, then, when

from environment.checking.comparing import must_agree, must_be_empty, must_be_exactly, must_not_be_empty
from environment.checking.figures import Figures
from environment.driving.packages import Package
from environment.driving.session import Session
from environment.driving.work import found_names, search
from environment.errors import SuiteError
from environment.gherkin.references import KINDS, ValueKind, parse, register
from environment.gherkin.things import World
from environment.gherkin.values import listed, unquoted
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.product.outcome import Outcome
from environment.targets.target import Target
from environment.waiting import wait_until
from steps.baseline import Baseline
from steps.kinds import BUCKETS

ALL = "exactly the packages of the test environment"
NONE = "no packages"
RESULT_FIELDS = {
    "name": "name",
    "top hash": "top_hash",
    "date": "modified_date",
    "registry": "registry",
    "bucket": "bucket",
    "description": "description",
    "tags": "tags",
}
"""Fields of a result in words, and in QuiltOps."""
register(
    listed("ResultFields", list(RESULT_FIELDS)),
    ValueKind(
        "Found",
        rf'{NONE}|{ALL}|exactly "[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?',
        lambda text: (text,) if text == ALL else tuple(re.findall('"([^"]+)"', text)),
        (NONE, ALL, 'exactly "yields"', 'exactly "test-user/a" and "test-user/b"'),
    ),
    ValueKind(
        "SearchedBucket",
        rf"(?: the (?:{'|'.join(BUCKETS)}) bucket)?",
        lambda words: words.split()[1] if words else "",
        ("", *(f" the {bucket} bucket" for bucket in BUCKETS)),
    ),
    ValueKind(
        "SearchedText",
        rf'(?: by "{KINDS["Text"].pattern}")?',
        lambda words: unquoted(words.removeprefix(' by "').removesuffix('"')) if words else None,
        ("", ' by "any text"'),
    ),
)


@pytest.fixture
def latest_before(baseline: Baseline, storage_observer: StorageObserver, target: Target) -> Mapping[str, str]:
    """Top hash of each package of the test environment when the scenario first asks for it."""
    found = {name: storage_observer.latest_top_hash(target.buckets.packages, name) for name in baseline.package_names}
    must_be_empty([name for name, top_hash in found.items() if top_hash is None], "packages of the environment missing")
    return {name: str(top_hash) for name, top_hash in found.items()}


@given(parse('{persona:Persona} has searched{where:SearchedBucket} for "{text:Text}"'))
@when(parse('{persona:Persona} searches{where:SearchedBucket} for "{text:Text}"'))
def search_for(
    persona: Session, where: str, text: str, settled_index: Baseline, figures: Figures, target: Target
) -> None:
    """Search the packages of a bucket, the packages bucket unless the sentence names another one; time is measured.

    Search knows by then what was written so far.
    """
    target.wait_until_indexed()
    registry = persona.registry_of(f"s3://{getattr(target.buckets, where)}") if where else persona.registry
    with figures.measured("searching"):
        search(persona, text, registry)


@given(parse("{persona:Persona} has listed all packages"))
@when(parse("{persona:Persona} lists all packages"))
def list_all(persona: Session, settled_index: Baseline, figures: Figures, target: Target) -> None:
    """List the registry's packages, searching for nothing in particular; time and memory are measured.

    Search knows by then what was written so far.
    """
    target.wait_until_indexed()
    with figures.measured("listing"):
        search(persona, "")


@given(parse("{persona:Persona} has searched the {bucket:Bucket} bucket for {package:Package}"))
@when(parse("{persona:Persona} searches the {bucket:Bucket} bucket for {package:Package}"))
def search_bucket(persona: Session, bucket: str, package: Package, target: Target) -> None:
    """Search one bucket for a package by the last part of its name, once search knows what was written so far."""
    target.wait_until_indexed()
    search(persona, _word(package), registry=f"s3://{getattr(target.buckets, bucket)}")


@given(parse("{persona:Persona} has found {package:Package}{by:SearchedText}"))
@then(parse("{persona:Persona} finds {package:Package}{by:SearchedText}"))
def finds(persona: Session, package: Package, by: str | None, target: Target) -> None:
    """A search of its bucket for the text, or the last part of the name, finds it once it is indexed.

    It may find others, too.
    """
    package.require_success()
    text = _word(package) if by is None else by
    registry = persona.registry_of(package.registry)
    wait_until(
        lambda: package.name in found_names(search(persona, text, registry)),
        limit_seconds=target.wait_until_indexed(),
        what=f'{persona} to find the {package} in {package.where} by "{text}"',
    )


@then(parse("{persona:Persona} does not find {package:Package}"))
@then(parse("{persona:Persona} no longer finds {package:Package}"))
def does_not_find(persona: Session, package: Package, target: Target, baseline: Baseline) -> None:
    """Neither a search of its bucket for the last part of its name nor a list of everything there has it.

    In the packages bucket that list has other packages.
    """
    limit_seconds = target.wait_until_indexed()
    registry = persona.registry_of(package.registry)
    for text in (_word(package), ""):
        wait_until(
            lambda text=text: package.name not in found_names(search(persona, text, registry)),  # type: ignore[misc]
            limit_seconds=limit_seconds,
            what=f"the {package} of {package.where} to be gone from what {persona} finds",
        )
    assert package.bucket != target.buckets.packages or found_names(search(persona, "", registry)), (
        f"{persona} sees no packages at all, which proves nothing about one; "
        f'of somebody who may see none, say "{persona} learns nothing about" it'
    )


@then(parse("{persona:Persona} finds {names:Found}"))
def finds_exactly(persona: Session, names: tuple[str, ...], world: World, baseline: Baseline) -> None:
    """The last search found these, by the scenario's names or full ones, each once and no others, without an error.

    Packages of the scenario are called by its names ("yields"), others by their full ones.
    """
    known = {name: package.name for name, package in world.named("package").items()}
    wanted = baseline.package_names if names == (ALL,) else [known.get(name, name) for name in names]
    if wanted:
        must_be_exactly(_found(persona), wanted, "packages found")
    else:
        must_be_empty(_found(persona), "packages found")


@then(parse("{persona:Persona} sees the {fields:ResultFields} of every result"))
def results_are_complete(
    persona: Session, fields: tuple[str, ...], target: Target, registry_observer: RegistryObserver
) -> None:
    """Each of these fields has a proper value.

    The registry and the bucket are those that were searched, the description and the tags those of the metadata.
    """
    outcome = persona.last_outcome("search_packages")
    bucket = _searched_bucket(outcome, target)
    searched = {"registry": f"s3://{bucket}", "bucket": bucket}
    for package in must_not_be_empty(list(outcome.value), "results"):
        described = _described(registry_observer, bucket, package.name) if _TOLD & {*fields} else {}
        for each in fields:
            value = getattr(package, RESULT_FIELDS[each])
            if each in _PROPER:
                assert _PROPER[each](value), f"{package.name} has the {each} {value!r}"
            else:
                wanted = {**searched, **described}[each]
                assert value == wanted, f"{package.name} has the {each} {value!r}, not {wanted!r}"


def _searched_bucket(outcome: Outcome[Any], target: Target) -> str:
    """The bucket that a search was made in."""
    registry = outcome.call.named_arguments.get("registry") if outcome.call else None
    return str(registry or target.registry).removeprefix("s3://").rstrip("/")


def _described(registry_observer: RegistryObserver, bucket: str, name: str) -> Mapping[str, Any]:
    """The description and the tags that the metadata of the latest revision has, as results give them."""
    found = registry_observer.package(bucket, name)
    assert found is not None, f"the registry has no package {name}"
    metadata = found["revision"]["userMeta"] or {}
    if missing := {"description", "tags"} - metadata.keys():
        raise SuiteError(
            f"Looked for the {' and the '.join(sorted(missing))} of the package {name}",
            "it was published without",
            "Publish all that the search finds with a description and tags, or judge other fields",
        )
    return {"description": metadata["description"], "tags": metadata["tags"]}


@then(parse("every package other than {package:Package} is unchanged"))
def others_are_unchanged(
    package: Package, latest_before: Mapping[str, str], world: World, storage_observer: StorageObserver, target: Target
) -> None:
    """The packages of the test environment and of this scenario have the same latest revision as before."""
    before = {f"{target.buckets.packages}/{name}": top_hash for name, top_hash in latest_before.items()}
    known = {_place(each): each.latest.top_hash for each in world.values("package") if _has_revisions(each)}
    expected = {place: top_hash for place, top_hash in {**before, **known}.items() if place != _place(package)}
    found = {place: storage_observer.latest_top_hash(*place.split("/", 1)) for place in expected}
    must_agree(found, expected, "latest revisions")


def _place(package: Package) -> str:
    return f"{package.bucket}/{package.name}"


def _has_revisions(thing: object) -> bool:
    return isinstance(thing, Package) and bool(thing.revisions)


def _found(persona: Session) -> list[str]:
    return found_names(persona.last_outcome("search_packages"))


def _word(package: Package) -> str:
    return package.name.rpartition("/")[2]


def _is_moment(text: str) -> bool:
    """Whether a text is a date and time in ISO 8601, which a date alone is not."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text


_TOLD = {"description", "tags"}
"""Fields that the metadata of a package tell."""
_PROPER: Mapping[str, Callable[[Any], object]] = {
    "name": re.compile(r"[\w-]+/[\w-]+").fullmatch,
    "top hash": re.compile(r"[0-9a-f]{64}").fullmatch,
    "date": _is_moment,
}
"""What is a proper value of a field; of the others it is where the search was made."""
