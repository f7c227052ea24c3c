"""AWS: the clients that QuiltOps hands out, where they work, and with whose rights."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from pytest_bdd import given, then, when

from data.upload import ArrangedDataset
from environment.checking.comparing import must_agree, must_be_exactly
from environment.driving.session import Session
from environment.driving.stage import Stage
from environment.errors import SuiteError
from environment.gherkin.references import ValueKind, parse, register
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.product.outcome import Outcome, attempt
from environment.targets.target import Target
from environment.undo.log import UndoLog

SIMPLE_CALLS: Mapping[str, Callable[[Any], list[str]]] = {
    "s3": lambda client: [bucket["Name"] for bucket in client.list_buckets()["Buckets"]],
    "athena": lambda client: [group["Name"] for group in client.list_work_groups()["WorkGroups"]],
    "sts": lambda client: [client.get_caller_identity()["Account"]],
    "glue": lambda client: [database["Name"] for database in client.get_databases()["DatabaseList"]],
}
"""A call that reads something of a service, and the names that it gives, which are the same for everybody."""
DENIED = ("AccessDenied", "AccessDeniedException")
HERE = "of this deployment"
OLD_NAME = " by the method's former name"
ACCESSES: Mapping[str, tuple[str, ...]] = {
    "read from and write to": ("write", "read"),
    "read from": ("read",),
    "write to": ("write",),
    "delete from": ("delete",),
}
"""What a client may do in a bucket, and the calls by which it is tried."""
NOTE = b"far away"


def client_of(stage: Stage, which: int = 0) -> Outcome:
    """The outcome of asking for a client, by default the first one, by the person named last.

    Raises:
        SuiteError: they asked for fewer.
    """
    asked = stage.last_named.outcomes("get_aws_client", "get_boto3_client")
    if len(asked) <= which:
        raise SuiteError("Looked for a client", f"{len(asked)} were asked for", "Ask for one in an earlier step")
    return asked[which]


@contextmanager
def client_in_hand(outcome: Outcome) -> Iterator[Any]:
    """The client that QuiltOps handed out, to be used in the block.

    Raises:
        AssertionError: QuiltOps handed out none, or AWS or botocore refuses a call of this one.
    """
    client = outcome.value
    try:
        yield client
    except (BotoCoreError, ClientError) as error:
        service = client.meta.service_model.service_name
        raise AssertionError(f"the {service} client does not work: {error}") from error


_ROLES = "{ roles { ... on ManagedRole { name arn } ... on UnmanagedRole { name arn } } }"


@pytest.fixture
def role_arns(registry_observer: RegistryObserver) -> dict[str, str]:
    """The IAM role that the registry has for each of its roles, by the role's name."""
    return {role["name"]: role["arn"] for role in registry_observer.ask(_ROLES)["roles"]}


register(
    ValueKind("ClientRegion", r'(?: in "[a-z0-9-]+")?', lambda text: text[5:-1], ("", ' in "eu-west-1"')),
    ValueKind("OldName", f"(?:{OLD_NAME})?", bool, ("", OLD_NAME)),
    ValueKind(
        "Client", "(?:(?:first|second) )?client", lambda text: int("second" in text), ("client", "second client")
    ),
    ValueKind(
        "RegionMeant",
        r'of this deployment|"[a-z0-9-]+"',
        lambda text: text.strip('"'),
        ("of this deployment", '"eu-west-1"'),
    ),
    ValueKind(
        "BucketAccess",
        "|".join(ACCESSES),
        ACCESSES.__getitem__,
        tuple(ACCESSES),
    ),
)


@given(parse('{persona:Persona} has asked for a client for "{service:Text}"{region:ClientRegion}{by_old_name:OldName}'))
@when(parse('{persona:Persona} asks for a client for "{service:Text}"{region:ClientRegion}{by_old_name:OldName}'))
def ask_for_client(persona: Session, service: str, region: str, by_old_name: bool) -> None:
    """Ask for a client of an AWS service, for one region or without naming any."""
    where = {"region": region} if region else {}
    if by_old_name:
        attempt(persona.ops.get_boto3_client, service, **where)
    else:
        attempt(persona.ops.get_aws_client, service, **where)


@then(parse("the {which:Client} is for the region {region:RegionMeant}"))
def client_is_there(stage: Stage, which: int, region: str, target: Target) -> None:
    """The region that was asked for, or that the catalog's configuration names."""
    wanted = target.region if region == HERE else region
    found = client_of(stage, which).value.meta.region_name
    assert found == wanted, f"the client is for {found or 'no region'}, not for {wanted}"


@then(parse("the client works"))
def client_is_usable(stage: Stage, target: Target) -> None:
    """A call that reads something from its service returns what the suite's own client gets.

    S3 names the data, scratch and packages buckets; it may name others, and the suite's own keys need not list any.
    """
    with client_in_hand(client_of(stage)) as client:
        service = client.meta.service_model.service_name
        found = set(SIMPLE_CALLS[service](client))
    if service == "s3":
        wanted = {target.buckets.data, target.buckets.scratch, target.buckets.packages}
        assert found >= wanted, f"s3 names {sorted(found)}, and not {sorted(wanted - found)}"
        return
    known = set(SIMPLE_CALLS[service](target.client(service)))
    assert found == known, f"{service} gives {sorted(found)}, and to the suite itself {sorted(known)}"


@then(parse('the client lists and gets exactly the objects of the "{dataset:Dataset}" dataset, byte for byte'))
def gets_objects(stage: Stage, dataset: ArrangedDataset) -> None:
    """Every object under the dataset's prefix is listed and no other, and each has the bytes of the dataset."""
    files = list(dataset.files.values())
    prefix = files[0].key.removesuffix(files[0].logical_key)
    with client_in_hand(client_of(stage)) as client:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=files[0].bucket, Prefix=prefix)
        listed = [item["Key"] for page in pages for item in page.get("Contents", [])]
        bodies = {file.key: client.get_object(Bucket=file.bucket, Key=file.key)["Body"].read() for file in files}
    must_be_exactly(listed, [file.key for file in files], "objects listed")
    found = {key: hashlib.sha256(body).hexdigest() for key, body in bodies.items()}
    must_agree(found, {file.key: file.file.sha256 for file in files}, "objects")


@then(parse('the client acts in the role "{role:Text}"'))
def caller_has_role(stage: Stage, role: str, role_arns: Mapping[str, str]) -> None:
    """The caller's ARN is a session of the IAM role that the registry has for that role."""
    with client_in_hand(client_of(stage)) as client:
        arn = client.get_caller_identity()["Arn"]
    expected = role_arns[role].rsplit("/", 1)[1]
    assert arn.split(":")[5].split("/")[:2] == ["assumed-role", expected], f"the caller is {arn}"


@then(parse("the client {can:Can} {accesses:BucketAccess} the {bucket:Bucket} bucket"))
def has_access(
    stage: Stage,
    can: bool,
    accesses: tuple[str, ...],
    bucket: str,
    target: Target,
    undo: UndoLog,
    storage_observer: StorageObserver,
) -> None:
    """S3 does each of these with an object, and the suite finds the result; or S3 refuses, and nothing changes."""
    place, prefix = str(getattr(target.buckets, bucket)), f"clients/{secrets.token_hex(4)}/"
    undo.book("objects", f"the objects s3://{place}/{prefix}", bucket=place, prefix=prefix)
    with client_in_hand(client_of(stage)) as client:
        for access in accesses:
            key = f"{prefix}{access}.txt"
            if access != "write":
                target.client("s3").put_object(Bucket=place, Key=key, Body=NOTE)
            _must_be_allowed(lambda key=key, access=access: CALLS[access](client, place, key), can)  # type: ignore[misc]
            is_there = can == (access == "write") or access == "read"
            must_agree({access: storage_observer.keys(place, key)}, {access: [key] if is_there else []}, "objects")


def _must_be_allowed(call: Callable[[], object], can: bool) -> None:
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        assert not can and code in DENIED, f"S3 refused with {code}"
    else:
        assert can, "S3 allowed it"


def _read(client: Any, bucket: str, key: str) -> None:
    assert client.get_object(Bucket=bucket, Key=key)["Body"].read() == NOTE, "other bytes were read"


CALLS: Mapping[str, Callable[[Any, str, str], object]] = {
    "read": _read,
    "write": lambda client, bucket, key: client.put_object(Bucket=bucket, Key=key, Body=NOTE),
    "delete": lambda client, bucket, key: client.delete_object(Bucket=bucket, Key=key),
}
"""What a client does with one object."""
