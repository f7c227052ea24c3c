"""Queries and mutations of bucket configurations (registry facts 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

import strawberry

from quilt_stack.registry.administration import buckets
from quilt_stack.registry.administration.buckets import BucketFields
from quilt_stack.registry.administration.iam import Iam
from quilt_stack.registry.graphql.admin_directive import admin_field
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.directory_types import BucketConfig
from quilt_stack.registry.graphql.errors import Marker
from quilt_stack.registry.graphql.scalars import Json
from quilt_stack.registry.refusals import NamedRefusal


@strawberry.input
class BucketUpdateInput:
    """Everything about a bucket but its name; what is left out goes back to its default."""

    title: str
    icon_url: str | None = None
    description: str | None = None
    linked_data: Json | None = None
    overview_url: str | None = None
    tags: list[str] | None = None
    relevance_score: int | None = None
    sns_notification_arn: str | None = None
    scanner_parallel_shards_depth: int | None = None
    skip_meta_data_indexing: bool | None = None
    file_extensions_to_index: list[str] | None = None
    index_content_bytes: int | None = None
    browsable: bool | None = None
    prefixes: list[str] | None = None

    def fields(self) -> BucketFields:
        """The same for the rules."""
        return BucketFields(
            title=self.title,
            icon_url=self.icon_url,
            description=self.description,
            linked_data=self.linked_data,
            overview_url=self.overview_url,
            tags=self.tags,
            relevance_score=self.relevance_score,
            sns_notification_arn=self.sns_notification_arn,
            scanner_parallel_shards_depth=self.scanner_parallel_shards_depth,
            skip_meta_data_indexing=self.skip_meta_data_indexing,
            file_extensions_to_index=self.file_extensions_to_index,
            index_content_bytes=self.index_content_bytes,
            browsable=self.browsable,
            prefixes=self.prefixes,
        )


@strawberry.input
class BucketAddInput(BucketUpdateInput):
    """A bucket to be registered."""

    name: str
    # Decision: taken and without effect: the index is fed by S3 events, there is no scan to be put off (registry facts
    # 6).
    delay_scan: bool | None = None


@strawberry.type
class BucketAddSuccess:
    """The bucket is registered."""

    bucket_config: BucketConfig


@strawberry.type
class BucketUpdateSuccess:
    """The bucket was changed."""

    bucket_config: BucketConfig


@strawberry.type
class BucketRemoveSuccess(Marker):
    """The registry has forgotten the bucket."""


@strawberry.type
class BucketAlreadyAdded(Marker):
    """The bucket is registered already."""


@strawberry.type
class BucketDoesNotExist(Marker):
    """S3 has no such bucket."""


@strawberry.type
class BucketNotFound(Marker):
    """The registry knows no such bucket."""


@strawberry.type
class InsufficientPermissions:
    """The stack may not do this in AWS."""

    message: str


@strawberry.type
class SnsInvalid(Marker):
    """Not the ARN of an SNS topic."""


@strawberry.type
class NotificationTopicNotFound(Marker):
    """No such SNS topic."""


@strawberry.type
class NotificationConfigurationError(Marker):
    """The bucket's events go to somebody else."""


@strawberry.type
class BucketFileExtensionsToIndexInvalid(Marker):
    """Not a file extension."""


@strawberry.type
class BucketIndexContentBytesInvalid(Marker):
    """Outside the bounds."""


@strawberry.type
class SubscriptionInvalid(Marker):
    """The licence has ended."""


@strawberry.type
class IndexingInProgress(Marker):
    """The bucket is being indexed anew."""


_InvalidField: TypeAlias = (
    SnsInvalid
    | NotificationTopicNotFound
    | NotificationConfigurationError
    | BucketFileExtensionsToIndexInvalid
    | BucketIndexContentBytesInvalid
)
_FieldRefusal: TypeAlias = InsufficientPermissions | _InvalidField
_AddRefusal: TypeAlias = _FieldRefusal | BucketAlreadyAdded | BucketDoesNotExist | SubscriptionInvalid
_UpdateRefusal: TypeAlias = _FieldRefusal | BucketNotFound

BucketAddResult: TypeAlias = Annotated[BucketAddSuccess | _AddRefusal, strawberry.union("BucketAddResult")]
BucketUpdateResult: TypeAlias = Annotated[BucketUpdateSuccess | _UpdateRefusal, strawberry.union("BucketUpdateResult")]
BucketRemoveResult: TypeAlias = Annotated[
    BucketRemoveSuccess | BucketNotFound | IndexingInProgress, strawberry.union("BucketRemoveResult")
]

_INVALID_FIELDS: Mapping[str, type[_InvalidField]] = {
    "SnsInvalid": SnsInvalid,
    "NotificationTopicNotFound": NotificationTopicNotFound,
    "NotificationConfigurationError": NotificationConfigurationError,
    "BucketFileExtensionsToIndexInvalid": BucketFileExtensionsToIndexInvalid,
    "BucketIndexContentBytesInvalid": BucketIndexContentBytesInvalid,
}


def _field_refusal(refusal: NamedRefusal) -> _FieldRefusal:
    if refusal.member == "InsufficientPermissions":
        return InsufficientPermissions(message=refusal.message)
    return _INVALID_FIELDS[refusal.member]()


def _add_refusal(refusal: NamedRefusal) -> _AddRefusal:
    if refusal.member == "BucketAlreadyAdded":
        return BucketAlreadyAdded()
    if refusal.member == "BucketDoesNotExist":
        return BucketDoesNotExist()
    return _field_refusal(refusal)


@strawberry.type
class BucketQueries:
    """Query fields of bucket configurations."""

    @strawberry.field
    def bucket_configs(self, info: Info) -> list[BucketConfig]:
        """Buckets that the caller sees, by relevance, then by name; administrators see all."""
        context = info.context
        return [BucketConfig.of(bucket) for bucket in context.access.visible_bucket_configs(context.caller)]

    @strawberry.field
    def bucket_config(self, info: Info, name: str) -> BucketConfig | None:
        """One bucket; null if there is none or the caller does not see it."""
        context = info.context
        visible = context.access.visible_bucket_configs(context.caller)
        return next((BucketConfig.of(bucket) for bucket in visible if bucket.name == name), None)


@strawberry.type
class BucketMutations:
    """Mutations of bucket configurations; for administrators."""

    @admin_field
    def bucket_add(self, info: Info, input: BucketAddInput) -> BucketAddResult:
        """Register an S3 bucket."""
        services = info.context.services
        if not services.conditions.current.subscription_valid:
            return SubscriptionInvalid()
        try:
            with services.database.transaction() as session:
                iam = Iam(services.cloud, services.settings)
                bucket = buckets.add(session, services.cloud, iam, input.name, input.fields())
        except NamedRefusal as refusal:
            return _add_refusal(refusal)
        return BucketAddSuccess(bucket_config=BucketConfig.of(bucket))

    @admin_field
    def bucket_update(self, info: Info, name: str, input: BucketUpdateInput) -> BucketUpdateResult:
        """Replace everything but the name."""
        services = info.context.services
        try:
            with services.database.transaction() as session:
                bucket = buckets.update(session, services.cloud, name, input.fields())
        except NamedRefusal as refusal:
            return BucketNotFound() if refusal.member == "BucketNotFound" else _field_refusal(refusal)
        return BucketUpdateSuccess(bucket_config=BucketConfig.of(bucket))

    @admin_field
    def bucket_remove(self, info: Info, name: str) -> BucketRemoveResult:
        """Forget a bucket; what is in S3 stays."""
        services = info.context.services
        if services.search.is_being_rebuilt(name):
            return IndexingInProgress()
        try:
            with services.database.transaction() as session:
                buckets.remove(session, Iam(services.cloud, services.settings), name)
        except NamedRefusal:
            return BucketNotFound()
        return BucketRemoveSuccess()


@strawberry.type
class ContentIndexingSettings:
    """How content is indexed, and within which bounds."""

    extensions: list[str]
    bytes_default: int
    bytes_min: int
    bytes_max: int


@strawberry.type
class Config:
    """Settings of the stack."""

    @admin_field
    def content_indexing_settings(self, info: Info) -> ContentIndexingSettings:
        """How content is indexed; for administrators."""
        return ContentIndexingSettings(
            extensions=list(buckets.INDEXED_EXTENSIONS),
            bytes_default=buckets.INDEX_CONTENT_BYTES_DEFAULT,
            bytes_min=buckets.INDEX_CONTENT_BYTES_MINIMUM,
            bytes_max=buckets.INDEX_CONTENT_BYTES_MAXIMUM,
        )


@strawberry.type
class ConfigQueries:
    """Query field of the stack's settings."""

    @strawberry.field
    def config(self) -> Config:
        """Settings of the stack."""
        return Config()
