"""Sending the requests of recordings to a deployment."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from textwrap import shorten
from typing import Any, cast
from urllib.parse import urlsplit

import boto3
import requests
from botocore.exceptions import BotoCoreError, ClientError
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from environment.errors import SuiteError
from environment.secrecy.redaction import register_secret
from environment.targets.target import Target
from reports.recorded.comparing import differences
from reports.recorded.recording import NAMES, Recording, Request

_LIMIT_SECONDS = 60
_DATABASE = "userathenadatabase-"
_LONGEST_REASON = 200
_UNDER_WAY = ("QUEUED", "RUNNING")
_DONE = "SUCCEEDED"
_NAME = re.compile(f"<({'|'.join(NAMES)})>")


class Replay:
    """One recording's requests to one deployment; ``names`` is what `NAMES` stand for there, ``database`` once used."""

    def __init__(self, target: Target) -> None:
        self._target = target
        stack = target.tabulator_data_catalog.removeprefix("quilt-").removesuffix("-tabulator")
        self.names: dict[str, str] = {
            "data": target.buckets.data,
            "scratch": target.buckets.scratch,
            "packages": target.buckets.packages,
            "user": target.user_name("user"),
            "readonly": target.user_name("readonly"),
            "stack": stack,
            "tabulator": target.tabulator_data_catalog,
            "workgroup": f"QuiltUserAthena-{stack}-NonManagedRoleWorkgroup",
            "unique": f"recording_{secrets.token_hex(4)}",
        }

    def answer(self, recording: Recording) -> Any:
        """What the deployment answers to its request, between what comes before and after it; a refusal is an answer.

        Raises:
            SuiteError: if it does not answer, cannot be asked so, or refuses what comes before or after.
        """
        with ExitStack() as cleaning:
            # All of them, whichever fails.
            for each in reversed(recording.after):
                cleaning.callback(self._must_do, each)
            for each in recording.before:
                self._must_do(each)
            expected = self.named(recording.answer)
            limit_seconds = self._target.wait_until_indexed() if recording.request.eventually else 0.0
            asking: Retrying = Retrying(
                retry=retry_if_result(lambda found: recording.request.eventually and any(differences(expected, found))),
                stop=stop_after_delay(limit_seconds),
                wait=wait_fixed(0.2),
                retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
            )
            return asking(self._ask, recording.request)

    def named(self, value: Any) -> Any:
        """The same with the deployment's names in the place of what stands for them."""
        if isinstance(value, str):
            return _NAME.sub(lambda found: self._name(found[1]), value)
        if isinstance(value, Mapping):
            return {self.named(key): self.named(each) for key, each in value.items()}
        return [self.named(each) for each in value] if isinstance(value, list | tuple) else value

    def _name(self, name: str) -> str:
        if name == "database" and name not in self.names:
            # Its name ends in what the stack chose (registry facts 11), so it has to be looked for.
            pages = self._target.client("athena").get_paginator("list_databases").paginate(CatalogName="AwsDataCatalog")
            found = [
                each["Name"] for page in pages for each in page["DatabaseList"] if each["Name"].startswith(_DATABASE)
            ]
            if len(found) != 1:
                told = f"there are {len(found)}"
                raise SuiteError(f"Looked for the stack's database {_DATABASE}…", told, "See whether the stack has one")
            self.names[name] = found[0]
        return self.names[name]

    def _must_do(self, request: Request) -> None:
        answer = self._ask(request)
        body = answer.get("body")
        failed = isinstance(body, Mapping) and body.get("errors")
        if failed or "error" in answer or answer.get("status", 200) >= 400 or answer.get("state", _DONE) != _DONE:
            raise SuiteError("Made the scene of a recording", str(answer), "Mend its requests before or after")

    def _ask(self, request: Request) -> dict[str, Any]:
        try:
            if request.aws is not None:
                return self._ask_aws(request)
            if request.link is not None:
                return self._follow(request)
            return self._query(request) if request.sql is not None else self._ask_registry(request)
        except ClientError as error:
            told = error.response["Error"]
            return {"error": {"code": told["Code"], "message": told["Message"]}}
        except requests.RequestException as error:
            tried = f"Asked {request.path or request.link or 'the registry'}"
            raise SuiteError(tried, type(error).__name__, "See whether the registry is well") from error
        except BotoCoreError as error:
            tried = f"Asked AWS for {request.aws or 'a query'}"
            why = shorten(str(error), _LONGEST_REASON, placeholder="…").rstrip(".")
            raise SuiteError(tried, why, "Mend the recording's request, or see whether AWS can be reached") from error

    def _ask_registry(self, request: Request) -> dict[str, Any]:
        headers = {} if request.who == "nobody" else {"Authorization": f"Bearer {self._target.token(request.who)}"}
        if request.graphql is None:
            method, url, body = request.method, f"{self._target.registry_url}{self.named(request.path)}", request.body
        else:
            body = {"query": self.named(request.graphql), "variables": request.variables}
            method, url = "POST", self._target.graphql_endpoint
        answer = requests.request(
            method,
            url,
            params=self.named(request.parameters),
            json=self.named(body),
            headers=headers,
            timeout=_LIMIT_SECONDS,
            allow_redirects=False,
        )
        try:
            told = answer.json()
        except requests.JSONDecodeError:
            told = answer.text
        return {"status": answer.status_code, "body": told}

    def _client(self, who: str, service: str) -> Any:
        if who == "operator":
            return self._target.client(service)
        return cast("Any", self._session(who)).client(service, endpoint_url=self._target.aws_endpoint_url)

    def _session(self, who: str) -> boto3.Session:
        url = f"{self._target.registry_url}/api/auth/get_credentials"
        answer = requests.get(
            url, headers={"Authorization": f"Bearer {self._target.token(who)}"}, timeout=_LIMIT_SECONDS
        )
        if not answer.ok:
            next_step = "See whether the user may have some, and whether the registry is well"
            raise SuiteError(f"Asked the registry for AWS keys for {who}", f"HTTP {answer.status_code}", next_step)
        keys = answer.json()
        register_secret(keys["SecretAccessKey"], keys["SessionToken"])
        return boto3.Session(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=self._target.region
        )

    def _ask_aws(self, request: Request) -> dict[str, Any]:
        service, _, operation = str(request.aws).partition(".")
        client = self._client(request.who, service)
        if operation not in client.meta.method_to_api_mapping:
            raise SuiteError(
                f"Asked AWS for {request.aws}", "there is no such operation", "Mend the recording's request"
            )
        answer = getattr(client, operation)(**self.named(request.parameters))
        return {"result": _plain({key: value for key, value in answer.items() if key != "ResponseMetadata"})}

    def _follow(self, request: Request) -> dict[str, Any]:
        bucket, _, key = self.named(request.link).removeprefix("s3://").partition("/")
        client = self._client(request.who, "s3")
        link = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
        answer = requests.get(link, timeout=_LIMIT_SECONDS, allow_redirects=False)
        return {"scheme": urlsplit(link).scheme, "status": answer.status_code, "body": answer.text}

    def _query(self, request: Request) -> dict[str, Any]:
        athena = self._client(request.who, "athena")
        given = {"WorkGroup": self.names["workgroup"], **self.named(request.parameters)}
        started = athena.start_query_execution(**{**given, "QueryString": self.named(request.sql)})
        identifier = started["QueryExecutionId"]
        asking: Retrying = Retrying(
            retry=retry_if_result(lambda state: state["State"] in _UNDER_WAY),
            stop=stop_after_delay(_LIMIT_SECONDS),
            wait=wait_fixed(0.1),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        status = asking(lambda: athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"])
        if status["State"] in _UNDER_WAY:
            raise SuiteError("Waited for a query", f"it is still {status['State']}", "Ask again, or for less")
        if status["State"] != _DONE:
            return {"state": status["State"], "reason": status.get("StateChangeReason")}
        rows = athena.get_query_results(QueryExecutionId=identifier)["ResultSet"]["Rows"]
        return {"state": _DONE, "rows": [[each.get("VarCharValue") for each in row["Data"]] for row in rows]}


def _plain(value: Any) -> Any:
    """The same of what JSON has: times as text, streams left out."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else type(value).__name__
