"""How a registry and S3 fail, by the words that features use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from quilt_stack import Action, Answer, Malformed, Reset, Status, Truncate

_PROXY_PAGE = (
    "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>"
    '<pre>Traceback (most recent call last):\n  File "upstream.py", line 1</pre></body></html>'
)

REGISTRY_FAILURES: Mapping[str, Action] = {
    "a 401": Status(code=401),
    "a 403": Status(code=403),
    "a 404": Status(code=404),
    "a redirect to nowhere": Status(code=302),
    "a 500": Status(code=500),
    "a proxy's 502 page": Status(code=502, headers={"Content-Type": "text/html; charset=utf-8"}, body=_PROXY_PAGE),
    "a 502 after the work": Status(code=502, after_work=True),
    "a 503": Status(code=503, headers={"Retry-After": "1"}),
    "a 429": Status(code=429, headers={"Retry-After": "1"}),
    "a reset": Reset(),
    "a reset in mid-answer": Reset(after_bytes=12),
    "half an answer": Truncate(after_bytes=12),
    "unfinished JSON": Malformed(),
    "an empty JSON object": Malformed(body="{}"),
}
"""What the registry answers instead of what it should.

A reset in mid-answer and half an answer come after the work, too.
"""

STORAGE_FAILURES: Mapping[str, Action] = {
    "SlowDown": Status(code=503),
    "InternalError": Status(code=500),
    "a reset": Reset(),
    "AccessDenied": Status(code=403),
}
"""What S3 answers, by its own error codes where it has one."""

CATALOG_FAILURES: Mapping[str, Action] = {
    "a 404 page": Status(code=404, headers={"Content-Type": "text/html"}, body="<html><h1>Not Found</h1></html>"),
    "a list": Status(code=200, headers={"Content-Type": "application/json"}, body='["region", "registryUrl"]'),
}
"""What a site answers that is no catalog."""

ELSEWHERE = "https://files.example.org/elsewhere?page=2"
"""Where a redirect leads, in its own words."""
REDIRECTS: Mapping[str, Action] = {
    f"a {code} redirect": Status(code=code, headers={"Location": ELSEWHERE}) for code in (301, 302, 303, 307, 308)
}
"""The redirects of HTTP that lead to another address (RFC 9110, section 15.4)."""
PAGES: Mapping[str, Action] = {
    "a page of its own": Status(
        code=200, headers={"Content-Type": "text/html; charset=utf-8"}, body="<!DOCTYPE html><title>Quilt</title>"
    ),
}
"""What a web catalog answers for a path that it does not know (registry facts 1.6)."""

FAILURES: Mapping[str, Action] = {**REGISTRY_FAILURES, **STORAGE_FAILURES, **CATALOG_FAILURES, **REDIRECTS, **PAGES}


def graphql_error(message: str) -> Action:
    """The answer of a GraphQL server that did nothing and says why (GraphQL specification, section 7.1)."""
    return json_answer({"data": None, "errors": [{"message": message}]})


def graphql_answer(content: Mapping[str, Any]) -> Action:
    """What a GraphQL server answers: of ``data`` what the document asks for, or, with ``errors``, all as it stands."""
    return Answer(data=content["data"]) if set(content) == {"data"} and content["data"] else json_answer(content)


def json_answer(content: Any) -> Action:
    """An answer of status 200 that is this JSON."""
    return Status(code=200, headers={"Content-Type": "application/json"}, body=json.dumps(content))
