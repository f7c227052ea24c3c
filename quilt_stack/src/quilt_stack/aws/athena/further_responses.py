"""Athena's API beyond queries and catalogs: prepared statements, engine versions, and refusals of what is not here.

Decision: a prepared statement is kept and listed; EXECUTE of it is refused like all else that is no query.
"""

from __future__ import annotations

import json
from typing import Any

from moto.athena.models import PreparedStatement
from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError
from moto.core.utils import camelcase_to_underscores, method_names_from_class

from quilt_stack.aws.athena.responses import ENGINE_VERSION, InvalidRequestError, find_workgroup, page

_LARGEST_PAGE_OF_ENGINES = 10


class _ResourceNotFoundError(JsonRESTError):
    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("ResourceNotFoundException", message)


def list_prepared_statements(self: AthenaResponse) -> str:
    """ListPreparedStatements: those of a workgroup, by name."""
    found = sorted(_statements(self), key=lambda each: each.statement_name)
    summaries = [{"StatementName": each.statement_name, "LastModifiedTime": _modified(each)} for each in found]
    return page(self, "PreparedStatements", summaries)


def get_prepared_statement(self: AthenaResponse) -> str:
    """GetPreparedStatement; stock moto fails on one that is not there."""
    name = self._get_param("StatementName")
    found = next((each for each in _statements(self) if each.statement_name == name), None)
    if found is None:
        raise _ResourceNotFoundError(f"PreparedStatement {name} was not found in workGroup {_workgroup(self)}")
    told = {
        "StatementName": found.statement_name,
        "QueryStatement": found.query_statement,
        "WorkGroupName": found.workgroup,
        "LastModifiedTime": _modified(found),
        **({"Description": found.description} if found.description else {}),
    }
    return json.dumps({"PreparedStatement": told})


def list_engine_versions(self: AthenaResponse) -> str:
    """ListEngineVersions: the one whose SQL is understood here, chosen by itself or by its name."""
    versions = [
        {"SelectedEngineVersion": selected, "EffectiveEngineVersion": ENGINE_VERSION}
        for selected in ("AUTO", ENGINE_VERSION)
    ]
    return page(self, "EngineVersions", versions, largest=_LARGEST_PAGE_OF_ENGINES)


def refusing_what_is_not_here(original: Any) -> Any:
    """Refuse an operation that is not there, to those who may ask for it, where stock moto ends in HTTP 500."""

    def call_action(self: AthenaResponse) -> Any:
        try:
            return original(self)
        except NotImplementedError:
            operation = self._get_action()
            if camelcase_to_underscores(operation) in method_names_from_class(type(self)):
                raise
            error = InvalidRequestError(f"{operation} is not available here.")
            return error.code, self.response_headers, error.description

    return call_action


def _statements(self: AthenaResponse) -> list[PreparedStatement]:
    workgroup = _workgroup(self)
    kept: dict[str, Any] = self.athena_backend.prepared_statements  # moto keeps a name where it says WorkGroup
    return [each for each in kept.values() if each.workgroup == workgroup]


def _workgroup(self: AthenaResponse) -> str:
    return find_workgroup(self.athena_backend, self._get_param("WorkGroup")).name


def _modified(statement: PreparedStatement) -> float:
    return statement.last_modified_time.timestamp()
