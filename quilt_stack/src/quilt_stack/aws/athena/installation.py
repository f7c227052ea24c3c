"""Puts this package's Athena in the place of moto's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.athena.responses import AthenaResponse

from quilt_stack.aws.athena import catalog_responses, responses
from quilt_stack.aws.patching import replace

_REPLACED = (
    responses.start_query_execution,
    responses.get_query_execution,
    responses.list_query_executions,
    responses.stop_query_execution,
    responses.get_query_results,
    responses.get_work_group,
    catalog_responses.list_data_catalogs,
    catalog_responses.get_data_catalog,
    catalog_responses.list_databases,
    catalog_responses.get_database,
)
_ADDED = (
    responses.batch_get_query_execution,
    catalog_responses.list_table_metadata,
    catalog_responses.get_table_metadata,
)


def install() -> None:
    """Teach moto's Athena to execute, and to say to IAM which workgroup a request is about."""
    for method in _REPLACED:
        replace(AthenaResponse, method.__name__, _instead(method))
    for method in _ADDED:
        setattr(AthenaResponse, method.__name__, method)
    AthenaResponse._determine_resource = responses.resource_arn  # type: ignore[attr-defined]  # moto asks for it by name


def _instead(method: Callable[[AthenaResponse], str]) -> Callable[[Any], Any]:
    return lambda _original: method
