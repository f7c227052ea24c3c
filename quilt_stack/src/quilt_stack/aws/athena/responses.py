"""Athena's API where it is not moto's: starting, watching, stopping and reading queries, and looking into catalogs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from moto.athena.models import AthenaBackend, WorkGroup
from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError

from quilt_stack.aws.athena import pages, service
from quilt_stack.aws.athena.answers import page_of
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import DEFAULT_DATABASE, GLUE_CATALOG
from quilt_stack.aws.athena.executions import QueryExecution, QueryState, Request, statement_type
from quilt_stack.aws.athena.failures import QueryFailure
from quilt_stack.aws.athena.resolution import Resolution
from quilt_stack.aws.athena.utilities import is_utility

if TYPE_CHECKING:
    from quilt_stack.aws.athena.statements import Query

ENGINE_VERSION = "Athena engine version 3"
"""Whose SQL is understood here."""
_PRIMARY = "primary"
_ABOUT_QUERIES = ("QueryExecutionId", "QueryExecutionIds", "NamedQueryId")
_IN_A_WORKGROUP = frozenset({"CreateNamedQuery", "ListNamedQueries", "ListQueryExecutions", "StartQueryExecution"})
_LONGEST_QUERY = 262144


class InvalidRequestError(JsonRESTError):
    """Athena's refusal of a request, HTTP 400."""

    code = 400

    def __init__(self, message: str, athena_code: str = "INVALID_INPUT") -> None:
        super().__init__("InvalidRequestException", message)
        self.description = json.dumps(
            {"__type": "InvalidRequestException", "AthenaErrorCode": athena_code, "Message": message}
        )


def start_query_execution(self: AthenaResponse) -> str:
    """StartQueryExecution: malformed SQL is refused at once, everything else becomes a state of the query."""
    backend = self.athena_backend
    workgroup = find_workgroup(backend, self._get_param("WorkGroup") or _PRIMARY)
    if workgroup.state != "ENABLED":
        raise InvalidRequestError(f"WorkGroup {workgroup.name} is disabled.")
    request = _request(self, workgroup)
    running = service.running()
    resolution = Resolution(backend, running)
    execution = QueryExecution(
        running, resolution.catalog, AWSCaller.of(_authenticated(self)), request, workgroup, _plan(request)
    )
    executions: dict[str, Any] = backend.executions
    executions[execution.id] = execution
    running.submit(execution)
    return json.dumps({"QueryExecutionId": execution.id})


def get_query_execution(self: AthenaResponse) -> str:
    """GetQueryExecution."""
    return json.dumps({"QueryExecution": _described(_execution(self))})


def batch_get_query_execution(self: AthenaResponse) -> str:
    """BatchGetQueryExecution: what is not known, or of another workgroup than the first, is listed as unprocessed."""
    ids = self._get_param("QueryExecutionIds") or []
    executions: dict[str, Any] = self.athena_backend.executions
    # IAM was asked for the workgroup of the first of them alone.
    workgroup = next(iter(_workgroups_of_queries(self)), None)
    known = {
        each: executions[each] for each in ids if each in executions and executions[each].workgroup.name == workgroup
    }
    unknown = [
        {"QueryExecutionId": each, "ErrorCode": "INVALID_INPUT", "ErrorMessage": f"QueryExecution {each} was not found"}
        for each in ids
        if each not in known
    ]
    found = [_described(known[each]) for each in ids if each in known]
    return json.dumps({"QueryExecutions": found, "UnprocessedQueryExecutionIds": unknown})


def list_query_executions(self: AthenaResponse) -> str:
    """ListQueryExecutions: a workgroup's queries, newest first, on pages of at most 50; moto lists all at once."""
    workgroup = find_workgroup(self.athena_backend, self._get_param("WorkGroup") or _PRIMARY).name
    size = int(self._get_param("MaxResults") or pages.LARGEST_PAGE)
    token = self._get_param("NextToken") or "0"
    if not 1 <= size <= pages.LARGEST_PAGE or not token.isdecimal():
        raise InvalidRequestError(f"MaxResults must be 1 to {pages.LARGEST_PAGE}, and NextToken one that was given.")
    # What has come since the page before pushes nothing onto another page: the token counts from the oldest.
    found = list(self.athena_backend.list_query_executions(workgroup))
    end = int(token) or len(found)
    page = found[max(end - size, 0) : end][::-1]
    more = {"NextToken": str(end - size)} if end > size else {}
    return json.dumps({"QueryExecutionIds": page, **more})


def stop_query_execution(self: AthenaResponse) -> str:
    """StopQueryExecution; without effect on a query that has ended."""
    _execution(self).cancel()
    return "{}"


def get_query_results(self: AthenaResponse) -> str:
    """GetQueryResults: a page of at most 1000 rows, of which the first of a query is its header."""
    execution = _execution(self)
    if execution.answer is None:
        if execution.state.is_final:
            raise InvalidRequestError(f"Query did not finish successfully. Final query state: {execution.state}")
        raise InvalidRequestError(f"Query has not yet finished. Current state: {execution.state}")
    try:
        return json.dumps(page_of(execution.answer, self._get_param("MaxResults"), self._get_param("NextToken")))
    except ValueError as error:
        raise InvalidRequestError(str(error)) from error


def get_work_group(self: AthenaResponse) -> str:
    """GetWorkGroup; stock moto answers null for one that is not there."""
    name = find_workgroup(self.athena_backend, self._get_param("WorkGroup")).name
    return json.dumps({"WorkGroup": self.athena_backend.get_work_group(name)})


def list_work_groups(self: AthenaResponse) -> str:
    """ListWorkGroups, on pages; moto lists all at once."""
    return page(self, "WorkGroups", self.athena_backend.list_work_groups())


def page(self: AthenaResponse, name: str, items: Sequence[Any], largest: int = pages.LARGEST_PAGE) -> str:
    """The page of a list that a request asks for.

    Raises:
        InvalidRequestError: there is no such page.
    """
    try:
        size, token = self._get_param("MaxResults"), self._get_param("NextToken")
        return json.dumps(pages.page_of(name, items, size, token, largest=largest))
    except ValueError as error:
        raise InvalidRequestError(str(error)) from error


def find_workgroup(backend: AthenaBackend, name: str) -> WorkGroup:
    """A workgroup by name.

    Raises:
        InvalidRequestError: there is none.
    """
    found = backend.work_groups.get(name)
    if found is None:
        raise InvalidRequestError(f"WorkGroup {name} is not found.")
    return found


def resource_arn(self: AthenaResponse) -> str:
    """What a request is about, for IAM: a workgroup or a data catalog; "*" for lists.

    Decision: a query that nobody has started counts as one of the workgroup ``primary``, so that a role that is kept
    to another workgroup does not learn which queries there are.
    """
    backend = self.athena_backend
    base = f"arn:aws:athena:{backend.region_name}:{backend.account_id}"
    action = self._get_action()
    if any(map(self._get_param, _ABOUT_QUERIES)):
        return f"{base}:workgroup/{next(iter(_workgroups_of_queries(self)), _PRIMARY)}"
    if action in _IN_A_WORKGROUP or self._get_param("WorkGroup"):
        return f"{base}:workgroup/{self._get_param('WorkGroup') or _PRIMARY}"
    if self._get_param("CatalogName") or action == "GetDataCatalog":
        return f"{base}:datacatalog/{self._get_param('CatalogName') or self._get_param('Name')}"
    return "*"


def _workgroups_of_queries(self: AthenaResponse) -> list[str]:
    """The workgroups of the queries, run or saved, that a request names."""
    backend = self.athena_backend
    ids = [self._get_param("QueryExecutionId"), *(self._get_param("QueryExecutionIds") or [])]
    found = [backend.executions[each].workgroup for each in ids if each in backend.executions]
    named = backend.named_queries.get(self._get_param("NamedQueryId") or "")
    return [workgroup.name for workgroup in (*found, *([named.workgroup] if named else [])) if workgroup is not None]


def refuse(message: str, athena_code: str = "INVALID_INPUT") -> NoReturn:
    """Refuse the request at hand."""
    raise InvalidRequestError(message, athena_code)


def _request(self: AthenaResponse, workgroup: WorkGroup) -> Request:
    sql = (self._get_param("QueryString") or "").strip()
    if not sql or len(sql) > _LONGEST_QUERY:
        refuse("Query string cannot be empty" if not sql else f"Query string is longer than {_LONGEST_QUERY}")
    context: Mapping[str, str] = self._get_param("QueryExecutionContext") or {}
    options = _result_options(self._get_param("ResultConfiguration") or {}, workgroup)
    location = options.get("OutputLocation")
    if not location:
        refuse(
            "No output location provided. An output location is required either through the Workgroup result "
            "configuration setting or as an API input."
        )
    if not str(location).startswith("s3://"):
        refuse(f"outputLocation is not a valid S3 path: {location}")
    return Request(
        sql=sql,
        parameters=self._get_param("ExecutionParameters"),
        catalog=context.get("Catalog") or GLUE_CATALOG,
        database=(context.get("Database") or DEFAULT_DATABASE).lower(),
        context=context,
        output_location=str(location),
        options={key: value for key, value in options.items() if key != "OutputLocation"},
    )


def _result_options(asked: Mapping[str, Any], workgroup: WorkGroup) -> Mapping[str, Any]:
    """The workgroup's result configuration counts if it is enforced or the request has none."""
    own: Mapping[str, Any] = workgroup.configuration.get("ResultConfiguration") or {}
    enforced = workgroup.configuration.get("EnforceWorkGroupConfiguration", False)
    return own if (enforced and own.get("OutputLocation")) or not asked.get("OutputLocation") else asked


def _plan(request: Request) -> Query | QueryFailure | None:
    if is_utility(request.sql):
        return None
    # Late: it loads sqlglot.
    from quilt_stack.aws.athena import statements

    try:
        return statements.parse(
            request.sql, request.parameters or (), catalog=request.catalog, database=request.database
        )
    except statements.MalformedQueryError as error:
        refuse(str(error), "MALFORMED_QUERY")
    except QueryFailure as failure:
        return failure


def _authenticated(self: AthenaResponse) -> Any:
    """The request that moto has authenticated; `iam_authorization` keeps it on the response."""
    return self.iam_request  # type: ignore[attr-defined]


def _execution(self: AthenaResponse) -> QueryExecution:
    identifier = self._get_param("QueryExecutionId")
    known: dict[str, Any] = self.athena_backend.executions
    found = known.get(identifier)
    if not isinstance(found, QueryExecution):
        raise InvalidRequestError(f"QueryExecution {identifier} was not found")
    return found


def _described(execution: QueryExecution) -> dict[str, Any]:
    request = execution.request
    kind, substatement = statement_type(execution.query)
    described: dict[str, Any] = {
        "QueryExecutionId": execution.id,
        "Query": execution.query,
        "StatementType": kind,
        "SubstatementType": substatement,
        "ResultConfiguration": {**request.options, "OutputLocation": execution.output_location},
        "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
        "QueryExecutionContext": dict(request.context),
        "Status": _status(execution),
        "Statistics": _statistics(execution),
        "WorkGroup": execution.workgroup.name,
        "EngineVersion": {
            "SelectedEngineVersion": "AUTO",
            "EffectiveEngineVersion": ENGINE_VERSION,
        },
    }
    if request.parameters is not None:
        described["ExecutionParameters"] = list(request.parameters)
    return described


def _status(execution: QueryExecution) -> dict[str, Any]:
    state = execution.state
    status: dict[str, Any] = {"State": state.value, "SubmissionDateTime": _seconds(execution.submitted_at)}
    if state.is_final:
        status["CompletionDateTime"] = _seconds(execution.completed_at)
    if state is QueryState.FAILED and execution.failure is not None:
        reason = str(execution.failure)
        status["StateChangeReason"] = reason
        status["AthenaError"] = {
            "ErrorCategory": execution.failure.kind.category,
            "ErrorType": execution.failure.kind.type,
            "Retryable": False,
            "ErrorMessage": reason,
        }
    if state is QueryState.CANCELLED:
        status["StateChangeReason"] = "Query cancelled by user"
    return status


def _statistics(execution: QueryExecution) -> dict[str, Any]:
    spent = execution.milliseconds
    return {
        "EngineExecutionTimeInMillis": spent,
        "TotalExecutionTimeInMillis": spent,
        "QueryQueueTimeInMillis": 0,
        "ServiceProcessingTimeInMillis": 0,
        # Decision: a file counts with its whole size, also where a query takes some columns of it.
        "DataScannedInBytes": execution.scanned_bytes,
        "ResultReuseInformation": {"ReusedPreviousResult": False},
    }


def _seconds(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp()
