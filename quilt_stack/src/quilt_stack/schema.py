"""The registry's GraphQL schema as text, without a stack that runs."""

from __future__ import annotations

from quilt_stack.settings import PackageSearchForm


def schema(form: PackageSearchForm = PackageSearchForm.ORDERING) -> str:
    """The schema in GraphQL's definition language, with that form of the package search; the default is today's."""
    from quilt_stack.registry.graphql.schema import build_schema  # costs a second

    return build_schema(form).as_str()
