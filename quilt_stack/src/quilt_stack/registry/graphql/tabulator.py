"""Tabulator tables and the open-query switch (registry facts 3.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias

import strawberry
from graphql import DEFAULT_DEPRECATION_REASON
from sqlalchemy.orm import Session

from quilt_stack.registry.administration import tabulator_tables
from quilt_stack.registry.database import Bucket
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.directory_types import BucketConfig
from quilt_stack.registry.graphql.errors import InvalidInput, OperationError, refusal_result
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal

# Decision: the names and the arm are ours (open: registry facts 9.2).
BUCKET_NOT_FOUND = "BucketNotFound"
FORBIDDEN = "Forbidden"

TabulatorTableResult: TypeAlias = Annotated[
    BucketConfig | InvalidInput | OperationError, strawberry.union("BucketSetTabulatorTableResult")
]


def _set(info: Info, bucket_name: str, table_name: str, config: str | None = None) -> TabulatorTableResult:
    """Create a table or replace its configuration; null deletes it (registry facts 3.6, 9.2)."""

    def change(session: Session) -> None:
        if config is None:
            tabulator_tables.delete(session, bucket_name, table_name)
        else:
            tabulator_tables.store(session, bucket_name, table_name, config)

    return _write(info, bucket_name, change)


def _rename(info: Info, bucket_name: str, table_name: str, new_table_name: str) -> TabulatorTableResult:
    """Give a table another name (registry facts 3.6, 9.2)."""
    return _write(
        info, bucket_name, lambda session: tabulator_tables.rename(session, bucket_name, table_name, new_table_name)
    )


def _write(info: Info, bucket: str, change: Callable[[Session], None]) -> BucketConfig | InvalidInput | OperationError:
    try:
        _require_write_access(info, bucket)
        with info.context.services.database.transaction() as session:
            row = session.get(Bucket, bucket)
            if row is None:
                raise _bucket_not_found(bucket)
            change(session)
    except (InvalidInputRefusal, OperationRefusal) as refusal:
        return refusal_result(refusal)
    return BucketConfig.of(row)


def _require_write_access(info: Info, bucket: str) -> None:
    # Decision: administrators and those who may write to the bucket change its tables (open: registry facts 3.6).
    context = info.context
    if context.caller.is_admin or context.access.may_write(context.caller, bucket):
        return
    if not context.access.may_read(context.caller, bucket):
        raise _bucket_not_found(bucket)
    raise OperationRefusal(FORBIDDEN, f"Changing tables needs permission to write to the bucket {bucket}.")


def _bucket_not_found(bucket: str) -> InvalidInputRefusal:
    # Decision: so are the words, which name the bucket, also one without a name (open: registry facts 3.6).
    return InvalidInputRefusal.at("bucketName", BUCKET_NOT_FOUND, f"Bucket not found: {bucket or repr(bucket)}")


@strawberry.type
class TabulatorMutations:
    """Mutations of Tabulator tables."""

    bucket_set_tabulator_table: TabulatorTableResult = strawberry.mutation(resolver=_set)
    bucket_rename_tabulator_table: TabulatorTableResult = strawberry.mutation(resolver=_rename)


@strawberry.type
class TabulatorAdminQueries:
    """Tabulator fields of ``admin``, reading."""

    @strawberry.field
    def tabulator_open_query(self, info: Info) -> bool:
        """Whether AWS permissions alone decide who queries (registry facts 3.6, 9.3)."""
        with info.context.services.database.reading() as session:
            return tabulator_tables.open_query(session)


@strawberry.type
class TabulatorOpenQueryResult:
    """The switch as it stands (registry facts 3.6, 9.3)."""

    tabulator_open_query: bool


@strawberry.type
class TabulatorAdminMutations:
    """Tabulator fields of ``admin``, changing; those for tables are here twice because quilt3 uses these."""

    bucket_set_tabulator_table: TabulatorTableResult = strawberry.mutation(
        resolver=_set, deprecation_reason=DEFAULT_DEPRECATION_REASON
    )
    bucket_rename_tabulator_table: TabulatorTableResult = strawberry.mutation(
        resolver=_rename, deprecation_reason=DEFAULT_DEPRECATION_REASON
    )

    @strawberry.mutation
    def set_tabulator_open_query(self, info: Info, enabled: bool) -> TabulatorOpenQueryResult:
        """Turn open query on or off (registry facts 3.6, 9.3)."""
        with info.context.services.database.transaction() as session:
            tabulator_tables.set_open_query(session, enabled)
        return TabulatorOpenQueryResult(tabulator_open_query=enabled)
