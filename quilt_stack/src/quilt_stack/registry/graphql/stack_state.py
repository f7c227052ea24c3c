"""What the web catalog asks of the stack itself: its status, its subscription, and how often objects were asked for
(registry facts 11).

The types are those of the published schema.

Decision: a stack on loopback has no canaries and no reports, so that its status is Unavailable; it counts no accesses,
so that the counts are null, which the schema allows (open: registry facts 11).
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, TypeAlias

import strawberry

from quilt_stack.registry.graphql.admin_directive import admin_field
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.errors import Marker
from quilt_stack.registry.graphql.packages import AccessCounts
from quilt_stack.registry.graphql.scalars import S3ObjectLocation


@strawberry.type
class Canary:
    """A test that a stack runs of itself."""

    name: str
    region: str
    group: str
    title: str
    description: str
    schedule: str
    ok: bool | None
    last_run: datetime | None


@strawberry.type
class TestStats:
    """How many tests ended how."""

    __test__ = False

    passed: int
    failed: int
    running: int


@strawberry.type
class TestStatsTimeSeries:
    """The same day by day."""

    __test__ = False

    datetimes: list[datetime]
    passed: list[int]
    failed: list[int]


@strawberry.enum
class StatusReportListOrder(Enum):
    """Which report comes first."""

    NEW_FIRST = "NEW_FIRST"
    OLD_FIRST = "OLD_FIRST"


@strawberry.input
class StatusReportListFilter:
    """Reports of a span of time."""

    timestamp_from: datetime | None = None
    timestamp_to: datetime | None = None


@strawberry.type
class StatusReport:
    """A report, and where it lies."""

    timestamp: datetime
    rendered_report_location: S3ObjectLocation


@strawberry.type
class StatusReportList:
    """Reports in pages."""

    total: int

    @strawberry.field
    def page(
        self,
        number: int = 1,
        per_page: int = 25,
        order: StatusReportListOrder = StatusReportListOrder.NEW_FIRST,
    ) -> list[StatusReport]:
        """One page of them."""
        return []


@strawberry.type
class Status:
    """How a stack is doing, by its own tests."""

    canaries: list[Canary]
    latest_stats: TestStats
    reports_bucket: str

    @strawberry.field
    def stats(self, window: int | None = 30) -> TestStatsTimeSeries:
        """The tests of the last days."""
        return TestStatsTimeSeries(datetimes=[], passed=[], failed=[])

    @strawberry.field
    def reports(self, filter: StatusReportListFilter | None = None) -> StatusReportList:
        """The reports."""
        return StatusReportList(total=0)


@strawberry.type
class Unavailable(Marker):
    """There is no such thing on this stack."""


StatusResult: TypeAlias = Annotated[Status | Unavailable, strawberry.union("StatusResult")]


@strawberry.type
class SubscriptionState:
    """Whether Quilt's licence for the stack is in force."""

    active: bool
    timestamp: datetime


@strawberry.type
class AccessCountsGroup:
    """Accesses to objects with one extension (registry facts 3.8, 11)."""

    ext: str
    counts: AccessCounts


@strawberry.type
class BucketAccessCounts:
    """Accesses to a bucket's objects (registry facts 3.8, 11)."""

    combined: AccessCounts

    @strawberry.field
    def by_ext(self, groups: int | None = None) -> list[AccessCountsGroup]:
        """The same by extension."""
        return []


@strawberry.type
class StackStateQueries:
    """Query fields about the stack itself."""

    @admin_field
    def status(self, info: Info) -> StatusResult:
        """How the stack is doing; for administrators."""
        return Unavailable()

    @strawberry.field
    def subscription(self, info: Info) -> SubscriptionState:
        """Whether the licence is in force at this moment; the control port ends it."""
        services = info.context.services
        return SubscriptionState(active=services.conditions.current.subscription_valid, timestamp=services.clock.now())

    @strawberry.field
    def bucket_access_counts(self, bucket: str, window: int) -> BucketAccessCounts | None:
        """Accesses to a bucket in the last days (registry facts 3.8, 11)."""
        return None

    @strawberry.field
    def object_access_counts(self, bucket: str, key: str, window: int) -> AccessCounts | None:
        """Accesses to an object in the last days (registry facts 3.8, 11)."""
        return None
