"""Carries the fault rules out on the wire, for ASGI applications (catalog, registry) and for a WSGI one (AWS)."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterable, Iterator
from http.client import responses as phrases
from typing import Any
from xml.sax.saxutils import escape

import anyio
import anyio.to_thread

from quilt_stack.wire.connections import (
    ASGIApplication,
    Message,
    Receive,
    Scope,
    Send,
    close_transport,
    reset_socket,
    reset_transport,
    until_disconnected,
)
from quilt_stack.wire.faults import (
    Action,
    Answer,
    Faults,
    Latency,
    Malformed,
    Request,
    Reset,
    Status,
    Surface,
    Truncate,
)
from quilt_stack.wire.graphql_selection import selected
from quilt_stack.wire.journal_middleware import target_of, target_of_environ
from quilt_stack.wire.wsgi import CONNECTION_SOCKET, StartResponse, WSGIApplication, WSGIEnvironment

# Error codes of S3's published list, for statuses that are set without a body.
_AWS_CODES = {
    400: "InvalidRequest",
    403: "AccessDenied",
    404: "NoSuchKey",
    429: "TooManyRequests",
    500: "InternalError",
    503: "SlowDown",
}


class ASGIFaults:
    """Faults of an ASGI application on one surface; needs `TransportProtocol` under it."""

    def __init__(self, application: ASGIApplication, faults: Faults, surface: Surface) -> None:
        self._application = application
        self._faults = faults
        self._surface = surface
        # Waits have threads of their own, so that many of them cannot starve the handlers.
        self._waiting = anyio.CapacityLimiter(64)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or not self._faults:
            await self._application(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        actions = self._faults.take(
            Request(
                surface=self._surface,
                method=scope["method"],
                target=target_of(scope),
                graphql_operation=state.get("graphql_operation"),
                client_port=scope["client"][1] if scope["client"] else 0,
                server_port=scope["server"][1] if scope["server"] else 0,
                user_agent=_user_agent(scope),
            )
        )
        state["faults"] = tuple(action.kind for action in actions)
        for action in actions:
            if isinstance(action, Latency):
                await anyio.to_thread.run_sync(self._faults.wait, action, limiter=self._waiting)
            else:
                await self._break(action, scope, receive, send)
                return
        await self._application(scope, receive, send)

    async def _break(self, action: Action, scope: Scope, receive: Receive, send: Send) -> None:
        if isinstance(action, Reset) and action.after_bytes is None:
            await reset_transport(scope, receive)
        elif isinstance(action, Reset | Truncate):
            await self._cut(action, scope, receive, send)
        else:
            if isinstance(action, Status) and action.after_work:
                await self._application(scope, receive, _lose)
            else:
                request = await _read_all(receive)
            if isinstance(action, Answer):
                action = Status(code=200, body=json.dumps({"data": selected(action.data, _document(request))}))
            status, headers, body = answer_of(action, self._surface)
            raw_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            await send({"type": "http.response.start", "status": status, "headers": raw_headers})
            await send({"type": "http.response.body", "body": body})

    async def _cut(self, action: Reset | Truncate, scope: Scope, receive: Receive, send: Send) -> None:
        left = action.after_bytes or 0
        was_cut = False

        async def send_part(message: Message) -> None:
            nonlocal left, was_cut
            if was_cut:
                return
            if message["type"] == "http.response.start":
                promised = [int(value) for name, value in message["headers"] if name.lower() == b"content-length"]
                left = _cut_after(left, promised)
                await send(message)
                return
            body: bytes = message.get("body", b"")
            if len(body) <= left and message.get("more_body", False):
                left -= len(body)
                await send(message)
                return
            was_cut = True
            await send({"type": "http.response.body", "body": body[:left], "more_body": True})
            await (reset_transport if isinstance(action, Reset) else close_transport)(scope, receive)

        await self._application(scope, receive, send_part)
        if was_cut:
            await until_disconnected(receive)


async def _lose(message: Message) -> None:
    """Send nothing of an answer."""


def _user_agent(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"user-agent"), "")


def _unsaid(_status: str, _headers: list[tuple[str, str]], *_exc_info: Any) -> Callable[[bytes], object]:
    """Begin an answer of which nothing is sent."""
    return lambda _body: None


class WSGIFaults:
    """Faults of the AWS surface. ``by_operator`` says whether a request carries the operator's keys."""

    def __init__(
        self, application: WSGIApplication, faults: Faults, by_operator: Callable[[WSGIEnvironment], bool]
    ) -> None:
        self._application = application
        self._faults = faults
        self._by_operator = by_operator

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request."""
        if not self._faults:
            return self._application(environ, start_response)
        actions = self._faults.take(
            Request(
                surface=Surface.AWS,
                method=environ["REQUEST_METHOD"],
                target=target_of_environ(environ),
                client_port=int(environ.get("REMOTE_PORT") or 0),
                server_port=int(environ["SERVER_PORT"]),
                user_agent=environ.get("HTTP_USER_AGENT", ""),
                by_operator=self._by_operator(environ),
            )
        )
        environ["deployment.faults"] = tuple(action.kind for action in actions)
        for action in actions:
            if isinstance(action, Latency):
                self._faults.wait(action)
            else:
                return self._broken(action, environ, start_response)
        return self._application(environ, start_response)

    def _broken(self, action: Action, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if isinstance(action, Reset) and action.after_bytes is None:
            raise _reset(environ)
        if isinstance(action, Reset | Truncate):
            return self._cut(action, environ, start_response)
        if isinstance(action, Status) and action.after_work:
            self._work(environ, _unsaid)
        status, headers, body = answer_of(action, Surface.AWS)
        phrase = phrases.get(status, "Fault")
        start_response(f"{status} {phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _cut(
        self, action: Reset | Truncate, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterator[bytes]:
        promised: list[int] = []

        def start_response_noted(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            promised[:] = [int(value) for name, value in headers if name.lower() == "content-length"]
            return start_response(status, headers, *exc_info)

        body = self._work(environ, start_response_noted)
        part = body[: _cut_after(action.after_bytes or 0, promised or [len(body)])]
        if part:
            yield part
        if isinstance(action, Reset):
            raise _reset(environ)
        # cheroot closes the connection without a word on this error.
        raise ConnectionAbortedError(errno.ECONNABORTED, "the answer is cut short by a fault rule")

    def _work(self, environ: WSGIEnvironment, start_response: StartResponse) -> bytes:
        """Do what was asked; the body of the answer."""
        answer: Any = self._application(environ, start_response)
        try:
            return b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()


def answer_of(action: Action, surface: Surface) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of an answer that a rule makes up.

    Without a body of its own, a status gets the usual one of its surface: S3's XML (AWS), JSON with ``message``
    (registry, catalog).
    """
    content_type = "application/xml" if surface is Surface.AWS else "application/json"
    if isinstance(action, Malformed):
        status, text, extra = 200, action.body, {}
    elif isinstance(action, Status):
        status, extra = action.code, action.headers
        text = action.body if action.body is not None else _usual_body(action.code, surface)
    else:
        raise TypeError(f"{action.kind} makes up no answer")
    body = text.encode()
    headers = {"content-type": content_type, "content-length": str(len(body))}
    headers.update({name.lower(): value for name, value in extra.items()})
    return status, list(headers.items()), body


def _usual_body(code: int, surface: Surface) -> str:
    message = phrases.get(code, f"Status {code}")
    if surface is not Surface.AWS:
        return json.dumps({"message": message})
    name = _AWS_CODES.get(code, "InternalError" if code >= 500 else "InvalidRequest")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{name}</Code><Message>{escape(message)}</Message><RequestId>fault</RequestId></Error>"
    )


def _cut_after(wanted: int, promised: list[int]) -> int:
    """How many bytes to send: as many as wanted, but fewer than promised, or nothing would be missing."""
    return min(wanted, max(promised[0] - 1, 0)) if promised else wanted


def _reset(environ: WSGIEnvironment) -> ConnectionResetError:
    """Cut the connection; the error makes cheroot forget it without a word."""
    reset_socket(environ[CONNECTION_SOCKET])
    return ConnectionResetError(errno.ECONNRESET, "the connection is reset by a fault rule")


async def _read_all(receive: Receive) -> bytes:
    """The request's body; taken whole, so that the client can finish sending it."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return bytes(body)


def _document(request: bytes) -> str:
    """The GraphQL document of a request, "" if it has none."""
    try:
        return str(json.loads(request)["query"])
    except (ValueError, KeyError, TypeError):
        return ""
