"""One machine at a time judges the product on a live catalog: exclusive scenarios change what all others see.

The lock is an object in the scratch bucket, written on the condition that there is none. It is renewed as long as its
run lives, so that one whose machine was lost ends by itself.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

from botocore.exceptions import ClientError

from environment.errors import SuiteError
from environment.settings import state_directory

KEY = "locks/live-run.json"
LEASE_SECONDS = 600.0
_RENEWED_AFTER = 60.0
_OTHER_THAN_EXPECTED = {"PreconditionFailed", "ConditionalRequestConflict"}


class LiveLock:
    """The lock of this machine and state directory, whose runs exclude each other by themselves."""

    def __init__(self, s3: Any, bucket: str, owner: str | None = None) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._owner = owner or f"{socket.gethostname()}:{state_directory()}"
        self._ended = threading.Event()

    def take(self) -> None:
        """Take the lock and keep it until it is released.

        Raises:
            SuiteError: if another machine has it.
        """
        try:
            self._write(IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] not in _OTHER_THAN_EXPECTED:
                raise
            self._take_over()
        threading.Thread(target=self._renew, name="live-lock", daemon=True).start()

    def release(self) -> None:
        """Let others take it."""
        self._ended.set()
        self._s3.delete_object(Bucket=self._bucket, Key=KEY)

    def _take_over(self) -> None:
        found = self._s3.get_object(Bucket=self._bucket, Key=KEY)
        lock = json.loads(found["Body"].read())
        if lock["owner"] != self._owner and lock["until"] > time.time():
            raise self._taken(lock["owner"].partition(":")[0])
        try:
            self._write(IfMatch=found["ETag"])
        except ClientError as error:
            if error.response["Error"]["Code"] not in _OTHER_THAN_EXPECTED:
                raise
            raise self._taken("another machine") from error

    def _taken(self, who: str) -> SuiteError:
        return SuiteError(
            "Began a run on the live catalog",
            f"{who} runs there at this moment",
            f"Wait until it has ended; a lost run's lock ends {LEASE_SECONDS / 60:.0f} minutes after it"
            f" (s3://{self._bucket}/{KEY})",
        )

    def _renew(self) -> None:
        while not self._ended.wait(_RENEWED_AFTER):
            self._write()

    def _write(self, **condition: str) -> None:
        body = json.dumps({"owner": self._owner, "until": time.time() + LEASE_SECONDS})
        self._s3.put_object(Bucket=self._bucket, Key=KEY, Body=body.encode(), **condition)
