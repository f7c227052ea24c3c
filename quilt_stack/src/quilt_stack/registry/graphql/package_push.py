"""Changing packages: construct, promote, delete a revision (registry facts 7.5, 7.7, 7.8)."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from quilt_stack.registry.graphql.context import Context, Info
from quilt_stack.registry.graphql.errors import InvalidInput, OperationError, refusal_result
from quilt_stack.registry.graphql.packages import Package, PackageRevision, package_revision
from quilt_stack.registry.graphql.scalars import JsonRecord
from quilt_stack.registry.packages.construct import EntrySource, construct_package
from quilt_stack.registry.packages.deletion import delete_revision
from quilt_stack.registry.packages.manifest import EntryHash
from quilt_stack.registry.packages.permissions import CallerPermissions
from quilt_stack.registry.packages.promote import PromotionSource, promote_package
from quilt_stack.registry.packages.push_parameters import PushParameters
from quilt_stack.registry.packages.store import Revision
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal


@strawberry.input
class PackagePushParams:
    """Where and as what a revision is pushed (registry facts 7.5, 7.7)."""

    bucket: str
    name: str
    message: str | None = None
    user_meta: JsonRecord | None = None
    workflow: str | None = None

    def parameters(self) -> PushParameters:
        """The same for the package modules."""
        return PushParameters(self.bucket, self.name, self.message, self.user_meta, self.workflow)


@strawberry.input
class PackageEntryHash:
    """Hash of an object: type and value (registry facts 7.4)."""

    type: str
    value: str


@strawberry.input
class PackageConstructEntry:
    """An entry (registry facts 7.5).

    ``meta`` is the full metadata, the user's part under ``user_meta``, ``size`` is in bytes.
    """

    logical_key: str
    physical_key: str
    hash: PackageEntryHash | None = None
    size: float | None = None
    meta: JsonRecord | None = None

    def source(self) -> EntrySource:
        """The same for the package modules."""
        return EntrySource(
            logical_key=self.logical_key,
            physical_key=self.physical_key,
            hash=None if self.hash is None else EntryHash(self.hash.type, self.hash.value),
            size=None if self.size is None else int(self.size),
            meta=self.meta,
        )


@strawberry.input
class PackageConstructSource:
    """What a revision is made of (registry facts 7.5)."""

    entries: list[PackageConstructEntry]


@strawberry.input
class PackagePromoteSource:
    """The revision to promote (registry facts 7.7)."""

    bucket: str
    name: str
    hash: str


@strawberry.type
class PackagePushSuccess:
    """The package and the revision that was pushed (registry facts 7.5, 7.7)."""

    package: Package
    revision: PackageRevision


@strawberry.type
class PackageRevisionDeleteSuccess:
    """The revision's pointers are gone (registry facts 7.8)."""

    placeholder: bool | None = strawberry.field(name="_", default=None)


PackageConstructResult: TypeAlias = Annotated[
    PackagePushSuccess | InvalidInput | OperationError, strawberry.union("PackageConstructResult")
]
PackagePromoteResult: TypeAlias = Annotated[
    PackagePushSuccess | InvalidInput | OperationError, strawberry.union("PackagePromoteResult")
]
PackageRevisionDeleteResult: TypeAlias = Annotated[
    PackageRevisionDeleteSuccess | OperationError, strawberry.union("PackageRevisionDeleteResult")
]


@strawberry.type
class PackageMutations:
    """Mutations of packages; write access to the bucket is needed."""

    @strawberry.mutation
    def package_construct(
        self, info: Info, params: PackagePushParams, src: PackageConstructSource
    ) -> PackageConstructResult:
        """Push a revision of objects that are in S3 (registry facts 7.5)."""
        parameters = params.parameters()
        sources = [entry.source() for entry in src.entries]
        services = info.context.services
        try:
            revision = construct_package(
                services.cloud, services.packages, parameters, sources, _permissions(info.context)
            )
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)
        return _pushed(info.context, parameters, revision)

    @strawberry.mutation
    def package_promote(
        self, info: Info, params: PackagePushParams, src: PackagePromoteSource, dest_prefix: str | None = None
    ) -> PackagePromoteResult:
        """Push a revision of another package, or of another bucket (registry facts 7.7)."""
        parameters = params.parameters()
        source = PromotionSource(src.bucket, src.name, src.hash)
        services = info.context.services
        try:
            revision = promote_package(
                services.cloud, services.packages, parameters, source, dest_prefix, _permissions(info.context)
            )
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)
        return _pushed(info.context, parameters, revision)

    @strawberry.mutation
    def package_revision_delete(self, info: Info, bucket: str, name: str, hash: str) -> PackageRevisionDeleteResult:
        """Remove a revision's pointers; manifest and data stay (registry facts 7.8)."""
        try:
            delete_revision(info.context.services.packages, bucket, name, hash, _permissions(info.context))
        except OperationRefusal as refusal:
            return OperationError.of(refusal)
        return PackageRevisionDeleteSuccess()


def _permissions(context: Context) -> CallerPermissions:
    return CallerPermissions(context.access, context.caller)


def _pushed(context: Context, parameters: PushParameters, revision: Revision) -> PackagePushSuccess:
    pushed = package_revision(context, parameters.bucket, revision)
    if pushed is None:
        raise RuntimeError(f"The manifest {revision.top_hash} is gone right after it was pushed.")
    package = Package(bucket=parameters.bucket, name=parameters.name, modified=revision.modified)
    return PackagePushSuccess(package=package, revision=pushed)
