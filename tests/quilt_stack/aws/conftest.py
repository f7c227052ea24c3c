"""A running Cloud for each module of tests, and the people who use it: the operator, and sessions of assumed roles."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_callers import Session, Statement, document, settings

from quilt_stack.aws.cloud import Cloud, ObjectEvent
from quilt_stack.clock import Clock

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def shared_clock() -> Clock:
    return Clock()


@pytest.fixture
def clock(shared_clock: Clock) -> Iterator[Clock]:
    yield shared_clock
    shared_clock.reset()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory, shared_clock: Clock) -> Iterator[Cloud]:
    running = Cloud(settings(tmp_path_factory.mktemp("state")), shared_clock)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def s3(cloud: Cloud) -> Any:
    return cloud.client("s3")


@pytest.fixture
def new_bucket(cloud: Cloud) -> Callable[..., str]:
    def create(*, versioned: bool = True, region: str = "us-east-1") -> str:
        name = f"bucket-{next(_numbers)}"
        client = cloud.client("s3", region)
        location = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(Bucket=name, **location)
        if versioned:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    return create


@pytest.fixture
def bucket(new_bucket: Callable[..., str]) -> str:
    return new_bucket()


@pytest.fixture
def events(cloud: Cloud) -> list[ObjectEvent]:
    """Everything announced from here on."""
    seen: list[ObjectEvent] = []
    cloud.on_object_event(seen.append)
    return seen


@pytest.fixture
def assume(cloud: Cloud) -> Callable[..., Session]:
    """Create a role with one inline policy and assume it."""

    def assumed(*statements: Statement, session_policy: str | None = None) -> Session:
        name = f"role-{next(_numbers)}"
        anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        iam = cloud.client("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(anybody))["Role"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document(*statements))
        limits = {"Policy": session_policy} if session_policy else {}
        answer = cloud.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="someone", **limits)
        return Session(cloud, role["Arn"], answer["Credentials"])

    return assumed
