"""GraphQL over HTTP (registry facts 1.7, 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from quilt_stack.registry.calls import Call, Refused, Registry, route
from quilt_stack.registry.graphql.context import Context
from quilt_stack.registry.graphql.older_catalog import add_older_fields
from quilt_stack.registry.graphql.schema import build_schema

if TYPE_CHECKING:
    import strawberry
    from strawberry.types import ExecutionResult


class GraphQLRequest(BaseModel):
    """Body of ``POST /graphql``."""

    query: str = Field(min_length=1)
    variables: dict[str, Any] | None = None
    operation_name: str | None = Field(default=None, alias="operationName")


def routes(registry: Registry) -> list[Route]:
    """The endpoint."""
    schema = build_schema(registry.services.settings)
    if registry.services.settings.catalog_bundle is not None:
        add_older_fields(schema)

    def execute(call: Call) -> Response:
        return _execute(schema, call)

    return [route("/graphql", execute, registry, methods=("POST",))]


def _execute(schema: strawberry.Schema, call: Call) -> Response:
    # Decision: without a good token the answer is 401 with a ``message`` (open: registry facts 10.2).
    caller = call.caller()
    try:
        body = call.json(GraphQLRequest)
    except Refused as refusal:
        return _not_executed(call, [GraphQLError(refusal.message)])
    try:
        result: ExecutionResult = schema.execute_sync(
            body.query,
            variable_values=body.variables,
            context_value=Context(call.registry.services, caller, call.registry.access),
            operation_name=body.operation_name,
        )
    except CannotGetOperationTypeError as error:
        return _not_executed(call, [GraphQLError(error.as_http_error_reason())])
    except InvalidOperationTypeError as error:
        return _not_executed(call, [GraphQLError(error.as_http_error_reason("POST"))])
    if result.data is None and result.errors and all(error.path is None for error in result.errors):
        # An error of execution has the path of its field; without one, the query was refused as a whole.
        return _not_executed(call, result.errors)
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        call.request.state.graphql_failed = True
        # Errors first, so that they are what the beginning of a kept answer shows.
        answer = {"errors": [error.formatted for error in result.errors], **answer}
    return JSONResponse(answer)


def _not_executed(call: Call, errors: list[GraphQLError]) -> Response:
    # Decision: what cannot be executed (no JSON, no query, a query that does not fit the schema, variables that do not
    # fit the query) is 400 with ``message`` and ``errors``; whatever was executed is 200, its errors included (open:
    # registry facts 1.7).
    call.request.state.graphql_failed = True
    message = "; ".join(error.message for error in errors)
    return JSONResponse({"message": message, "errors": [error.formatted for error in errors]}, status_code=400)
