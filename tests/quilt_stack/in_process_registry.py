"""Packages, search and browsing of a registry in the test's own process, over a real S3 endpoint on loopback."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import strawberry

from quilt_stack.aws.cloud import Cloud
from quilt_stack.clock import Clock
from quilt_stack.registry.access import Access
from quilt_stack.registry.browsing import BrowsingSessions
from quilt_stack.registry.database import Bucket, BucketPermission, Database, Policy, Role, RolePolicy
from quilt_stack.registry.graphql.context import Context
from quilt_stack.registry.graphql.schema import build_schema
from quilt_stack.registry.identity import Caller
from quilt_stack.registry.mailbox import Mailbox
from quilt_stack.registry.packages.store import PackageStore
from quilt_stack.registry.search.index import SearchIndex
from quilt_stack.registry.services import Services
from quilt_stack.settings import DeploymentSettings, PackageSearchForm

DATA, ARCHIVE, SECRET, PLAIN = "data", "archive", "secret", "plain"
"""Buckets: the writer's two, one that only the registry knows, one without versions."""

INDEXED_WITHIN_SECONDS = 10.0


def caller(name: str, role: str | None) -> Caller:
    """Someone with a role."""
    return Caller(
        user_id=f"id-{name}",
        name=name,
        email=f"{name}@example.com",
        is_admin=False,
        is_service=False,
        role_name=role,
        role_id=role,
        token_id=None,
    )


WRITER, READER, NOBODY = caller("dana", "writer"), caller("lee", "reader"), caller("eve", None)


class InProcessRegistry:
    """The parts, put together, and what tests do with them."""

    def __init__(self, directory: Path, **settings: Any) -> None:
        self.settings = DeploymentSettings(state_directory=directory, indexing_delay_seconds=0, **settings)
        self.clock = Clock()
        self.cloud = Cloud(self.settings, self.clock)
        self.database = Database(directory / "registry.sqlite")
        self.access = Access(self.database)
        self.packages = PackageStore(self.cloud, self.clock)
        self.search = SearchIndex(self.cloud, self.packages, self.clock, 0)
        self.cloud.on_object_event(self.search.enqueue)
        self.services = Services(
            settings=self.settings,
            clock=self.clock,
            cloud=self.cloud,
            database=self.database,
            mailbox=Mailbox(),
            packages=self.packages,
            search=self.search,
            catalog_url="http://catalog.invalid",
            registry_url="http://registry.invalid",
        )
        self.browsing = BrowsingSessions(self.services, self.access)

    @property
    def s3(self) -> Any:
        return self.cloud.client("s3")

    @contextmanager
    def running(self) -> Iterator[InProcessRegistry]:
        self.cloud.start()
        try:
            self.search.start()
            self._fill()
            yield self
        finally:
            self.search.stop()
            self.cloud.stop()
            self.database.close()

    def environment(self) -> dict[str, str]:
        """Variables with which clients that know nothing of this find the endpoint."""
        return {
            "AWS_ENDPOINT_URL": self.cloud.url,
            "AWS_ACCESS_KEY_ID": self.cloud.operator_access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.cloud.operator_secret_access_key,
            "AWS_DEFAULT_REGION": self.settings.region,
        }

    def put(self, key: str, content: bytes = b"content", bucket: str = DATA) -> str:
        """Store an object; returns its physical key without a version."""
        self.s3.put_object(Bucket=bucket, Key=key, Body=content)
        return f"s3://{bucket}/{key}"

    def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        who: Caller = WRITER,
        form: PackageSearchForm = PackageSearchForm.ORDER,
    ) -> dict[str, Any]:
        """Run a GraphQL operation that has to go without errors; returns its data."""
        result = schema(form).execute_sync(
            query, dict(variables or {}), context_value=Context(self.services, who, self.access)
        )
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data

    def construct(self, name: str, entries: Iterable[Mapping[str, Any]], who: Caller = WRITER, **params: Any) -> Any:
        """packageConstruct; returns its whole result."""
        values = {"bucket": DATA, "name": name, **params}
        variables = {"params": values, "src": {"entries": list(entries)}}
        return self.execute(CONSTRUCT, variables, who)["packageConstruct"]

    def push(self, name: str, files: Mapping[str, bytes] | None = None, **params: Any) -> str:
        """A revision of new objects; returns its top hash."""
        contents = {"data.csv": b"a,b\n1,2\n"} if files is None else files
        bucket = params.get("bucket", DATA)
        entries = [
            {"logicalKey": key, "physicalKey": self.put(f"{name}/{key}", content, bucket)}
            for key, content in contents.items()
        ]
        result = self.construct(name, entries, **params)
        assert result["__typename"] == "PackagePushSuccess", result
        return str(result["revision"]["hash"])

    def indexed(self) -> None:
        """Wait until everything that happened can be found."""
        assert self.search.wait_until_idle(INDEXED_WITHIN_SECONDS), "the index did not catch up"

    def set_browsable(self, bucket: str, browsable: bool) -> None:
        with self.database.transaction() as session:
            session.get_one(Bucket, bucket).browsable = browsable

    def _fill(self) -> None:
        for name in (DATA, ARCHIVE, SECRET, PLAIN):
            self.s3.create_bucket(Bucket=name)
            if name != PLAIN:
                self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        with self.database.transaction() as session:
            for name in (DATA, ARCHIVE, SECRET, PLAIN):
                session.add(Bucket(name=name, title=name, prefixes=[], browsable=True))
            for name, levels in (
                ("writer", {DATA: "READ_WRITE", ARCHIVE: "READ_WRITE", PLAIN: "READ_WRITE"}),
                ("reader", {DATA: "READ"}),
            ):
                session.add(Role(id=name, name=name, arn=f"arn:{name}", managed=True))
                session.add(Policy(id=name, title=name, arn=f"arn:policy/{name}", managed=True))
                session.flush()
                session.add(RolePolicy(role_id=name, policy_id=name, position=0))
                for position, (bucket, level) in enumerate(levels.items()):
                    session.add(BucketPermission(policy_id=name, bucket_name=bucket, level=level, position=position))


CONSTRUCT = """
mutation Construct($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) {
    __typename
    ... on PackagePushSuccess { package { bucket name } revision { hash message userMeta } }
    ... on InvalidInput { errors { path name message context } }
    ... on OperationError { name message context }
  }
}
"""


def schema(form: PackageSearchForm = PackageSearchForm.ORDER) -> strawberry.Schema:
    """The registry's schema with one of the forms of the package search."""
    if form not in _schemas:
        _schemas[form] = build_schema(form)
    return _schemas[form]


_schemas: dict[PackageSearchForm, strawberry.Schema] = {}


def unique_name(stem: str = "package") -> str:
    """A package name that no other test uses."""
    return f"dana/{stem}-{uuid.uuid4().hex[:8]}"
