"""Buckets: which ones a person sees, and what a hidden one keeps to itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from pytest_bdd import given, then, when

from data.upload import StoredFile
from environment.arrangement.packages import Entry, PackageArranger
from environment.checking.comparing import must_agree, must_be_exactly, must_not_be_empty
from environment.clients.downloads import download
from environment.gherkin.references import ValueKind, parse, register
from environment.observers.storage import StorageObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.arrangement import DatasetShelf, MadePackage
from steps.creation import create
from steps.errors import refused_with
from steps.refusals import words_of
from steps.stock import Stock

BUCKETS = ("data", "scratch", "packages", "restricted", "remote")
SEEN_BY_EVERYBODY = ("data", "scratch", "packages")
SAYS_NOTHING = frozenset({"", "unknown", "none", "null", "n/a"})
_NAME = "|".join(BUCKETS)


def bucket_words(text: str) -> tuple[str, ...]:
    """The buckets of a list such as ``data, scratch and packages``."""
    return tuple(re.split(r", | and ", text))


register(
    ValueKind("Bucket", _NAME, str, BUCKETS),
    ValueKind("Buckets", rf"(?:{_NAME})(?:(?:, | and )(?:{_NAME}))+", bucket_words, ("data and scratch",)),
)
CONTENT = b"not for everybody\n"


def _name_of(target: Target, bucket: str) -> str:
    return str(getattr(target.buckets, bucket))


def _registry_of(target: Target, bucket: str) -> str:
    return f"s3://{_name_of(target, bucket)}"


@given(parse("a package in the {bucket:Bucket} bucket"), target_fixture="made")
def package_in_bucket(
    bucket: str, target: Target, package_arranger: PackageArranger, names: Names, undo: UndoLog
) -> MadePackage:
    """A package of one file, made by the suite as administrator; the file lies in the same bucket."""
    place, name = _name_of(target, bucket), names.package_name("test-user")
    undo.book("package", f"the package {name}", bucket=place, name=name)
    key = f"{name}/secret.txt"
    target.client("s3").put_object(Bucket=place, Key=key, Body=CONTENT)
    top_hash = package_arranger.construct(place, name, [Entry("secret.txt", f"s3://{place}/{key}")])
    target.wait_until_indexed()
    return MadePackage(name, top_hash, {"secret.txt": hashlib.sha256(CONTENT).hexdigest()})


@given(parse("a file in the {bucket:Bucket} bucket"), target_fixture="files")
def file_in_bucket(bucket: str, stock: Stock, target: Target) -> dict[str, StoredFile]:
    """A file made for this scenario, in that bucket."""
    return {"far.csv": stock.put("far.csv", bucket=_name_of(target, bucket))}


@when(parse("{persona:Persona} lists the buckets"), target_fixture="outcome")
def list_buckets(persona: Session) -> Outcome:
    """Ask QuiltOps for the buckets."""
    return attempt(persona.ops.list_buckets)


@when(parse("{persona:Persona} searches the {bucket:Bucket} bucket for that package"), target_fixture="outcome")
def search_bucket(persona: Session, bucket: str, made: MadePackage, target: Target) -> Outcome:
    """Search for the package by its name, in the bucket where it is."""
    return attempt(persona.ops.search_packages, _word(made), registry=_registry_of(target, bucket))


@when(parse("{persona:Persona} asks the {bucket:Bucket} bucket for its details"), target_fixture="outcome")
def details_in_bucket(persona: Session, bucket: str, made: MadePackage, target: Target) -> Outcome:
    """Ask for the package's details, in the bucket where it is."""
    return attempt(persona.ops.get_package_info, made.name, registry=_registry_of(target, bucket))


@when(parse("{persona:Persona} browses it in the {bucket:Bucket} bucket"), target_fixture="outcome")
def browse_in_bucket(persona: Session, bucket: str, made: MadePackage, target: Target) -> Outcome:
    """Look into the package, in the bucket where it is."""
    return attempt(persona.ops.browse_content, made.name, registry=_registry_of(target, bucket))


@when(parse("{persona:Persona} asks for a link to its file in the {bucket:Bucket} bucket"), target_fixture="outcome")
def link_in_bucket(persona: Session, bucket: str, made: MadePackage, target: Target) -> Outcome:
    """Ask for a link to the package's file, in the bucket where it is."""
    return attempt(persona.ops.get_content_url, made.name, registry=_registry_of(target, bucket), path="secret.txt")


@when(parse("{persona:Persona} publishes the file of the {bucket:Bucket} bucket as her own"), target_fixture="outcome")
def publish_hidden(persona: Session, bucket: str, made: MadePackage, package_name: str, target: Target) -> Outcome:
    """Create a package in the packages bucket whose entry is the file in the other bucket."""
    uri = f"{_registry_of(target, bucket)}/{made.name}/secret.txt"
    return create(persona, package_name, [uri])


@when(parse("{persona:Persona} publishes into the {bucket:Bucket} bucket"), target_fixture="outcome")
def publish_into(
    persona: Session, bucket: str, names: Names, undo: UndoLog, target: Target, datasets: DatasetShelf
) -> Outcome:
    """Create a package, of a file that everybody may read, in that bucket."""
    name, place = names.package_name("test-user"), _name_of(target, bucket)
    undo.book("package", f"the package {name}", bucket=place, name=name)
    uris = datasets.take("single-file").uris
    return create(persona, name, uris, registry=f"s3://{place}")


@then(parse("{persona:Persona} sees exactly the {buckets:Buckets} buckets"))
def sees_buckets(persona: Session, buckets: tuple[str, ...], target: Target) -> None:
    """These buckets, each once, and no others."""
    found = [bucket.name for bucket in persona.last_outcome("list_buckets").value]
    must_be_exactly(found, [_name_of(target, bucket) for bucket in buckets], "buckets listed")


@then(parse("{persona:Persona} does not see the {bucket:Bucket} bucket"))
def does_not_see_bucket(persona: Session, bucket: str, target: Target) -> None:
    """The list has other buckets, and this one is not in it."""
    found = [listed.name for listed in persona.last_outcome("list_buckets").value]
    assert target.buckets.data in found, "not even the data bucket is listed"
    assert _name_of(target, bucket) not in found, f"the {bucket} bucket is listed"


@then(parse("each bucket is said to be in the region where S3 has it"))
def buckets_have_regions(outcome: Outcome, target: Target) -> None:
    """The region that S3 gives for each bucket of the test environment; others of the account it need not tell."""
    own = {_name_of(target, bucket) for bucket in BUCKETS}
    found = {bucket.name: bucket.region for bucket in outcome.value if bucket.name in own}
    wanted = {_name_of(target, bucket) for bucket in SEEN_BY_EVERYBODY}
    s3 = target.client("s3")
    places = {name: s3.head_bucket(Bucket=name)["BucketRegion"] for name in {*found, *wanted}}
    must_agree(found, places, "regions of the buckets")


@then(parse("of each bucket {persona:Persona}'s access is told"))
def buckets_have_access(persona: Session) -> None:
    """Each bucket says what the persona may do there."""
    listed = must_not_be_empty(persona.last_outcome("list_buckets").value, "buckets listed")
    unknown = [bucket.name for bucket in listed if str(bucket.access_level).strip().lower() in SAYS_NOTHING]
    assert not unknown, f"the access to {', '.join(sorted(unknown))} is not told"


@then(parse("{persona:Persona} learns nothing of that package"))
def learns_nothing(persona: Session, made: MadePackage) -> None:
    """A refusal in which no content appears, or an answer in which the package does not."""
    outcome = persona.last_outcome("search_packages", "get_package_info", "browse_content")
    if outcome.error is not None:
        kinds = ("PermissionError", "NotFoundError", "BackendError", "ValidationError")
        told = words_of(refused_with(outcome, kinds))
        assert made.top_hash not in told, "the refusal gives the top hash"
        assert "secret.txt" not in told, "the refusal gives the file"
    else:
        assert made.name not in _words_of(outcome.value), f"the answer holds {made.name}"
        assert "secret.txt" not in _words_of(outcome.value), "the answer holds the file"


@then(parse("{persona:Persona} sees its file there"))
def sees_its_file(persona: Session, made: MadePackage) -> None:
    """The package's file, and nothing else."""
    must_be_exactly([entry.path for entry in persona.last_outcome("browse_content").value], made.checksums, "entries")


@then(parse("{persona:Persona} gets no link that gives its bytes"))
def no_link(persona: Session) -> None:
    """A refusal, or a link that S3 refuses."""
    outcome = persona.last_outcome("get_content_url")
    if outcome.error is not None:
        refused_with(outcome, ("PermissionError", "NotFoundError", "BackendError"))
    else:
        assert download(outcome.value, refused=True) == b""


@then(parse("no package of that name is in the packages bucket"))
def not_published(package_name: str, storage_observer: StorageObserver, target: Target) -> None:
    """The registry has no pointer of the name under which was to be published."""
    assert package_name not in storage_observer.package_names(target.buckets.packages)


def _word(made: MadePackage) -> str:
    return made.name.split("/")[1]


def _words_of(answer: Any) -> str:
    return " ".join(map(repr, answer)) if isinstance(answer, Iterable) else repr(answer)
