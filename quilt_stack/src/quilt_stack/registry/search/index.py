"""The search index: fed from S3 through a queue, so that it lags behind as a real one does (registry facts 8.3).

Decision: every bucket is indexed as it changes, registered or not; who may see what is decided when somebody
searches. The delay is counted in real time, from the event to the moment its documents can be found (open: registry
facts 8.3).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quilt_stack.registry.search.documents import PACKAGE_INDEX_SUFFIX, Document, package_index
from quilt_stack.registry.search.indexer import Change, Indexer
from quilt_stack.wire.gate import StillBusy

if TYPE_CHECKING:
    from quilt_stack.aws.cloud import Cloud, ObjectEvent
    from quilt_stack.clock import Clock
    from quilt_stack.registry.packages.store import PackageStore

_log = logging.getLogger(__name__)


class AlreadyRebuilding(Exception):  # noqa: N818 - a state, and no defect
    """A bucket's documents are being built anew."""


@dataclass(frozen=True)
class _Waiting:
    event: ObjectEvent
    arrived: float


@dataclass(frozen=True)
class IndexState:
    """What the index holds: documents by index, and events that it has not worked on."""

    documents: dict[str, list[Document]]
    waiting: list[ObjectEvent]


class SearchIndex:
    """Documents by index and id, kept up by a thread of its own; safe for use from many threads.

    Args:
        cloud: where events come from and objects are read.
        packages: reads pointers and manifests.
        clock: the deployment's clock; the delay does not follow it, because steps wait for it in real time.
        delay_seconds: time from an event to its documents.
    """

    def __init__(self, cloud: Cloud, packages: PackageStore, clock: Clock, delay_seconds: float) -> None:
        self._clock = clock
        self._indexer = Indexer(cloud, packages)
        self._delay = delay_seconds
        self._documents: dict[str, dict[str, Document]] = {}
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._working = threading.Lock()
        self._rebuilt: set[str] = set()
        self._busy = False
        self._stopping = False
        self._worker: threading.Thread | None = None

    def start(self) -> None:
        """Start to handle events; those that came before are handled too."""
        self._stopping = False
        self._worker = threading.Thread(target=self._run, name="search-index", daemon=True)
        self._worker.start()

    def stop(self) -> None:
        """Stop after the event at hand; what waits is kept."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._worker is not None:
            self._worker.join()
            self._worker = None

    @property
    def delay_seconds(self) -> float:
        """Time from an event to its documents."""
        with self._changed:
            return self._delay

    def set_delay(self, seconds: float) -> None:
        """Change the delay, also for what waits already.

        Raises:
            ValueError: the delay is negative.
        """
        if seconds < 0:
            raise ValueError(f"The delay must not be negative: {seconds} s.")
        with self._changed:
            self._delay = seconds
            self._changed.notify_all()

    def enqueue(self, event: ObjectEvent) -> None:
        """Take an event; returns at once."""
        with self._changed:
            self._waiting.append(_Waiting(event, time.monotonic()))
            self._changed.notify_all()

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until every event that came so far is handled; False if that takes longer than ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, timeout)

    def documents(self, index: str) -> Sequence[Document]:
        """The documents of an index now, in the order in which they came; empty for an unknown index."""
        with self._changed:
            return list(self._documents.get(index, {}).values())

    def document(self, index: str, identifier: str) -> Document | None:
        """One document; None if it is not there."""
        with self._changed:
            return self._documents.get(index, {}).get(identifier)

    def reindex(self, bucket: str) -> int:
        """Build a bucket's documents anew from what is in S3; returns how many there are.

        Raises:
            AlreadyRebuilding: that is being done for the bucket.
            ClientError: S3 did not answer; the index stays as it was.
        """
        with self._changed:
            if bucket in self._rebuilt:
                raise AlreadyRebuilding(f"Indexing of {bucket} is in progress")
            self._rebuilt.add(bucket)
        try:
            return self._rebuild(bucket)
        finally:
            with self._changed:
                self._rebuilt.discard(bucket)

    def is_being_rebuilt(self, bucket: str) -> bool:
        """Whether a bucket's documents are being built anew at this moment."""
        with self._changed:
            return bucket in self._rebuilt

    @contextmanager
    def at_rest(self, limit_seconds: float) -> Iterator[None]:
        """Work on no event for the length of the block; those that come are kept.

        Raises:
            StillBusy: the event at hand, or building a bucket's documents anew, did not end in time.
        """
        if not self._working.acquire(timeout=limit_seconds):
            raise StillBusy(f"the search index was still at work after {limit_seconds:g} s")
        try:
            yield
        finally:
            self._working.release()

    def held(self) -> IndexState:
        """What it holds; to be asked for while it is `at_rest`."""
        with self._changed:
            documents = {index: list(known.values()) for index, known in self._documents.items()}
            return IndexState(documents, [waiting.event for waiting in self._waiting])

    def replace(self, state: IndexState) -> None:
        """Hold this instead; to be called while it is `at_rest`. The delay of what waits begins anew."""
        with self._changed:
            self._documents = {
                index: {document.id: document for document in documents} for index, documents in state.documents.items()
            }
            now = time.monotonic()
            self._waiting = deque(_Waiting(event, now) for event in state.waiting)
            self._changed.notify_all()

    def _rebuild(self, bucket: str) -> int:
        with self._working:
            fresh: dict[str, dict[str, Document]] = {}
            for change in self._indexer.bucket_changes(bucket):
                _apply(fresh, change)
            keys = {str(document.source["key"]) for document in fresh.get(bucket, {}).values()}
            for change in self._indexer.package_changes(bucket, sorted(keys)):
                _apply(fresh, change)
            with self._changed:
                for index in (bucket, package_index(bucket)):
                    self._documents[index] = fresh.get(index, {})
                return sum(len(documents) for documents in fresh.values())

    def _run(self) -> None:
        while (waiting := self._next()) is not None:
            try:
                with self._working:
                    changes = list(self._indexer.changes(waiting.event))
                    with self._changed:
                        for change in changes:
                            _apply(self._documents, change)
            except Exception:  # noqa: BLE001 one event that cannot be handled must not end the indexing of all others
                _log.exception("Could not index s3://%s/%s.", waiting.event.bucket, waiting.event.key)
            finally:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()

    def _next(self) -> _Waiting | None:
        """The next event that is due; None when stopping."""
        with self._changed:
            while not self._stopping:
                pause = None
                if self._waiting:
                    pause = self._waiting[0].arrived + self._delay - time.monotonic()
                    if pause <= 0:
                        self._busy = True
                        return self._waiting.popleft()
                self._changed.wait(pause)
            return None


def bucket_of(index: str) -> str:
    """The bucket to which an index belongs."""
    return index.removesuffix(PACKAGE_INDEX_SUFFIX)


def _apply(documents: dict[str, dict[str, Document]], change: Change) -> None:
    for index, identifier in change.removed:
        documents.get(index, {}).pop(identifier, None)
    for index, parent in change.orphaned:
        known = documents.get(index, {})
        entries = [each for each, found in known.items() if found.parent == parent and "entry_lk" in found.source]
        for identifier in entries:
            del known[identifier]
    for document in change.added:
        documents.setdefault(document.index, {})[document.id] = document
    for index, identifier in change.packaged:
        found = documents.get(index, {}).get(identifier)
        if found is not None:
            packaged = replace(found, source={**found.source, "was_packaged": True}, _words={})
            documents[index][identifier] = packaged
