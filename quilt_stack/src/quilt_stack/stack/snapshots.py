"""The state of a whole deployment in one file, and a file's state in its place.

In a snapshot: what AWS, the registry and its search index hold, mails, conditions, codes of the identity provider, and
how far the clock is ahead. Not in it: fault rules, the journal and the delay of the index, which belong to whoever
drives the deployment, and its ports and keys: a restored deployment keeps its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quilt_stack.aws import moto_snapshot
from quilt_stack.aws.athena import service as athena
from quilt_stack.registry.conditions import Conditions
from quilt_stack.registry.database_rows import Rows, all_rows, replace_rows
from quilt_stack.registry.search.documents import Document
from quilt_stack.registry.search.index import IndexState
from quilt_stack.registry.search.mapping import OBJECTS, PACKAGES
from quilt_stack.snapshot import archive, graph
from quilt_stack.snapshot.description import NAME, Snapshot
from quilt_stack.snapshot.errors import DamagedError, NotHeldError, SnapshotError
from quilt_stack.wire.gate import Gate, StillBusy

if TYPE_CHECKING:
    from quilt_stack.registry.mailbox import Mail
    from quilt_stack.registry.services import Services

_REST_LIMIT_SECONDS = 20.0


@dataclass(frozen=True)
class State:
    """All that a deployment holds; ``clock_ahead`` is in seconds, ``moto`` as `moto_snapshot.held` gives it."""

    moto: dict[str, Any]
    rows: Rows
    index: IndexState
    mails: list[Mail]
    conditions: Conditions
    sso_claims: dict[tuple[str, str], dict[str, Any]]
    clock_ahead: float


_PARTS = {
    "moto": dict,
    "rows": dict,
    "index": IndexState,
    "mails": list,
    "conditions": Conditions,
    "sso_claims": dict,
    "clock_ahead": float,
}


@dataclass(frozen=True)
class Snapshots:
    """Takes and restores snapshots of one deployment; ``directory`` holds those that have names."""

    services: Services
    gate: Gate
    directory: Path
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str) -> Snapshot:
        """Save the state by a name; a snapshot that has it already is replaced.

        Raises:
            SnapshotError: the name is none, the file cannot be written, or something cannot be saved.
        """
        path = self._path(name)
        try:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SnapshotError(f"{self.directory} cannot be made: {(error.strerror or str(error)).lower()}") from error
        return self.save(path)

    def restore(self, name: str) -> Snapshot:
        """Put the state of a name in the place of the present one.

        Raises:
            SnapshotError: nobody has it, or what `load` raises.
        """
        path = self._path(name)
        if not path.exists():
            there = ", ".join(each.name for each in self.all()) or "none"
            raise SnapshotError(f"there is no snapshot {name!r}; there are: {there}")
        return self.load(path)

    def all(self) -> list[Snapshot]:
        """Those that have names and can be restored, by name."""
        found = []
        for path in sorted(self.directory.glob(f"*{archive.SUFFIX}")):
            try:
                found.append(_described(path, archive.read_title(path)))
            except SnapshotError:
                continue  # of other versions: for whoever goes back to them
        return found

    def remove(self, name: str) -> None:
        """Delete the snapshot of a name.

        Raises:
            SnapshotError: nobody has it.
        """
        try:
            self._path(name).unlink()
        except OSError as error:
            raise SnapshotError(f"the snapshot {name!r} cannot be deleted: {(error.strerror or '').lower()}") from error

    def save(self, path: Path) -> Snapshot:
        """Save the state to a file.

        Raises:
            SnapshotError: the file cannot be written, something cannot be saved, or requests do not end.
        """
        settings = self.services.settings
        title = archive.Title(
            format=archive.FORMAT,
            versions=archive.versions(),
            made_at=datetime.now(UTC),
            account_id=settings.account_id,
            region=settings.region,
            stack_prefix=settings.stack_prefix,
        )
        language = self._language(moto_snapshot.known(self.services.cloud.client))
        try:
            with self._at_rest():
                written = graph.write(self._state(), language)
            archive.save(path, title, written)
        except NotHeldError as error:
            raise SnapshotError(f"the state holds what a snapshot cannot: {error}") from error
        except OSError as error:
            raise SnapshotError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from error
        return _described(path, title)

    def save_last(self, path: Path) -> None:
        """Save the state of a deployment that goes down: queries that still run are cancelled.

        Raises:
            SnapshotError: as `save` does.
        """
        athena.running().cancel_all()
        self.save(path)

    def load(self, path: Path) -> Snapshot:
        """Put the state of a file in the place of the present one. Whatever is raised, the present one stays.

        Raises:
            SnapshotError: the file cannot be read, is damaged, of another version, or of a stack with other names.
        """
        opened = archive.read(path)
        self._check_names(path, opened.title)
        language = self._language(moto_snapshot.known(self.services.cloud.client, opened.graph.nodes))
        try:
            state = graph.read(opened.graph, language)
            _check_whole(state)
            self._replace(state)
        except DamagedError as error:
            raise SnapshotError(f"{path} cannot be restored: {error}") from error
        return _described(path, opened.title)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise SnapshotError(f"{name!r} is no name for a snapshot: letters, digits, _ and -, at most 64 of them")
        return self.directory / f"{name}{archive.SUFFIX}"

    def _state(self) -> State:
        services = self.services
        with services.database.reading() as session:
            rows = all_rows(session)
        return State(
            moto=moto_snapshot.held(),
            rows=rows,
            index=services.search.held(),
            mails=services.mailbox.mails(),
            conditions=services.conditions.current,
            sso_claims=services.identity_provider.held(),
            clock_ahead=services.clock.ahead(),
        )

    def _replace(self, state: State) -> None:
        services = self.services
        moto_snapshot.check(state.moto)
        with self._at_rest():
            with services.database.transaction() as session:
                replace_rows(session, state.rows)
            # Nothing below fails: what it is made of has been looked at.
            moto_snapshot.replace(state.moto)
            services.cloud.keep_operator()
            services.search.replace(state.index)
            services.mailbox.replace(state.mails)
            services.conditions.replace(state.conditions)
            services.identity_provider.replace(state.sso_claims)
            services.clock.set_ahead(state.clock_ahead)

    def _check_names(self, path: Path, title: archive.Title) -> None:
        settings = self.services.settings
        for name in ("account_id", "region", "stack_prefix"):
            theirs, ours = getattr(title, name), getattr(settings, name)
            if theirs != ours:
                raise SnapshotError(
                    f"{path} is of a stack with {name} {theirs!r}, and this one has {ours!r}: start one with that"
                )

    def _language(self, known: dict[str, object]) -> graph.Language:
        document = f"{Document.__module__}:{Document.__qualname__}"
        forms = {**moto_snapshot.forms(), document: graph.Form(_plain_document, _document_with_words)}
        return graph.Language({**known, "objects": OBJECTS, "packages": PACKAGES}, forms)

    @contextmanager
    def _at_rest(self) -> Iterator[None]:
        """Let no request begin, from the outside in: what is in progress may still ask what lies further in."""
        deadline = time.monotonic() + _REST_LIMIT_SECONDS

        def left() -> float:
            return max(deadline - time.monotonic(), 0.0)

        try:
            with (
                self._one_at_a_time,
                self.gate.closed(left()),
                self.services.search.at_rest(left()),
                moto_snapshot.at_rest(left()),
            ):
                yield
        except StillBusy as busy:
            raise SnapshotError(f"the stack is still busy: {busy}; try again") from busy


def _check_whole(state: object) -> None:
    """Look whether a state has all its parts: what is made bare may lack some.

    Raises:
        DamagedError: it has not.
    """
    parts = vars(state) if isinstance(state, State) else {}
    for part, kind in _PARTS.items():
        if not isinstance(parts.get(part), kind):
            raise DamagedError(f"a state without {part}")


def _described(path: Path, title: archive.Title) -> Snapshot:
    return Snapshot(
        name=path.name.removesuffix(archive.SUFFIX),
        file=path,
        made_at=title.made_at,
        size_bytes=path.stat().st_size,
    )


def _plain_document(document: Document) -> dict[str, Any]:
    return {name: value for name, value in document.__dict__.items() if name not in ("_words", "_parts")}


def _document_with_words(attributes: dict[str, Any]) -> dict[str, Any]:
    return {**attributes, "_words": {}, "_parts": {}}
