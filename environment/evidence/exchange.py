"""One request and its answer, as seen on the wire."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property

from environment.evidence.operations import operation_name
from environment.product.calling import Sender
from environment.product.credential import Credential

EXCERPT_BYTES = 4096
"""How much of a request's body is kept."""


@dataclass
class Exchange:
    """One request and its answer. Nothing here is redacted: that happens where it leaves the process.

    ``started`` is epoch seconds (what the deployment's journal is asked with), ``began`` a `time.perf_counter` reading.
    ``seconds`` runs until the head of the answer has arrived; it, ``status`` and ``response_bytes`` (the announced
    length) are None while, or if, no answer came. ``request_bytes`` counts head and body.
    """

    method: str
    scheme: str
    authority: str
    target: str
    aws_target: str | None
    """the ``x-amz-target`` header"""
    aws_service: str | None
    """the service in the scope of a Signature Version 4"""
    copy_source: bool
    sender: Sender
    thread: str
    local_port: int | None
    started: float
    began: float
    credential: Credential | None = None
    """what its head presents"""
    request_bytes: int = 0
    body: bytearray = field(default_factory=bytearray, repr=False)
    status: int | None = None
    seconds: float | None = None
    response_bytes: int | None = None

    @property
    def url(self) -> str:
        """The whole URL."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @cached_property
    def operation(self) -> str | None:
        """The GraphQL or AWS operation, as far as it can be told from the request. Read it once the request is sent."""
        return operation_name(self)

    @property
    def failed(self) -> bool:
        """Whether it had no answer or one of 400 and above."""
        return self.status is None or self.status >= 400

    @property
    def may_hide_failure(self) -> bool:
        """Whether it failed, or its answer may hold errors all the same, as GraphQL's do under status 200."""
        return self.failed or self.target.partition("?")[0].endswith("/graphql")

    @property
    def interval(self) -> tuple[float, float] | None:
        """Beginning and end as `time.perf_counter` readings, None without an answer."""
        return None if self.seconds is None else (self.began, self.began + self.seconds)


def thread_name() -> str:
    """The name of this thread, empty for the main thread."""
    thread = threading.current_thread()
    return "" if thread is threading.main_thread() else thread.name
