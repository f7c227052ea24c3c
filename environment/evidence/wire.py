"""A record of the HTTP requests of this process, without patching anything.

Python announces what ``http.client`` connects to and sends as audit events (``http.client.connect`` and
``http.client.send``, Python's table of audit events); the bytes are those before encryption. urllib3, on which
requests, botocore and gql's requests transport are built, logs each answer's status at DEBUG level. Within one thread,
an answer belongs to the request that was sent last and has none.

Limits: clients that use neither (httpx, aiohttp) are not seen; quilt-mcp 0.22 uses none in its operations. Of a plain
``http.client`` or ``urllib.request`` the request is seen, the answer is not. The body of an answer is not seen.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPS_PORT, HTTPConnection
from weakref import WeakKeyDictionary

import pytest

from environment.evidence.exchange import EXCERPT_BYTES, Exchange, thread_name
from environment.product.calling import Sender, current_sender
from environment.product.credential import Credential
from quilt_stack.patches import Patch

_ANSWERS = "urllib3.connectionpool"
_ANSWER_ARGUMENTS = 8
_ANSWER_TEXT = re.compile(r'HTTP/\S+" (\d{3}) (\S+)$')
_REQUEST_LINE = re.compile(rb"([A-Z]{3,10}) (\S+) HTTP/1\.[01]\r\n")
_HEADERS = {
    "host": re.compile(rb"\r\nhost: *([^\r\n]+)", re.IGNORECASE),
    "target": re.compile(rb"\r\nx-amz-target: *([^\r\n]+)", re.IGNORECASE),
    "service": re.compile(
        rb"\r\nauthorization: *AWS4-HMAC-SHA256 Credential=[^/\r\n]*/\d{8}/[^/]*/([a-z0-9-]+)/", re.I
    ),
    "copy": re.compile(rb"\r\nx-amz-copy-source: *([^\r\n]+)", re.IGNORECASE),
}
_PRESENTED = re.compile(
    rb"\r\n(?:(?P<aws>authorization: *AWS4|x-amz-security-token:)|(?:proxy-)?authorization:|cookie:)", re.IGNORECASE
)
PATCH = Patch(
    __name__,
    "urllib3",
    reason="An answer's status and length are read from the message that urllib3 logs.",
    bodies={
        "urllib3.connectionpool:HTTPConnectionPool.urlopen": "a30a30bcaf17",
        "urllib3.connectionpool:HTTPConnectionPool._make_request": "c1f32ddd44bb",
    },
    fence="tests/environment/evidence/test_wire.py::test_requests",
    until="Python announces answers as audit events",
)


class Recorder:
    """The exchanges seen while recording, in the order in which the requests were sent."""

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []
        self._lock = threading.Lock()
        self._unanswered = threading.local()
        self._connected: WeakKeyDictionary[HTTPConnection, float] = WeakKeyDictionary()
        self.errors: list[Exception] = []
        """what went wrong in recording itself: an audit hook must not raise into the product's request"""

    def __len__(self) -> int:
        """How many exchanges were seen so far: a position for `since`."""
        return len(self._exchanges)

    def since(self, position: int) -> list[Exchange]:
        """The exchanges seen from a position on."""
        with self._lock:
            return self._exchanges[position:]

    def clear(self) -> None:
        """Forget what was seen."""
        with self._lock:
            self._exchanges.clear()

    def connected(self, connection: HTTPConnection) -> None:
        """A connection is being opened: what was sent on it before will have no answer."""
        self._pending().pop(id(connection), None)
        self._connected[connection] = time.perf_counter()

    def sent(self, connection: HTTPConnection, data: object) -> None:
        """Bytes are about to be sent: the head of a request, or more of its body."""
        piece = data if isinstance(data, bytes) else _as_bytes(data)
        pending = self._pending()
        exchange = pending.get(id(connection))
        if exchange is None:
            begun = self._begin(connection, piece)
            if begun is None:
                return
            exchange, piece = begun
            pending[id(connection)] = exchange
            with self._lock:
                self._exchanges.append(exchange)
        exchange.request_bytes += len(piece)
        room = EXCERPT_BYTES - len(exchange.body)
        if room > 0:
            exchange.body += piece[:room]

    def answered(self, status: int, length: int | None) -> None:
        """The head of an answer has arrived in this thread."""
        pending = self._pending()
        if not pending:
            return
        _, exchange = pending.popitem()
        exchange.status = status
        exchange.seconds = time.perf_counter() - exchange.began
        exchange.response_bytes = length

    def _pending(self) -> dict[int, Exchange]:
        """The requests without an answer of this thread, by the identity of their connection."""
        pending: dict[int, Exchange] | None = getattr(self._unanswered, "by_connection", None)
        if pending is None:
            pending = self._unanswered.by_connection = {}
        return pending

    def _begin(self, connection: HTTPConnection, data: bytes) -> tuple[Exchange, bytes] | None:
        """A new exchange and the part of ``data`` that is body; None if ``data`` is not the head of a request."""
        line = _REQUEST_LINE.match(data)
        if line is None:
            return None
        head, _, body = data.partition(b"\r\n\r\n")
        now = time.perf_counter()
        host = _header(head, "host")
        exchange = Exchange(
            method=line[1].decode("ascii"),
            scheme="https" if connection.default_port == HTTPS_PORT else "http",
            authority=host or f"{connection.host}:{connection.port}",
            target=line[2].decode("latin-1"),
            aws_target=_header(head, "target"),
            aws_service=_header(head, "service"),
            copy_source=_header(head, "copy") is not None,
            credential=_credential(head),
            sender=current_sender(),
            thread=thread_name(),
            local_port=_local_port(connection),
            started=time.time(),
            # the first request on a connection includes opening it
            began=self._connected.pop(connection, now),
            request_bytes=len(data) - len(body),
        )
        return exchange, body


def _header(head: bytes, name: str) -> str | None:
    match = _HEADERS[name].search(head)
    return None if match is None else match[1].decode("latin-1")


def _credential(head: bytes) -> Credential | None:
    presented = _PRESENTED.search(head)
    if presented is None:
        return None
    return Credential.SIGNATURE if presented["aws"] else Credential.TOKEN


def _local_port(connection: HTTPConnection) -> int | None:
    try:
        return int(connection.sock.getsockname()[1])
    except (OSError, AttributeError, IndexError):
        return None  # the connection has just been closed under us, or is a Unix socket: the request will tell


def _as_bytes(data: object) -> bytes:
    """``http.client`` also sends buffers, and iterables of bytes, which cannot be looked at without consuming them."""
    return bytes(data) if isinstance(data, bytearray | memoryview) else b""


RECORDER = pytest.StashKey[Recorder]()
"""In ``config.stash`` while the session runs."""

_recorder: Recorder | None = None
_hook_installed = False


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    recorder = _recorder
    if recorder is None or event not in _EVENTS:
        return
    try:
        if current_sender() is not Sender.EVIDENCE:
            _EVENTS[event](recorder, arguments)
    except Exception as error:  # noqa: BLE001  # kept and reported: raising here would fail the product's request
        recorder.errors.append(error)


def _on_connect(recorder: Recorder, arguments: tuple[object, ...]) -> None:
    connection = arguments[0]
    if isinstance(connection, HTTPConnection):
        recorder.connected(connection)


def _on_send(recorder: Recorder, arguments: tuple[object, ...]) -> None:
    connection, data = arguments
    if isinstance(connection, HTTPConnection):
        recorder.sent(connection, data)


_EVENTS = {
    "http.client.connect": _on_connect,
    "http.client.send": _on_send,
}


class _AnswerFilter(logging.Filter):
    """Takes the status out of urllib3's DEBUG records and keeps them from going any further."""

    def __init__(self, recorder: Recorder, level: int) -> None:
        super().__init__()
        self._recorder = recorder
        self._level = level

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record would have been emitted had nobody been recording."""
        answer = _answer(record) if record.levelno == logging.DEBUG else None
        if answer is not None and current_sender() is not Sender.EVIDENCE:
            self._recorder.answered(*answer)
        return record.levelno >= self._level


def _answer(record: logging.LogRecord) -> tuple[int, int | None] | None:
    """Status and announced length, from the record's arguments or, where redaction has rendered it, from its text."""
    arguments = record.args
    if isinstance(arguments, tuple) and len(arguments) == _ANSWER_ARGUMENTS and isinstance(arguments[6], int):
        length = arguments[7]
        return arguments[6], length if isinstance(length, int) else None
    text = _ANSWER_TEXT.search(str(record.msg))
    if text is None:
        return None
    return int(text[1]), int(text[2]) if text[2].isdigit() else None


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record what this process sends while the block runs. Raises RuntimeError if something records already."""
    global _recorder, _hook_installed
    if _recorder is not None:
        raise RuntimeError("this process is being recorded already")
    if not _hook_installed:
        # An audit hook cannot be removed: when nothing records it returns at once.
        sys.addaudithook(_audit)
        _hook_installed = True
    logger = logging.getLogger(_ANSWERS)
    recorder = Recorder()
    answers = _AnswerFilter(recorder, logger.getEffectiveLevel())
    level = logger.level
    logger.addFilter(answers)
    logger.setLevel(logging.DEBUG)
    _recorder = recorder
    try:
        yield recorder
    finally:
        _recorder = None
        logger.setLevel(level)
        logger.removeFilter(answers)
