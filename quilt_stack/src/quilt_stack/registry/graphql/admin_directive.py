"""The published directive ``@admin``: a field that has it refuses everybody but administrators (registry facts 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.errors import PermissionRefused


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], name="admin")
class Admin:
    """For administrators alone."""


class _Administrators(BasePermission):
    _schema_directive = Admin()

    def has_permission(self, source: object, info: Info, **arguments: Any) -> bool:
        if not info.context.caller.is_admin:
            raise PermissionRefused(f"{info.path.typename}.{info.field_name}")
        return True


def admin_field(resolver: Callable[..., Any]) -> StrawberryField:
    """A field of a query or mutation with ``@admin``: it refuses everybody but administrators (`PermissionRefused`)."""
    return strawberry.field(resolver, extensions=[PermissionExtension([_Administrators()])])
