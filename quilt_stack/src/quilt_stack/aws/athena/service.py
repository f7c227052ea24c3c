"""What Athena in this process works with: AWS clients, data catalogs beside Glue's, and limits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from quilt_stack.wire.gate import StillBusy

if TYPE_CHECKING:
    from quilt_stack.aws.athena.catalogs import DataCatalog

MEBIBYTE = 1024 * 1024
_WORKERS = 4


class Work(Protocol):
    """A query that a worker runs."""

    def run(self) -> None:
        """Run to the end; never raises."""

    def cancel(self) -> None:
        """Let it end soon."""


@dataclass
class Limits:
    """What one query may use.

    Attributes:
        seconds: time until it fails.
        memory_bytes: memory of the engine.
        result_bytes: size of the result in memory.
        threads: threads of the engine.
        grace_seconds: how long StartQueryExecution waits for the result. PyAthena sleeps a whole second before it asks
            again (foundations 5), so a query that is finished at the first look saves that.
    """

    seconds: float = 60.0
    memory_bytes: int = 512 * MEBIBYTE
    result_bytes: int = 256 * MEBIBYTE
    threads: int = 2
    grace_seconds: float = 0.5


@dataclass
class Service:
    """The state of Athena that is not moto's.

    Attributes:
        client: makes a boto3 client with the operator's keys, by service and region. Athena checks the caller's
            permission itself before it uses one.
        catalogs: data catalogs other than ``AwsDataCatalog``, by name.
        databases: what answers for databases of ``AwsDataCatalog`` that are not moto's, by name.
    """

    client: Callable[..., Any]
    catalogs: dict[str, DataCatalog] = field(default_factory=dict)
    databases: dict[str, DataCatalog] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_WORKERS, "athena"))
    _active: dict[Future[None], Work] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, work: Work) -> None:
        """Let a worker run a query; returns when it is done, or after ``limits.grace_seconds``."""
        with self._lock:
            future = self._pool.submit(work.run)
            self._active[future] = work
        future.add_done_callback(self._forget)
        wait([future], self.limits.grace_seconds)

    def wait_until_idle(self, limit_seconds: float) -> None:
        """Return when no query runs.

        Raises:
            StillBusy: one does not end in time.
        """
        with self._lock:
            active = list(self._active)
        if running := wait(active, limit_seconds).not_done:
            raise StillBusy(f"{len(running)} of Athena's queries did not end in {limit_seconds:g} s")

    def cancel_all(self) -> None:
        """Let every query that runs end soon."""
        with self._lock:
            active = list(self._active.values())
        for work in active:
            work.cancel()

    def close(self) -> None:
        """Cancel what runs and wait for the workers."""
        self.cancel_all()
        self._pool.shutdown(cancel_futures=True)

    def _forget(self, future: Future[None]) -> None:
        with self._lock:
            self._active.pop(future, None)


_running: Service | None = None


def start(client: Callable[..., Any], catalogs: dict[str, DataCatalog], databases: dict[str, DataCatalog]) -> Service:
    """Let queries be answered; the process's one ``Cloud`` calls this when it starts."""
    global _running
    _running = Service(client, catalogs, databases)
    return _running


def stop() -> None:
    """Let no more queries be answered; without effect if none were."""
    global _running
    if _running is not None:
        _running.close()
    _running = None


def running() -> Service:
    """The service.

    Raises:
        RuntimeError: if no ``Cloud`` runs.
    """
    if _running is None:
        raise RuntimeError("Athena was asked, but no Cloud runs in this process")
    return _running
