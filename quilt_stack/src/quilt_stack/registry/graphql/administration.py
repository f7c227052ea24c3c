"""The ``admin`` fields of Query and Mutation, for administrators alone (registry facts 3.1)."""

from __future__ import annotations

import strawberry

from quilt_stack.registry.graphql.admin_directive import admin_field
from quilt_stack.registry.graphql.api_keys import ApiKeyAdminMutations, ApiKeyAdminQueries
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.packager import PackagerAdminMutations, PackagerAdminQueries
from quilt_stack.registry.graphql.sso import SsoAdminMutations, SsoAdminQueries
from quilt_stack.registry.graphql.tabulator import TabulatorAdminMutations, TabulatorAdminQueries
from quilt_stack.registry.graphql.users import UserAdminMutations, UserAdminQueries


@strawberry.type
class AdminQueries(SsoAdminQueries, TabulatorAdminQueries):
    """What administrators may ask."""

    @strawberry.field
    def user(self) -> UserAdminQueries:
        """Users (registry facts 3.3)."""
        return UserAdminQueries()

    @strawberry.field
    def api_keys(self) -> ApiKeyAdminQueries:
        """Everybody's API keys (registry facts 2.2)."""
        return ApiKeyAdminQueries()

    @strawberry.field
    def packager(self) -> PackagerAdminQueries:
        """What makes packages when something happens (registry facts 11)."""
        return PackagerAdminQueries()


@strawberry.type
class AdminMutations(SsoAdminMutations, TabulatorAdminMutations):
    """What administrators may change."""

    @strawberry.mutation
    def user(self) -> UserAdminMutations:
        """Users (registry facts 3.3)."""
        return UserAdminMutations()

    @strawberry.mutation
    def api_keys(self) -> ApiKeyAdminMutations:
        """Everybody's API keys (registry facts 2.2)."""
        return ApiKeyAdminMutations()

    @strawberry.mutation
    def packager(self) -> PackagerAdminMutations:
        """What makes packages when something happens (registry facts 11)."""
        return PackagerAdminMutations()


@strawberry.type
class AdministrationQueries:
    """``Query.admin``."""

    @admin_field
    def admin(self, info: Info) -> AdminQueries:
        """Refuses everybody but administrators; it is not nullable, so the whole answer is null then."""
        return AdminQueries()


@strawberry.type
class AdministrationMutations:
    """``Mutation.admin``."""

    @admin_field
    def admin(self, info: Info) -> AdminMutations:
        """Refuses everybody but administrators; it is not nullable, so the whole answer is null then."""
        return AdminMutations()
