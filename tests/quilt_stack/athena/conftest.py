"""A running Cloud with a data bucket, a place for results, and people who query: the operator and assumed roles."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from athena_people import TABLE_1, Analyst, Lake, document

from quilt_stack.aws.cloud import Cloud
from quilt_stack.clock import Clock
from quilt_stack.settings import DeploymentSettings

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    directory: Path = tmp_path_factory.mktemp("athena")
    running = Cloud(DeploymentSettings(state_directory=directory), Clock())
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def lake(cloud: Cloud) -> Lake:
    """Buckets and a database, filled by the tests."""
    return Lake(cloud)


@pytest.fixture(scope="module")
def sample(lake: Lake) -> str:
    """``test_table_1`` of the test environment, in Parquet."""
    rows = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int32()),
            "name": ["alpha", 'with "quotes", and comma', None],
            "value": [1.5, None, 1e10],
            "timestamp": [datetime(2024, 1, 2, 3, 4, 5, 678000), None, datetime(1999, 12, 31)],
        }
    )
    lake.parquet_table("test_table_1", rows, TABLE_1)
    return "test_table_1"


@pytest.fixture
def table_name() -> str:
    return f"table_{next(_numbers)}"


@pytest.fixture(scope="module")
def operator(cloud: Cloud, lake: Lake) -> Analyst:
    """Somebody with all rights, who queries in the lake's workgroup."""
    return Analyst(cloud, cloud.operator_access_key_id, cloud.operator_secret_access_key)


@pytest.fixture
def analyst(cloud: Cloud, lake: Lake) -> Callable[..., Analyst]:
    """Assume a new role that may use Athena and Glue, store results, and what the further statements say."""

    def assumed(*statements: dict[str, Any]) -> Analyst:
        name = f"analyst-{next(_numbers)}"
        iam = cloud.client("iam")
        anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(anybody))["Role"]
        everybody: list[dict[str, Any]] = [
            {"Effect": "Allow", "Action": ["athena:*", "glue:*"], "Resource": "*"},
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{lake.results}/*"},
        ]
        policy = document(*everybody, *statements)
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=policy)
        answer = cloud.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="someone")
        keys = [answer["Credentials"][key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
        return Analyst(cloud, *keys)

    return assumed
