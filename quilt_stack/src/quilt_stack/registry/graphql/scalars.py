"""Custom scalars of the registry's schema (registry facts 3.1).

Fields say ``datetime``, ``JsonRecord`` or ``PackageContentsFlatMap``; ``SCALARS`` tells Strawberry how they travel.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

JsonRecord = NewType("JsonRecord", dict[str, Any])
"""A JSON object, for example user metadata."""

PackageContentsFlatMap = NewType("PackageContentsFlatMap", dict[str, Any])
"""Logical key to ``{physicalKey, size, hash, meta}``."""


Json = NewType("Json", Any)  # type: ignore[valid-newtype]  # anything that JSON can say
"""Any JSON value."""

S3ObjectLocation = NewType("S3ObjectLocation", dict[str, Any])
"""Bucket, key and version of an object."""


def _serialize_datetime(value: datetime) -> str:
    # Naive times would be read by clients as local time.
    if value.tzinfo is None:
        raise GraphQLError("A Datetime needs a time zone.")
    return value.astimezone(UTC).isoformat()


def _parse_datetime(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        raise GraphQLError(f"Datetime cannot represent {value!r}: expected ISO 8601 with a time zone.") from None
    if parsed.tzinfo is None:
        raise GraphQLError(f"Datetime cannot represent {value!r}: the time zone is missing.")
    return parsed


def _parse_record(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise GraphQLError(f"JsonRecord cannot represent {value!r}: expected an object.")
    return value


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="Datetime",
        description="A point in time, ISO 8601 with a time zone.",
        serialize=_serialize_datetime,
        parse_value=_parse_datetime,
    ),
    JsonRecord: strawberry.scalar(
        name="JsonRecord",
        description="A JSON object.",
        parse_value=_parse_record,
    ),
    Json: strawberry.scalar(name="Json", description="Any JSON value."),
    S3ObjectLocation: strawberry.scalar(
        name="S3ObjectLocation", description="Bucket, key and version of an object.", parse_value=_parse_record
    ),
    PackageContentsFlatMap: strawberry.scalar(
        name="PackageContentsFlatMap",
        description="Logical key to physical key, size, hash and metadata.",
        parse_value=_parse_record,
    ),
}
