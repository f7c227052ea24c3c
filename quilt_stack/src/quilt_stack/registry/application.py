"""The registry's origin: GraphQL and REST over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from quilt_stack.registry import graphql_endpoint, rest
from quilt_stack.registry.access import Access
from quilt_stack.registry.calls import Registry, http_exception_response
from quilt_stack.registry.identity import Identity

if TYPE_CHECKING:
    from quilt_stack.registry.services import Services


def registry_application(services: Services, gateway: Sequence[BaseRoute] = ()) -> Starlette:
    """The registry as an ASGI application, with what a stack has behind an API gateway."""
    registry = registry_parts(services)
    # Decision: every answer may be read by pages of any origin: those of ``/api`` are, and the catalog reads
    # ``/graphql`` from an origin of its own (registry facts 1.7).
    anybody = ["*"]
    return Starlette(
        routes=[*rest.routes(registry), *graphql_endpoint.routes(registry), *gateway],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=anybody,
                allow_methods=anybody,
                allow_headers=anybody,
                expose_headers=["x-quilt-info"],
            )
        ],
        exception_handlers={HTTPException: http_exception_response},
    )


def registry_parts(services: Services) -> Registry:
    """What the endpoints of a deployment use; keeps no state of its own beside the database."""
    return Registry(
        services=services,
        identity=Identity(services.database, services.settings, services.clock),
        access=Access(services.database),
    )
