"""The registry's GraphQL schema, composed of the parts that each module exports."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaskErrors, ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

from quilt_stack.registry.graphql.administration import AdministrationMutations, AdministrationQueries
from quilt_stack.registry.graphql.api_keys import ApiKeyMutations
from quilt_stack.registry.graphql.browsing import BrowsingMutations
from quilt_stack.registry.graphql.buckets import BucketMutations, BucketQueries, ConfigQueries
from quilt_stack.registry.graphql.me import MeMutations, MeQueries
from quilt_stack.registry.graphql.package_push import PackageMutations
from quilt_stack.registry.graphql.packages import PackageQueries
from quilt_stack.registry.graphql.policies import PolicyMutations, PolicyQueries
from quilt_stack.registry.graphql.restoring import RestoringMutations
from quilt_stack.registry.graphql.role_buckets import RoleBucketQueries
from quilt_stack.registry.graphql.roles import RoleMutations, RoleQueries
from quilt_stack.registry.graphql.scalars import SCALARS
from quilt_stack.registry.graphql.search import (
    SEARCH_SCALARS,
    SearchQueriesByOrder,
    SearchQueriesByOrdering,
)
from quilt_stack.registry.graphql.stack_state import StackStateQueries
from quilt_stack.registry.graphql.tabulator import TabulatorMutations
from quilt_stack.settings import PackageSearchForm


@strawberry.type
class CommonQueries(
    MeQueries,
    BucketQueries,
    RoleBucketQueries,
    ConfigQueries,
    RoleQueries,
    PolicyQueries,
    AdministrationQueries,
    PackageQueries,
    StackStateQueries,
):
    """What can be asked whichever form the package search has."""


@strawberry.type(name="Query")
class QueriesByOrder(CommonQueries, SearchQueriesByOrder):
    """Everything that can be asked, with the older form of the package search."""


@strawberry.type(name="Query")
class QueriesByOrdering(CommonQueries, SearchQueriesByOrdering):
    """Everything that can be asked, with the newer form of the package search."""


_QUERIES: Mapping[PackageSearchForm, type[CommonQueries]] = {
    PackageSearchForm.ORDER: QueriesByOrder,
    PackageSearchForm.ORDERING: QueriesByOrdering,
}
_SCALARS: dict[object, ScalarDefinition] = dict(SCALARS)
_SCALARS.update(SEARCH_SCALARS.items())


@strawberry.type
class Mutation(
    MeMutations,
    BucketMutations,
    RoleMutations,
    PolicyMutations,
    ApiKeyMutations,
    TabulatorMutations,
    AdministrationMutations,
    PackageMutations,
    BrowsingMutations,
    RestoringMutations,
):
    """Everything that can be changed."""


def _is_internal(error: GraphQLError) -> bool:
    # Errors that were raised on purpose are GraphQLErrors themselves; anything else is a defect and is not explained
    # to clients (a real stack answers "Internal Server Error", registry facts 3.1). Strawberry logs the original.
    return error.original_error is not None and not isinstance(error.original_error, GraphQLError)


def build_schema(form: PackageSearchForm) -> strawberry.Schema:
    """The schema with that form of the package search."""
    return strawberry.Schema(
        query=_QUERIES[form],
        mutation=Mutation,
        extensions=[
            # Clients send the same few texts again and again; parsing and validating takes longer than answering.
            ParserCache,
            ValidationCache,
            lambda: MaskErrors(should_mask_error=_is_internal, error_message="Internal Server Error"),
        ],
        config=StrawberryConfig(scalar_map=_SCALARS),
    )
