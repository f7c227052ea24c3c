"""AWS for tests: the stack's own, alone or below a stand-in for a live environment."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from infra.rehearsal.stand_in import StandIn
from quilt_stack import DeploymentSettings
from quilt_stack.aws.cloud import Cloud
from quilt_stack.clock import Clock

with warnings.catch_warnings():
    # jsonlines, which quilt3 needs, has an invalid escape sequence: a warning when Python first compiles it.
    warnings.filterwarnings("ignore", "invalid escape sequence")
    import quilt3  # noqa: F401


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = Cloud(DeploymentSettings(state_directory=tmp_path_factory.mktemp("deployment")), Clock())
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def unpeopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """A live environment with its AWS side, its buckets in the catalog, and nobody but its founder."""
    environment = StandIn.found(tmp_path_factory.mktemp("live"))
    environment.create_aws_side()
    environment.add_buckets_to_catalog()
    yield environment
    environment.stop()


@pytest.fixture(scope="module")
def peopled(unpeopled: StandIn) -> StandIn:
    """With its users, and their tokens in the settings."""
    unpeopled.create_users()
    unpeopled.take_tokens()
    return unpeopled


@pytest.fixture
def bucket(cloud: Cloud, request: pytest.FixtureRequest) -> str:
    """A new versioned bucket."""
    s3 = cloud.client("s3")
    name = f"bucket-{abs(hash(request.node.nodeid)):x}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture
def s3(cloud: Cloud) -> Any:
    return cloud.client("s3")
