"""Packages put into a registry through its GraphQL, as the administrator."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from environment.clients.mutations import RESULT, must_be_done
from environment.clients.registry import RegistryClient
from environment.waiting import wait_until

_CONSTRUCT = f"""
mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {{
  packageConstruct(params: $params, src: $src) {{ {RESULT} ... on PackagePushSuccess {{ revision {{ hash }} }} }}
}}
"""


@dataclass(frozen=True)
class Entry:
    """A file of a package to be; with ``hash_value`` (type sha2-256-chunked) and size the registry need not read it."""

    logical_key: str
    physical_key: str
    size: int | None = None
    hash_value: str | None = None
    metadata: dict[str, Any] | None = None


class PackageArranger:
    """Makes packages in one registry."""

    def __init__(self, registry: RegistryClient) -> None:
        self._registry = registry
        self._last: dict[str, int] = {}

    def construct(
        self,
        bucket: str,
        name: str,
        entries: Iterable[Entry],
        metadata: dict[str, Any] | None = None,
        message: str | None = None,
    ) -> str:
        """Make a revision the latest of its package; return its top hash.

        Unless a message is given, it names the package: packages of the same files, metadata and message share one
        manifest (registry facts 7.1), and the one that is made last decides where the files of all of them lie.
        Two revisions of a package within one second would share their timestamp pointer (registry facts 7.1), so the
        second one waits for the next second.

        Raises:
            SuiteError: if the registry refuses; it says why.
        """
        last = self._last.get(name, 0)
        wait_until(lambda: int(time.time()) > last, limit_seconds=2, what="the next second")
        answer = self._registry.ask(
            _CONSTRUCT,
            params={
                "bucket": bucket,
                "name": name,
                "message": message or f"Arranged as {name}",
                "userMeta": metadata,
                "workflow": None,
            },
            src={"entries": [_input(entry) for entry in entries]},
        )["packageConstruct"]
        self._last[name] = int(time.time())
        done = must_be_done(f"Arranged the package {name} in {bucket}", answer, "PackagePushSuccess")
        return str(done["revision"]["hash"])


def _input(entry: Entry) -> dict[str, Any]:
    given = {"logicalKey": entry.logical_key, "physicalKey": entry.physical_key}
    hashed = None if entry.hash_value is None else {"type": "sha2-256-chunked", "value": entry.hash_value}
    optional = {"size": entry.size, "hash": hashed, "meta": entry.metadata}
    return {**given, **{name: value for name, value in optional.items() if value is not None}}
