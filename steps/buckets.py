"""Buckets: which ones a person sees, and that a hidden one reveals nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pytest_bdd import given, then, when

from environment.checking.comparing import must_agree, must_be_empty, must_be_exactly, must_not_be_empty
from environment.driving.packages import Package
from environment.driving.refusals import refused_with, words_of
from environment.driving.session import Session
from environment.gherkin.references import parse
from environment.product.outcome import attempt
from environment.targets.target import Target
from steps.kinds import BUCKETS

SEEN_BY_EVERYONE = ("data", "scratch", "packages")
SAYS_NOTHING = frozenset({"", "unknown", "none", "null", "n/a"})


def _name_of(target: Target, bucket: str) -> str:
    return str(getattr(target.buckets, bucket))


@given(parse("{persona:Persona} has listed the buckets"))
@when(parse("{persona:Persona} lists the buckets"))
def list_buckets(persona: Session) -> None:
    """Ask QuiltOps for the buckets."""
    attempt(persona.ops.list_buckets)


def _listed(persona: Session) -> list[str]:
    return [bucket.name for bucket in persona.last_outcome("list_buckets").value]


@then(parse("{persona:Persona} sees only {buckets:Buckets}"))
def sees_buckets(persona: Session, buckets: tuple[str, ...], target: Target) -> None:
    """These buckets, each once, and no others."""
    found, wanted = _listed(persona), [_name_of(target, bucket) for bucket in buckets]
    if wanted:
        must_be_exactly(found, wanted, "buckets listed")
    else:
        must_be_empty(found, "buckets listed")


@then(parse("{persona:Persona} sees the {bucket:Bucket} bucket"))
def sees_bucket(persona: Session, bucket: str, target: Target) -> None:
    """It is in the list, once."""
    times = _listed(persona).count(_name_of(target, bucket))
    assert times == 1, f"the {bucket} bucket is listed {times} times"


@then(parse("{persona:Persona} does not see the {bucket:Bucket} bucket"))
def does_not_see_bucket(persona: Session, bucket: str, target: Target) -> None:
    """The list has other buckets, and this one is not in it."""
    is_listed = _name_of(target, bucket) in must_not_be_empty(_listed(persona), "buckets listed")
    assert not is_listed, f"the {bucket} bucket is listed"


@then(parse("{persona:Persona} sees the region of each bucket as S3 has it"))
def buckets_have_regions(persona: Session, target: Target) -> None:
    """Each bucket of the test environment has the region that S3 gives; other buckets of the account do not matter."""
    own = {_name_of(target, bucket) for bucket in BUCKETS}
    listed = persona.last_outcome("list_buckets").value
    found = {bucket.name: bucket.region for bucket in listed if bucket.name in own}
    wanted = {_name_of(target, bucket) for bucket in SEEN_BY_EVERYONE}
    s3 = target.client("s3")
    places = {name: s3.head_bucket(Bucket=name)["BucketRegion"] for name in {*found, *wanted}}
    must_agree(found, places, "regions of the buckets")


@then(parse("{persona:Persona} sees what access each bucket gives"))
def buckets_have_access(persona: Session) -> None:
    """Each bucket says what the persona may do there."""
    listed = must_not_be_empty(persona.last_outcome("list_buckets").value, "buckets listed")
    unknown = [bucket.name for bucket in listed if str(bucket.access_level).strip().lower() in SAYS_NOTHING]
    assert not unknown, f"the access to {', '.join(sorted(unknown))} is not told"


@then(parse("{persona:Persona} learns nothing about {package:Package}"))
def learns_nothing(persona: Session, package: Package) -> None:
    """A refusal that shows none of the content, or an answer without the package."""
    outcome = persona.last_outcome("search_packages", "get_package_info", "browse_content")
    hidden = [package.latest.top_hash, *package.latest.files]
    if outcome.error is not None:
        kinds = ("PermissionError", "NotFoundError", "BackendError", "ValidationError")
        words = words_of(refused_with(outcome, kinds))
    else:
        words, hidden = _words_of(outcome.value), [package.name, *hidden]
    given_away = [each for each in hidden if each in words]
    assert not given_away, f"the answer gives away {', '.join(given_away)}"


def _words_of(answer: Any) -> str:
    return " ".join(map(repr, answer)) if isinstance(answer, Iterable) else repr(answer)
