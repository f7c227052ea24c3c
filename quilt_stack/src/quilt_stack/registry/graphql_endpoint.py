"""GraphQL over HTTP (registry facts 1.7, 3.1).

Decision: clients of both forms of the package search are served side by side, each request in the form it is written
in, unless the settings name one form; what fits both, introspection too, is answered in the older one, with which real
stacks answered quilt-mcp (registry facts 8.1; that a stack can take both: registry facts 11).
"""

from __future__ import annotations

from collections.abc import Sequence
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
from quilt_stack.registry.identity import Caller
from quilt_stack.settings import PackageSearchForm

if TYPE_CHECKING:
    import strawberry
    from strawberry.types import ExecutionResult

_OLDER_FIRST = (PackageSearchForm.ORDER, PackageSearchForm.ORDERING)


class GraphQLRequest(BaseModel):
    """Body of ``POST /graphql``."""

    query: str = Field(min_length=1)
    variables: dict[str, Any] | None = None
    operation_name: str | None = Field(default=None, alias="operationName")


def routes(registry: Registry) -> list[Route]:
    """The endpoint."""
    form = registry.services.settings.package_search_form
    schemas = [build_schema(each) for each in (_OLDER_FIRST if form is None else (form,))]
    if registry.services.settings.catalog_bundle is not None:
        for each in schemas:
            add_older_fields(each)

    def execute(call: Call) -> Response:
        return _execute(schemas, call)

    return [route("/graphql", execute, registry, methods=("POST",))]


def _execute(schemas: Sequence[strawberry.Schema], call: Call) -> Response:
    # Decision: without a good token the answer is 401 with a ``message`` (open: registry facts 10.2).
    caller = call.caller()
    try:
        body = call.json(GraphQLRequest)
    except Refused as refusal:
        return _not_executed(call, [GraphQLError(refusal.message)])
    try:
        results = (_result(schema, call, caller, body) for schema in schemas)
        result = next(results)
        if not _executed(result):
            # Nothing was done. What no schema understands is refused in the words of the first.
            result = next(filter(_executed, results), result)
    except CannotGetOperationTypeError as error:
        return _not_executed(call, [GraphQLError(error.as_http_error_reason())])
    except InvalidOperationTypeError as error:
        return _not_executed(call, [GraphQLError(error.as_http_error_reason("POST"))])
    if not _executed(result):
        return _not_executed(call, result.errors or [])
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        call.request.state.graphql_failed = True
        # Errors first, so that they are what the beginning of a kept answer shows.
        answer = {"errors": [error.formatted for error in result.errors], **answer}
    return JSONResponse(answer)


def _result(schema: strawberry.Schema, call: Call, caller: Caller, body: GraphQLRequest) -> ExecutionResult:
    return schema.execute_sync(
        body.query,
        variable_values=body.variables,
        context_value=Context(call.registry.services, caller, call.registry.access),
        operation_name=body.operation_name,
    )


def _executed(result: ExecutionResult) -> bool:
    # An error of execution has the path of its field; without one, the query was refused as a whole.
    return result.data is not None or any(error.path is not None for error in result.errors or ())


def _not_executed(call: Call, errors: list[GraphQLError]) -> Response:
    # Decision: what cannot be executed (no JSON, no query, a query that does not fit the schema, variables that do not
    # fit the query) is 400 with ``message`` and ``errors``; whatever was executed is 200, its errors included (open:
    # registry facts 1.7).
    call.request.state.graphql_failed = True
    message = "; ".join(error.message for error in errors)
    return JSONResponse({"message": message, "errors": [error.formatted for error in errors]}, status_code=400)
