"""Earlier revisions of a package, many at once, as years of nightly publications leave them."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from environment.observers.storage import MANIFESTS, POINTERS, StorageObserver

# Pointers are named after the second in which they were written; these are long past (registry facts 7.1).
_FIRST_SECOND = 1_500_000_000
_AT_ONCE = 8


class RevisionArranger:
    """Puts earlier revisions of packages into S3, as the operator: a manifest and a pointer each."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def add_earlier(self, bucket: str, name: str, number: int) -> None:
        """Give a package so many earlier revisions: the latest with an edition in its metadata, and its message."""
        from quilt3 import Package  # when imported, it decides by the environment whether it sends telemetry

        stored = StorageObserver(self._s3)
        manifest = stored.content(bucket, f"{MANIFESTS}{stored.latest_top_hash(bucket, name)}")

        def add(edition: int) -> None:
            package = Package.load(io.BytesIO(manifest))
            package.set_meta({"edition": edition})
            text = io.StringIO()
            package.dump(text)
            self._s3.put_object(Bucket=bucket, Key=f"{MANIFESTS}{package.top_hash}", Body=text.getvalue().encode())
            key = f"{POINTERS}{name}/{_FIRST_SECOND + edition}"
            self._s3.put_object(Bucket=bucket, Key=key, Body=package.top_hash.encode())

        with ThreadPoolExecutor(_AT_ONCE) as threads:
            list(threads.map(add, range(number)))
