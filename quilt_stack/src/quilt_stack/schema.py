"""The registry's GraphQL schema as text, without a stack that runs."""

from __future__ import annotations

from pathlib import Path

from quilt_stack.settings import DeploymentSettings, PackageSearchForm


def schema(form: PackageSearchForm = PackageSearchForm.ORDER) -> str:
    """The schema in GraphQL's definition language, as a stack with that form of the package search serves it."""
    from quilt_stack.registry.graphql.schema import build_schema  # costs a second

    return build_schema(DeploymentSettings(state_directory=Path("unused"), package_search_form=form)).as_str()
