"""The registry's GraphQL, asked with gql."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportConnectionFailed, TransportProtocolError
from gql.transport.requests import RequestsHTTPTransport
from graphql import DocumentNode, GraphQLSchema, IntrospectionQuery, build_client_schema, get_introspection_query

from environment.errors import SuiteError

USER_AGENT = "quiltops-acceptance"
"""By what the registry, and who breaks its answers to the product, knows this client."""


@cache
def _parsed(query: str) -> DocumentNode:
    return gql(query).document


class RegistryClient:
    """Asks one registry; ``token`` decides as whom."""

    def __init__(self, endpoint: str, token: str) -> None:
        self._endpoint = endpoint
        headers = {"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT}
        transport = RequestsHTTPTransport(url=endpoint, headers=headers, timeout=30)
        self._client = Client(transport=transport, fetch_schema_from_transport=False)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Answer data of a query.

        Raises:
            gql.transport.exceptions.TransportError: if the registry refuses or fails.
            SuiteError: if it does not answer, or with what is no GraphQL.
        """
        request = GraphQLRequest(_parsed(query), variable_values=variables)
        try:
            return dict(self._client.execute(request))
        except (TransportConnectionFailed, TransportProtocolError) as error:
            raise SuiteError(
                f"Asked {self._endpoint}", str(error), "See whether the registry is well, in its log"
            ) from error

    def schema(self) -> GraphQLSchema:
        """The schema that the registry gives of itself.

        Raises:
            gql.transport.exceptions.TransportError: if the registry refuses or fails.
        """
        return build_client_schema(cast("IntrospectionQuery", self.ask(get_introspection_query())))
