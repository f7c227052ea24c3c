"""The condition keys of a request (AWS documentation, "Global condition keys" and "Condition keys for Amazon S3")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from quilt_stack.aws import moto_state
from quilt_stack.aws.iam_conditions import Context
from quilt_stack.aws.iam_policy import ANONYMOUS, Principal

_QUERY_KEYS = ("prefix", "delimiter", "max-keys", "versionid")
_HEADER_KEYS = (
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
)
_STS_PARAMETERS = ("ExternalId", "RoleSessionName")


def request_query(path: str) -> dict[str, str]:
    """The query of a request's path, first values alone; a parameter without a value has an empty one."""
    query = parse_qs(urlsplit(path).query, keep_blank_values=True)
    return {name: values[0] for name, values in query.items()}


def request_context(
    path: str, headers: Mapping[str, str], parameters: Mapping[str, Any], region: str, principal: Principal
) -> Context:
    """All condition keys of a request, in lower case; keys that do not apply are absent.

    Decision: ``aws:SecureTransport`` is true although the endpoint on loopback speaks plain HTTP: it stands for an
    AWS endpoint, and the usual "refuse plain HTTP" statement must not refuse everything.
    """
    now = moto_state.utc_now()
    context = {
        "aws:securetransport": "true",
        "aws:sourceip": "127.0.0.1",
        "aws:requestedregion": region,
        "aws:currenttime": now.isoformat(timespec="seconds") + "+00:00",
        **_of_principal(principal),
    }
    if "User-Agent" in headers:
        context["aws:useragent"] = headers["User-Agent"]
    query = {name.lower(): value for name, value in request_query(path).items()}
    context |= {f"s3:{name}": query[name] for name in _QUERY_KEYS if name in query}
    context |= {f"s3:{name}": headers[name] for name in _HEADER_KEYS if name in headers}
    for name in _STS_PARAMETERS:
        if parameters.get(name):
            context[f"sts:{name.lower()}"] = str(parameters[name][0])
    return {key: (value,) for key, value in context.items()}


def _of_principal(principal: Principal) -> dict[str, str]:
    if principal == ANONYMOUS:
        return {"aws:principaltype": "Anonymous"}
    keys = {
        "aws:principalaccount": principal.account_id,
        # For a session this key holds the role, not the session (AWS documentation, "aws:PrincipalArn").
        "aws:principalarn": principal.role_arn or principal.arn,
        "aws:principaltype": "User" if principal.role_arn is None else "AssumedRole",
    }
    if principal.role_arn is None:
        keys["aws:username"] = principal.arn.rpartition("/")[2]
    return keys
