"""The registry's GraphQL schema, composed of the parts that each module exports."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaskErrors
from strawberry.schema.config import StrawberryConfig

from environment.embedded.registry.graphql.administration import AdministrationMutations, AdministrationQueries
from environment.embedded.registry.graphql.api_keys import ApiKeyMutations
from environment.embedded.registry.graphql.buckets import BucketMutations, BucketQueries, ConfigQueries
from environment.embedded.registry.graphql.me import MeMutations, MeQueries
from environment.embedded.registry.graphql.package_push import PackageMutations
from environment.embedded.registry.graphql.packages import PackageQueries
from environment.embedded.registry.graphql.policies import PolicyMutations, PolicyQueries
from environment.embedded.registry.graphql.roles import RoleMutations, RoleQueries
from environment.embedded.registry.graphql.scalars import SCALARS
from environment.embedded.registry.graphql.tabulator import TabulatorMutations
from environment.embedded.settings import DeploymentSettings


@strawberry.type
class Query(MeQueries, BucketQueries, ConfigQueries, RoleQueries, PolicyQueries, AdministrationQueries, PackageQueries):
    """Everything that can be asked."""


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
):
    """Everything that can be changed."""


def _is_internal(error: GraphQLError) -> bool:
    # Errors that were raised on purpose are GraphQLErrors themselves; anything else is a defect and is not explained
    # to clients (a real stack answers "Internal Server Error", registry-facts 3.1). Strawberry logs the original.
    return error.original_error is not None and not isinstance(error.original_error, GraphQLError)


def build_schema(settings: DeploymentSettings) -> strawberry.Schema:
    """The schema of a deployment with these settings."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        extensions=[lambda: MaskErrors(should_mask_error=_is_internal, error_message="Internal Server Error")],
        config=StrawberryConfig(scalar_map=dict(SCALARS)),
    )
