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
from environment.checking.comparing import must_agree, must_be_empty, must_be_exactly
from environment.driving.session import Session
from environment.errors import SuiteError
from environment.gherkin.references import parse
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.product.outcome import Outcome, attempt, current_outcomes
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


class Clients:
    """The clients that were asked for in the scenario, in their order."""

    def outcome(self, which: int = 0) -> Outcome:
        """What came of asking for one of them.

        Raises:
            SuiteError: nobody asked for as many.
        """
        register_of_outcomes = current_outcomes()
        asked = [
            each
            for each in (register_of_outcomes.all() if register_of_outcomes else ())
            if each.operation in ("get_aws_client", "get_boto3_client") and not each.made_by_then
        ]
        if len(asked) <= which:
            raise SuiteError("Looked for a client", f"{len(asked)} were asked for", "Ask for one in an earlier step")
        return asked[which]


@pytest.fixture
def clients() -> Clients:
    """The clients of this scenario."""
    return Clients()


_ROLES = "{ roles { ... on ManagedRole { name arn } ... on UnmanagedRole { name arn } } }"


@pytest.fixture
def role_arns(registry_observer: RegistryObserver) -> dict[str, str]:
    """The IAM role that the registry has for each of its roles, by the role's name."""
    return {role["name"]: role["arn"] for role in registry_observer.ask(_ROLES)["roles"]}


@given(parse('{persona:Persona} has asked for a client for "{service:Text}"'))
@when(parse('{persona:Persona} asks for a client for "{service:Text}"'))
def ask_for_client(persona: Session, service: str) -> None:
    """Ask for a client of an AWS service, without saying where."""
    attempt(persona.ops.get_aws_client, service)


@given(parse('{persona:Persona} has asked for a client for "{service:Text}" through the old name of the method'))
@when(parse('{persona:Persona} asks for a client for "{service:Text}" through the old name of the method'))
def ask_by_earlier_name(persona: Session, service: str) -> None:
    """Ask for a client through the method's name of earlier versions."""
    attempt(persona.ops.get_boto3_client, service)


@given(parse('{persona:Persona} has asked for a client for "{service:Text}" in "{region:Text}"'))
@when(parse('{persona:Persona} asks for a client for "{service:Text}" in "{region:Text}"'))
def ask_for_client_in(persona: Session, service: str, region: str) -> None:
    """Ask for a client of an AWS service in one region."""
    attempt(persona.ops.get_aws_client, service, region=region)


@then(parse("the client is for the region of this deployment"))
def client_is_here(clients: Clients, target: Target) -> None:
    """The region that the catalog's configuration names."""
    assert clients.outcome().value.meta.region_name == target.region


@then(parse('the client is for the region "{region:Text}"'))
@then(parse('the {which:Ordinal} client is for the region "{region:Text}"'))
def client_is_there(clients: Clients, region: str, which: int = 0) -> None:
    """The region that was asked for; the first client, unless another one is named."""
    assert clients.outcome(which).value.meta.region_name == region


@then(parse("the client lists the deployment's buckets"))
def lists_buckets(clients: Clients, target: Target) -> None:
    """S3 names the data, scratch and packages buckets; it may name others of the account."""
    with client_in_hand(clients.outcome()) as client:
        found = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
    wanted = {target.buckets.data, target.buckets.scratch, target.buckets.packages}
    must_be_exactly(found & wanted, wanted, "buckets listed")


@then(parse("the client can read from and write to the remote bucket"))
def works_in_remote_bucket(clients: Clients, target: Target, undo: UndoLog, storage_observer: StorageObserver) -> None:
    """What it writes there, boto3 finds; and it reads back the same bytes."""
    bucket, prefix = target.buckets.remote, f"clients/{secrets.token_hex(4)}/"
    undo.book("objects", f"the objects s3://{bucket}/{prefix}", bucket=bucket, prefix=prefix)
    with client_in_hand(clients.outcome()) as client:
        client.put_object(Bucket=bucket, Key=f"{prefix}note.txt", Body=b"far away")
    assert storage_observer.content(bucket, f"{prefix}note.txt") == b"far away"
    with client_in_hand(clients.outcome()) as client:
        read = client.get_object(Bucket=bucket, Key=f"{prefix}note.txt")["Body"].read()
    assert read == b"far away"


@then(parse("the client works"))
def client_is_usable(clients: Clients, target: Target) -> None:
    """A call that reads something of its service gives what the suite's own client is given."""
    with client_in_hand(clients.outcome()) as client:
        service = client.meta.service_model.service_name
        found = set(SIMPLE_CALLS[service](client))
    known = set(SIMPLE_CALLS[service](target.client(service)))
    assert found == known, f"{service} gives {sorted(found)}, and to the suite itself {sorted(known)}"


@then(parse('the client lists exactly the objects of the "{dataset:Dataset}" dataset'))
def lists_objects(clients: Clients, dataset: ArrangedDataset) -> None:
    """Every object under the dataset's prefix, and no other."""
    files = list(dataset.files.values())
    prefix = f"{files[0].key.removesuffix(files[0].logical_key)}"
    with client_in_hand(clients.outcome()) as client:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=files[0].bucket, Prefix=prefix)
        found = [item["Key"] for page in pages for item in page.get("Contents", [])]
    must_be_exactly(found, [file.key for file in files], "objects listed")


@then(parse('the client gets the objects of the "{dataset:Dataset}" dataset, byte for byte'))
def gets_objects(clients: Clients, dataset: ArrangedDataset) -> None:
    """Each object has the checksum that the dataset pins."""
    files = dataset.files.values()
    with client_in_hand(clients.outcome()) as client:
        bodies = {file.key: client.get_object(Bucket=file.bucket, Key=file.key)["Body"].read() for file in files}
    found = {key: hashlib.sha256(body).hexdigest() for key, body in bodies.items()}
    must_agree(found, {file.key: file.file.sha256 for file in files}, "objects")


@then(parse('the client acts in the role "{role:Text}"'))
def caller_has_role(clients: Clients, role: str, role_arns: Mapping[str, str]) -> None:
    """The caller's ARN is a session of the IAM role that the registry has for that role."""
    with client_in_hand(clients.outcome()) as client:
        arn = client.get_caller_identity()["Arn"]
    expected = role_arns[role].rsplit("/", 1)[1]
    assert arn.split(":")[5].split("/")[:2] == ["assumed-role", expected], f"the caller is {arn}"


@then(parse("the client may not write to the packages bucket"))
def cannot_write(clients: Clients, target: Target, undo: UndoLog, storage_observer: StorageObserver) -> None:
    """S3 refuses the object, and it is not there."""
    bucket, prefix = target.buckets.packages, f"intrusions/{secrets.token_hex(4)}/"
    undo.book("objects", f"the objects s3://{bucket}/{prefix}", bucket=bucket, prefix=prefix)
    with client_in_hand(clients.outcome()) as client:
        _must_be_denied(lambda: client.put_object(Bucket=bucket, Key=f"{prefix}note.txt", Body=b"x"))
    must_be_empty(storage_observer.keys(bucket, prefix), "objects written")


@then(parse("the client may not delete from the packages bucket"))
def cannot_delete(clients: Clients, target: Target, undo: UndoLog, storage_observer: StorageObserver) -> None:
    """S3 refuses to delete an object that is there, and it still is."""
    bucket, prefix = target.buckets.packages, f"intrusions/{secrets.token_hex(4)}/"
    undo.book("objects", f"the objects s3://{bucket}/{prefix}", bucket=bucket, prefix=prefix)
    target.client("s3").put_object(Bucket=bucket, Key=f"{prefix}kept.txt", Body=b"x")
    with client_in_hand(clients.outcome()) as client:
        _must_be_denied(lambda: client.delete_object(Bucket=bucket, Key=f"{prefix}kept.txt"))
    must_be_exactly(storage_observer.keys(bucket, prefix), [f"{prefix}kept.txt"], "objects")


def _must_be_denied(call: Callable[[], object]) -> None:
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        assert code in DENIED, f"S3 refused with {code}"
    else:
        raise AssertionError("S3 allowed it")
