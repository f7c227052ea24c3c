"""Snapshots, restores and changes in any order: after a restore, clients see what they saw at the snapshot."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from full_stack import Full
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET

BUCKETS = st.sampled_from([OPEN_BUCKET, CLOSED_BUCKET, "made-bucket"])
KEYS = st.sampled_from(["a", "b/ü", ".quilt/x"])
NAMES = st.sampled_from(["one", "two"])
USERS = st.sampled_from(["kim", "max"])
_CREATE = """mutation ($name: String!, $email: String!) {
  admin { user { create(input: {name: $name, email: $email, role: "reader"}) { __typename } } } }"""
_DELETE = "mutation ($name: String!) { admin { user { mutate(name: $name) { delete { __typename } } } } }"
_SEEN = """{ admin { user { list { name email isActive role { ... on ManagedRole { name } } } } }
  searchObjects { ... on ObjectsSearchResultSet { firstPage(size: 1000) { hits { id bucket deleted size } } } } }"""


@pytest.mark.slow
def test_any_order_of_changes_snapshots_and_restores(full: Full) -> None:
    class Machine(RuleBasedStateMachine):
        """Remembers what was seen at each snapshot, and asks again after each restore."""

        def __init__(self) -> None:
            super().__init__()
            self.then: dict[str, Any] = {}
            full.control.snapshot("start")

        @rule(bucket=BUCKETS, key=KEYS, body=st.binary(max_size=5))
        def put(self, bucket: str, key: str, body: bytes) -> None:
            self._try("put_object", Bucket=bucket, Key=key, Body=body, Metadata={"n": str(len(body))})

        @rule(bucket=BUCKETS, key=KEYS)
        def delete(self, bucket: str, key: str) -> None:
            self._try("delete_object", Bucket=bucket, Key=key)

        @rule(bucket=BUCKETS, key=KEYS, number=st.integers(0, 2))
        def delete_version(self, bucket: str, key: str, number: int) -> None:
            try:
                found = full.seen.s3.list_object_versions(Bucket=bucket, Prefix=key)
            except ClientError:
                return
            versions = found.get("Versions", []) + found.get("DeleteMarkers", [])
            if number < len(versions):
                self._try("delete_object", Bucket=bucket, Key=key, VersionId=versions[number]["VersionId"])

        @rule(bucket=BUCKETS, status=st.sampled_from(["Enabled", "Suspended"]))
        def version(self, bucket: str, status: str) -> None:
            self._try("put_bucket_versioning", Bucket=bucket, VersioningConfiguration={"Status": status})

        @rule(bucket=BUCKETS)
        def make(self, bucket: str) -> None:
            self._try("create_bucket", Bucket=bucket)

        @rule()
        def unmake(self) -> None:
            self._try("delete_bucket", Bucket="made-bucket")

        @rule(name=USERS)
        def create_user(self, name: str) -> None:
            full.seen.graphql(_CREATE, name=name, email=f"{name}@example.org")

        @rule(name=USERS)
        def delete_user(self, name: str) -> None:
            full.seen.graphql(_DELETE, name=name)

        @rule(seconds=st.integers(0, 50))
        def advance(self, seconds: int) -> None:
            full.control.advance_clock(seconds)

        @rule(name=NAMES)
        def snapshot(self, name: str) -> None:
            self.then[name] = self._seen()
            full.control.snapshot(name)

        @precondition(lambda self: self.then)
        @rule(data=st.data())
        def restore(self, data: st.DataObject) -> None:
            name = data.draw(st.sampled_from(sorted(self.then)))
            full.control.restore(name)
            assert self._seen() == self.then[name]

        def teardown(self) -> None:
            full.control.restore("start")

        def _try(self, operation: str, **arguments: Any) -> None:
            # A bucket that is not there, or is not empty, is as good a change as any.
            with suppress(ClientError):
                getattr(full.seen.s3, operation)(**arguments)

        def _seen(self) -> Any:
            full.control.wait_until_indexed()
            found = full.seen.graphql(_SEEN)
            hits = sorted(found["searchObjects"]["firstPage"]["hits"], key=str)
            return full.seen.buckets(), found["admin"], hits

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
