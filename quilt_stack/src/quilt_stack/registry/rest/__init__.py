"""The registry's REST endpoints (registry facts 1.3, 1.5, 1.6, 1.7), a module per noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_stack.registry.rest import (
    accounts,
    archives,
    browsing,
    credentials,
    health,
    indexes,
    packages,
    search,
    sign_in,
    users,
)

if TYPE_CHECKING:
    from starlette.routing import Route

    from quilt_stack.registry.calls import Registry


def routes(registry: Registry) -> list[Route]:
    """Every REST endpoint."""
    parts = [sign_in, accounts, credentials, search, packages, indexes, browsing, archives, health]
    if registry.services.settings.catalog_bundle is not None:
        parts.append(users)  # what the catalog is too old to ask of GraphQL
    return [endpoint for part in parts for endpoint in part.routes(registry)]
