"""Puts this package's Athena in the place of moto's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.athena.responses import AthenaResponse

from quilt_stack.aws.athena import catalog_responses, further_responses, responses
from quilt_stack.patches import Patch

_REPLACED = (
    responses.start_query_execution,
    responses.get_query_execution,
    responses.list_query_executions,
    responses.stop_query_execution,
    responses.get_query_results,
    responses.get_work_group,
    responses.list_work_groups,
    catalog_responses.list_data_catalogs,
    catalog_responses.get_data_catalog,
    catalog_responses.list_databases,
    catalog_responses.get_database,
    further_responses.get_prepared_statement,
)
_ADDED = (
    responses.batch_get_query_execution,
    catalog_responses.list_table_metadata,
    catalog_responses.get_table_metadata,
    further_responses.list_prepared_statements,
    further_responses.list_engine_versions,
)

PATCH = Patch(
    __name__,
    "moto",
    reason="moto's Athena executes nothing and answers from a queue that somebody filled.",
    bodies={
        "moto.athena.responses:AthenaResponse.start_query_execution": "d326a53e8e50",
        "moto.athena.responses:AthenaResponse.get_query_execution": "614a86603965",
        "moto.athena.responses:AthenaResponse.list_query_executions": "9237f7b3ffe0",
        "moto.athena.responses:AthenaResponse.stop_query_execution": "3509a56957ac",
        "moto.athena.responses:AthenaResponse.get_query_results": "4d4335f6df82",
        "moto.athena.responses:AthenaResponse.get_work_group": "c8787bb83dc5",
        "moto.athena.responses:AthenaResponse.list_work_groups": "c1f1c2433978",
        "moto.athena.responses:AthenaResponse.list_data_catalogs": "665050437dac",
        "moto.athena.responses:AthenaResponse.get_data_catalog": "f712cc130851",
        "moto.athena.responses:AthenaResponse.list_databases": "690cda93ac84",
        "moto.athena.responses:AthenaResponse.get_database": "ddbe641befa3",
        "moto.athena.responses:AthenaResponse.get_prepared_statement": "0da0063cb40c",
        "moto.athena.responses:AthenaResponse.call_action": "4a9e16403290",
    },
    fence="tests/quilt_stack/athena/test_athena_queries.py::test_parquet_rows",
    until="never: moto has no engine",
    needed="tests/upstream/test_moto.py::test_athena_executes",
)


def install() -> None:
    """Teach moto's Athena to execute, and to say to IAM which workgroup a request is about."""
    for method in _REPLACED:
        PATCH.replace(AthenaResponse, method.__name__, _instead(method))
    PATCH.replace(AthenaResponse, "call_action", further_responses.refusing_what_is_not_here)
    for method in _ADDED:
        setattr(AthenaResponse, method.__name__, method)
    AthenaResponse._determine_resource = responses.resource_arn  # type: ignore[attr-defined]  # moto asks for it by name


def install_in_glue() -> None:
    """Let Glue's own API show what Athena shows."""
    # Late: moto's Glue takes its time to load.
    from quilt_stack.aws.athena import glue_responses

    glue_responses.install()


def _instead(method: Callable[[AthenaResponse], str]) -> Callable[[Any], Any]:
    return lambda _original: method
