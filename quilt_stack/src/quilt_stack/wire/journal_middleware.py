"""Writes the journal: wraps the ASGI applications (catalog, registry) and the WSGI application (AWS) of a deployment.

An exchange is in the journal before the client has its last byte, so that a client that reads its answer and then the
journal finds it there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from graphql import GraphQLError, OperationDefinitionNode, parse
from graphql.language import FieldNode
from pydantic import BaseModel, ValidationError

from quilt_stack.wire.connections import ASGIApplication, Message, Receive, Scope, Send
from quilt_stack.wire.faults import Surface
from quilt_stack.wire.journal import Journal, JournalEntry, excerpt
from quilt_stack.wire.masking import redact
from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Held of each body until the exchange ends; more than an excerpt, since redaction comes before the cut.
_HELD_BYTES = 16_384


@dataclass
class _Body:
    """Counts a body that passes by and holds its beginning."""

    size: int = 0
    beginning: bytearray = field(default_factory=bytearray)

    def add(self, chunk: bytes) -> None:
        self.size += len(chunk)
        room = _HELD_BYTES - len(self.beginning)
        if room > 0:
            self.beginning += chunk[:room]


@dataclass
class _Recording:
    """An exchange that is going on."""

    journal: Journal
    surface: Surface
    client: tuple[str, int]
    method: str
    target: str
    by_operator: bool = False
    operation: str | None = None
    status: int | None = None
    request: _Body = field(default_factory=_Body)
    response: _Body = field(default_factory=_Body)
    started: float = field(default_factory=time.time)
    _clock: float = field(default_factory=time.perf_counter)
    _finished: bool = False

    def finish(self, *, faults: tuple[str, ...] = (), graphql_failed: bool = False) -> None:
        """Put the exchange into the journal, once."""
        if self._finished:
            return
        self._finished = True
        broken = any(fault != "latency" for fault in faults)
        failed = self.status is None or self.status >= 400 or graphql_failed or broken
        self.journal.add(
            JournalEntry(
                surface=self.surface,
                client_address=self.client[0],
                client_port=self.client[1],
                started=self.started,
                method=self.method,
                target=redact(self.target),
                operation=self.operation,
                status=self.status,
                seconds=time.perf_counter() - self._clock,
                request_bytes=self.request.size,
                response_bytes=self.response.size,
                faults=faults,
                by_operator=self.by_operator,
                failed=failed,
                request_excerpt=excerpt(bytes(self.request.beginning)) if failed else None,
                response_excerpt=excerpt(bytes(self.response.beginning)) if failed else None,
            ),
            bytes(self.response.beginning),
        )


class ASGIJournal:
    """Journal of an ASGI application on one surface.

    The application tells in the request's state: ``graphql_operation``, ``graphql_failed`` and ``faults``.
    """

    def __init__(self, application: ASGIApplication, journal: Journal, surface: Surface) -> None:
        self._application = application
        self._journal = journal
        self._surface = surface

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        recording = _Recording(
            self._journal, self._surface, tuple(scope["client"] or ("", 0)), scope["method"], target_of(scope)
        )

        def finish() -> None:
            recording.operation = state.get("graphql_operation")
            recording.finish(faults=state.get("faults", ()), graphql_failed=bool(state.get("graphql_failed", False)))

        async def receive_counted() -> Message:
            message = await receive()
            recording.request.add(message.get("body", b""))
            return message

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                recording.status = message["status"]
            elif message["type"] == "http.response.body":
                recording.response.add(message.get("body", b""))
                if not message.get("more_body", False):
                    finish()
            await send(message)

        try:
            await self._application(scope, receive_counted, send_counted)
        finally:
            finish()


class GraphQLOperationName:
    """Reads the body of ``POST /graphql`` ahead and puts the operation's name into the request's state."""

    def __init__(self, application: ASGIApplication) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != "/graphql" or scope["method"] != "POST":
            await self._application(scope, receive, send)
            return
        messages: list[Message] = []
        body = bytearray()
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
            body += messages[-1].get("body", b"")
        scope.setdefault("state", {})["graphql_operation"] = operation_name(bytes(body))

        async def receive_again() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._application(scope, receive_again, send)


class WSGIJournal:
    """Journal of the AWS surface. ``by_operator`` says whether a request carries the operator's keys."""

    def __init__(
        self, application: WSGIApplication, journal: Journal, by_operator: Callable[[WSGIEnvironment], bool]
    ) -> None:
        self._application = application
        self._journal = journal
        self._by_operator = by_operator

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request."""
        recording = _Recording(
            self._journal,
            Surface.AWS,
            (environ.get("REMOTE_ADDR", ""), int(environ.get("REMOTE_PORT") or 0)),
            environ["REQUEST_METHOD"],
            target_of_environ(environ),
            by_operator=self._by_operator(environ),
            operation=environ.get("HTTP_X_AMZ_TARGET"),
        )
        environ["wsgi.input"] = _CountedInput(environ["wsgi.input"], recording.request)
        promised: list[int] = []

        def start_response_noted(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            recording.status = int(status.split(" ", 1)[0])
            promised[:] = [int(value) for name, value in headers if name.lower() == "content-length"]
            return start_response(status, headers, *exc_info)

        def finish() -> None:
            recording.finish(faults=environ.get("deployment.faults", ()))

        def body(answer: Iterable[bytes]) -> Iterator[bytes]:
            try:
                for chunk in answer:
                    recording.response.add(chunk)
                    if promised and recording.response.size >= promised[0]:
                        finish()
                    yield chunk
            finally:
                finish()
                if hasattr(answer, "close"):
                    answer.close()

        try:
            # Called at once, not with the first chunk, so that cheroot too meets an error before the answer began.
            return body(self._application(environ, start_response_noted))
        except BaseException:
            finish()
            raise


class _CountedInput:
    """A request body that is counted as it is read."""

    def __init__(self, stream: Any, body: _Body) -> None:
        self._stream = stream
        self._body = body

    def read(self, *size: int) -> bytes:
        return self._counted(self._stream.read(*size))

    def readline(self, *size: int) -> bytes:
        return self._counted(self._stream.readline(*size))

    def readlines(self, *hint: int) -> list[bytes]:
        return [self._counted(line) for line in self._stream.readlines(*hint)]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _counted(self, chunk: bytes) -> bytes:
        self._body.add(chunk)
        return chunk


class _GraphQLBody(BaseModel):
    query: str
    operationName: str | None = None  # noqa: N815 - the name on the wire


def operation_name(body: bytes) -> str | None:
    """Name of the operation in a GraphQL request's body: its own, else that of its first field; None if unreadable."""
    try:
        request = _GraphQLBody.model_validate_json(body)
    except ValidationError:
        return None
    return request.operationName or _name_in(request.query)


@lru_cache(maxsize=512)
def _name_in(query: str) -> str | None:
    try:
        document = parse(query, no_location=True)
    except GraphQLError:
        return None
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            first = definition.selection_set.selections[0]
            return (
                definition.name.value if definition.name else first.name.value if isinstance(first, FieldNode) else None
            )
    return None


def target_of(scope: Scope) -> str:
    """Path and query of an ASGI request, as they were sent."""
    path: str = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
    query: str = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def target_of_environ(environ: WSGIEnvironment) -> str:
    """Path and query of a WSGI request, as they were sent."""
    raw: str | None = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw is not None:
        return raw
    query = environ.get("QUERY_STRING", "")
    return quote(environ.get("PATH_INFO", "")) + (f"?{query}" if query else "")
