"""Figures of a stack: how soon it is there, what it takes when it is empty, and that it holds much and stays usable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
import requests
from botocore.config import Config

from environment.waiting import wait_until
from quilt_stack import Blueprint, BucketBlueprint, DeploymentSettings, RunningDeployment, start

pytestmark = pytest.mark.slow

START_LIMIT_CPU_SECONDS = 3.0
EMPTY_LIMIT_BYTES = 220_000_000
HELD_LIMIT_BYTES = 1_000_000_000
PACKAGES, FILES = 1_000, 10
BUCKET = "much"
WORKGROUP = "QuiltUserAthena-local-NonManagedRoleWorkgroup"
SEARCH = "{ searchPackages(buckets: []) { ... on PackagesSearchResultSet { total } } }"
Note = Callable[[str, object], None]


@pytest.fixture
def stack(tmp_path: Path, record_property: Note) -> Iterator[RunningDeployment]:
    """A stack with one empty bucket, whose start is measured.

    In processor time, since the machine may be busy with other things: a start waits for nothing else.
    """
    blueprint = Blueprint(buckets=[BucketBlueprint(name=BUCKET)])
    running = start(DeploymentSettings(state_directory=tmp_path / "state"), blueprint, owned=True)
    try:
        process = psutil.Process(running.pid)
        times, memory = process.cpu_times(), process.memory_info().rss
        record_property("start_cpu_seconds", round(times.user + times.system, 2))
        record_property("empty_bytes", memory)
        assert min(running.start_seconds, times.user + times.system) < START_LIMIT_CPU_SECONDS
        assert memory < EMPTY_LIMIT_BYTES
        yield running
    finally:
        running.stop()


def objects() -> Iterator[tuple[str, bytes]]:
    """Keys and contents of the files, and of the packages as quilt3 lays them out (registry facts 7.1, 7.2)."""
    for number in range(PACKAGES):
        lines: list[dict[str, Any]] = [
            {"version": "v0", "message": f"Number {number}", "user_meta": {"number": number}}
        ]
        for place in range(FILES):
            key, content = f"raw/{number:04}/{place}.csv", f"x,y\n{number},{place}\n".encode()
            digest = {"type": "SHA256", "value": hashlib.sha256(content).hexdigest()}
            entry = {"logical_key": f"{place}.csv", "physical_keys": [f"s3://{BUCKET}/{key}"], "size": len(content)}
            lines.append({**entry, "hash": digest, "meta": {}})
            yield key, content
        manifest = "".join(json.dumps(line) + "\n" for line in lines).encode()
        top_hash = hashlib.sha256(manifest).hexdigest()
        yield f".quilt/packages/{top_hash}", manifest
        for tag in ("1700000000", "latest"):
            yield f".quilt/named_packages/lab/p{number:04}/{tag}", top_hash.encode()


def count(stack: RunningDeployment, table: str) -> int:
    """The number of rows of one of the bucket's tables in Athena."""
    athena = boto3.client("athena", **stack.boto3_arguments)
    sql = f'SELECT count(*) FROM "AwsDataCatalog"."userathenadatabase-local"."{BUCKET}_{table}"'
    query = athena.start_query_execution(QueryString=sql, WorkGroup=WORKGROUP)["QueryExecutionId"]

    def ended() -> dict[str, Any] | None:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        return None if status["State"] in ("QUEUED", "RUNNING") else dict(status)

    status = wait_until(ended, limit_seconds=120, what="the query to end") or {}
    assert status["State"] == "SUCCEEDED", status.get("StateChangeReason")
    rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    return int(rows[1]["Data"][0]["VarCharValue"])


def test_ten_thousand_objects_and_a_thousand_packages_are_held(stack: RunningDeployment, record_property: Note) -> None:
    s3 = boto3.client("s3", **stack.boto3_arguments, config=Config(max_pool_connections=8))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: s3.put_object(Bucket=BUCKET, Key=each[0], Body=each[1]), objects()))
    stack.control.wait_until_indexed(120)

    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="raw/")
    assert sum(page["KeyCount"] for page in pages) == PACKAGES * FILES
    token = stack.control.issue_token("admin")
    headers = {"Authorization": f"Bearer {token}"}
    found = requests.post(f"{stack.registry_url}/graphql", json={"query": SEARCH}, headers=headers, timeout=60).json()
    assert found["data"]["searchPackages"]["total"] == PACKAGES
    tables = {"package_tag": PACKAGES, "package_entry": PACKAGES * FILES, "objects-view": 2 * PACKAGES * FILES}
    assert {table: count(stack, table) for table in tables} == tables

    held = psutil.Process(stack.pid).memory_info().rss
    record_property("held_bytes", held)
    assert held < HELD_LIMIT_BYTES
