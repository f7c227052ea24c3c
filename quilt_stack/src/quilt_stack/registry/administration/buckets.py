"""Buckets that the registry knows: adding, changing, removing (registry facts 6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ParamValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from quilt_stack.registry.administration import policies
from quilt_stack.registry.administration.iam import Iam
from quilt_stack.registry.database import Bucket, BucketPermission
from quilt_stack.registry.refusals import NamedRefusal

if TYPE_CHECKING:
    from quilt_stack.aws.cloud import Cloud

NO_NOTIFICATIONS = "DO_NOT_SUBSCRIBE"

# Decision: the bounds are those of the search index's documents; the real ones are a setting of each stack (open:
# registry facts 6).
INDEX_CONTENT_BYTES_MINIMUM = 0
INDEX_CONTENT_BYTES_MAXIMUM = 1024 * 1024
INDEX_CONTENT_BYTES_DEFAULT = 100_000
INDEXED_EXTENSIONS = (".csv", ".html", ".ipynb", ".json", ".md", ".parquet", ".pdf", ".rmd", ".tsv", ".txt", ".xml")

_SNS_TOPIC = re.compile(r"arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?")
_RECEIVERS = ("TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations")
_STACK_EVENTS = ("s3:ObjectCreated:", "s3:ObjectRemoved:")
_EXTENSION = re.compile(r"\.[0-9a-z_]+")


@dataclass(frozen=True)
class BucketFields:
    """What an administrator sets; None stands for the default (registry facts 6)."""

    title: str
    icon_url: str | None = None
    description: str | None = None
    linked_data: Any | None = None
    overview_url: str | None = None
    tags: Sequence[str] | None = None
    relevance_score: int | None = None
    sns_notification_arn: str | None = None
    scanner_parallel_shards_depth: int | None = None
    skip_meta_data_indexing: bool | None = None
    file_extensions_to_index: Sequence[str] | None = None
    index_content_bytes: int | None = None
    browsable: bool | None = None
    prefixes: Sequence[str] | None = None


def add(session: Session, cloud: Cloud, iam: Iam, name: str, fields: BucketFields) -> Bucket:
    """Register an S3 bucket.

    Raises:
        NamedRefusal: BucketAlreadyAdded, BucketDoesNotExist, InsufficientPermissions, SnsInvalid,
            NotificationTopicNotFound, NotificationConfigurationError, BucketFileExtensionsToIndexInvalid,
            BucketIndexContentBytesInvalid.
    """
    if session.get(Bucket, name) is not None:
        raise NamedRefusal("BucketAlreadyAdded", f"{name} is registered already.")
    _check_fields(cloud, fields)
    _check_in_s3(cloud, name, fields)
    _check_notifications(cloud, name, fields)
    bucket = insert(session, name, fields)
    iam.write_stack_roles(registered_names(session))
    return bucket


def insert(session: Session, name: str, fields: BucketFields) -> Bucket:
    """Put a bucket into the registry that is known to be good, without telling IAM."""
    bucket = Bucket(name=name)
    _store(bucket, fields)
    session.add(bucket)
    session.flush()
    return bucket


def update(session: Session, cloud: Cloud, name: str, fields: BucketFields) -> Bucket:
    """Replace everything but the name; what is not given goes back to its default.

    Other prefixes are tried in S3 again, as quilt3 says of them, and another topic with the bucket's notifications.

    Raises:
        NamedRefusal: BucketNotFound and those of adding that concern fields.
    """
    bucket = _bucket(session, name)
    _check_fields(cloud, fields)
    if list(fields.prefixes or ()) != bucket.prefixes:
        _check_in_s3(cloud, name, fields)
    if fields.sns_notification_arn != bucket.sns_notification_arn:
        _check_notifications(cloud, name, fields)
    _store(bucket, fields)
    session.flush()
    return bucket


def remove(session: Session, iam: Iam, name: str) -> None:
    """Forget a bucket: permissions on it and its Tabulator tables go, what is in S3 stays.

    Decision: that the tables go is not published; they would have no place to be listed (open: registry facts 6).

    Raises:
        NamedRefusal: BucketNotFound.
    """
    bucket = _bucket(session, name)
    affected = list(session.scalars(select(BucketPermission.policy_id).where(BucketPermission.bucket_name == name)))
    session.delete(bucket)
    session.flush()
    session.expire_all()
    policies.rewrite_permissions(session, iam, affected)
    iam.write_stack_roles(registered_names(session))


def registered_names(session: Session) -> list[str]:
    """Names of all registered buckets, sorted."""
    return list(session.scalars(select(Bucket.name).order_by(Bucket.name)))


def _bucket(session: Session, name: str) -> Bucket:
    bucket = session.get(Bucket, name)
    if bucket is None:
        raise NamedRefusal("BucketNotFound", f"The registry knows no bucket named {name!r}.")
    return bucket


def _store(bucket: Bucket, fields: BucketFields) -> None:
    bucket.title = fields.title
    bucket.icon_url = fields.icon_url
    bucket.description = fields.description
    bucket.linked_data = fields.linked_data
    bucket.overview_url = fields.overview_url
    bucket.tags = None if fields.tags is None else list(fields.tags)
    bucket.relevance_score = fields.relevance_score or 0
    bucket.sns_notification_arn = fields.sns_notification_arn
    bucket.scanner_parallel_shards_depth = fields.scanner_parallel_shards_depth
    bucket.skip_meta_data_indexing = fields.skip_meta_data_indexing
    extensions = fields.file_extensions_to_index
    bucket.file_extensions_to_index = None if extensions is None else list(extensions)
    bucket.index_content_bytes = fields.index_content_bytes
    bucket.browsable = fields.browsable or False
    # Decision: without prefixes the list is empty and the whole bucket counts (open: registry facts 6).
    bucket.prefixes = list(fields.prefixes or ())


def _check_fields(cloud: Cloud, fields: BucketFields) -> None:
    for extension in fields.file_extensions_to_index or ():
        if _EXTENSION.fullmatch(extension) is None:
            raise NamedRefusal("BucketFileExtensionsToIndexInvalid", f"{extension!r} is not a file extension like .csv")
    size = fields.index_content_bytes
    if size is not None and not INDEX_CONTENT_BYTES_MINIMUM <= size <= INDEX_CONTENT_BYTES_MAXIMUM:
        bounds = f"{INDEX_CONTENT_BYTES_MINIMUM} to {INDEX_CONTENT_BYTES_MAXIMUM}"
        raise NamedRefusal("BucketIndexContentBytesInvalid", f"{bounds} bytes of an object can be indexed, not {size}.")
    if fields.sns_notification_arn not in (None, NO_NOTIFICATIONS):
        _check_topic(cloud, fields.sns_notification_arn)


def _check_topic(cloud: Cloud, arn: str) -> None:
    if _SNS_TOPIC.fullmatch(arn) is None:
        raise NamedRefusal("SnsInvalid", f"{arn!r} is not the ARN of an SNS topic.")
    try:
        cloud.client("sns", arn.split(":")[3]).get_topic_attributes(TopicArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NotFound", "NotFoundException", "InvalidParameter"):
            raise
        raise NamedRefusal("NotificationTopicNotFound", f"There is no SNS topic {arn}.") from error


def _check_notifications(cloud: Cloud, name: str, fields: BucketFields) -> None:
    """Without a topic of its own the stack asks the bucket for events, of which S3 tells each to one receiver alone."""
    if fields.sns_notification_arn is not None:
        return
    found = cloud.client("s3").get_bucket_notification_configuration(Bucket=name)
    receivers = [rule for kind in _RECEIVERS for rule in found.get(kind, [])]
    # Decision: a receiver for a part of the keys is left to itself, although S3 would look whether the parts overlap
    # (open: registry facts 6).
    if any(event.startswith(_STACK_EVENTS) for rule in receivers if "Filter" not in rule for event in rule["Events"]):
        message = f"The bucket {name} tells its events to somebody else already: give that topic instead."
        raise NamedRefusal("NotificationConfigurationError", message)


def _check_in_s3(cloud: Cloud, name: str, fields: BucketFields) -> None:
    s3 = cloud.client("s3")
    try:
        s3.head_bucket(Bucket=name)
        for prefix in fields.prefixes or ():
            s3.list_objects_v2(Bucket=name, Prefix=prefix, MaxKeys=1)
    except ParamValidationError as error:
        raise NamedRefusal("BucketDoesNotExist", f"{name!r} cannot be the name of an S3 bucket.") from error
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 403:
            message = f"The stack may not read the bucket {name}: give it access in the bucket's policy."
            raise NamedRefusal("InsufficientPermissions", message) from error
        if status in (400, 404):
            raise NamedRefusal("BucketDoesNotExist", f"There is no S3 bucket named {name!r}.") from error
        raise
