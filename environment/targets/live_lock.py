"""One run at a time judges the product on a live catalog: its scenarios change what all others see.

The lock is an object in the scratch bucket, written on the condition that nobody else wrote it since. Machines that
run parts of one run share it: each is a member of its own. A member renews its time as long as it lives, so that the
hold of one whose machine was lost ends by itself.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from environment.errors import SuiteError
from environment.settings import state_directory

KEY = "locks/live-run.json"
LEASE_SECONDS = 600.0
_RENEWED_AFTER = 60.0
_OTHER_THAN_EXPECTED = {"PreconditionFailed", "ConditionalRequestConflict"}
# Each attempt that fails is one of another member that succeeded.
_ATTEMPTS = 50
Members = dict[str, float]
"""Until when each holds the lock, in seconds since 1970."""


class LiveLock:
    """A member's hold on the lock.

    ``owner`` is whose run it is: of the machines that have the same, or of this machine and state directory, whose runs
    exclude each other by themselves.
    """

    def __init__(self, s3: Any, bucket: str, owner: str | None = None) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._owner = owner or f"{socket.gethostname()}:{state_directory()}"
        self._member = uuid.uuid4().hex
        self._ended = threading.Event()
        self._renewal = threading.Thread(target=self._renew, name="live-lock", daemon=True)

    def take(self) -> None:
        """Take the lock and keep it until it is released.

        Raises:
            SuiteError: if another run has it.
        """
        self._change(self._joined)
        self._renewal.start()

    def release(self) -> None:
        """Let others take it, unless other members hold it still."""
        self._ended.set()
        self._renewal.join()  # one that is under way would join again
        self._change(self._left)

    def is_held(self) -> bool:
        """Whether any member of any run holds it."""
        return any(until > time.time() for until in self._read()[1].values())

    def _joined(self, owner: str, members: Members) -> Members:
        now = time.time()
        living = {member: until for member, until in members.items() if until > now}
        if living and owner != self._owner:
            raise self._taken(owner.partition(":")[0])
        return {**living, self._member: now + LEASE_SECONDS}

    def _left(self, owner: str, members: Members) -> Members | None:
        """What is left without this member; None if another run has taken the lock meanwhile."""
        if owner != self._owner:
            return None
        return {member: until for member, until in members.items() if member != self._member}

    def _change(self, change: Callable[[str, Members], Members | None]) -> None:
        """Write what `change` makes of owner and members, unless that is None; again if somebody else wrote between.

        Raises:
            SuiteError: if `change` does, or others write all the time.
        """
        for _ in range(_ATTEMPTS):
            owner, members, condition = self._read()
            changed = change(owner, members)
            if changed is None:
                return
            body = json.dumps({"owner": self._owner, "members": changed})
            try:
                self._s3.put_object(Bucket=self._bucket, Key=KEY, Body=body.encode(), **condition)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _OTHER_THAN_EXPECTED:
                    raise
            else:
                return
        raise self._taken("another machine")

    def _read(self) -> tuple[str, Members, dict[str, str]]:
        """Owner and members, and the condition on which they are still the same."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=KEY)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return self._owner, {}, {"IfNoneMatch": "*"}
        lock = json.loads(found["Body"].read())
        return lock["owner"], lock["members"], {"IfMatch": found["ETag"]}

    def _taken(self, who: str) -> SuiteError:
        return SuiteError(
            "Began a run on the live catalog",
            f"{who} runs there at this moment",
            f"Wait until it has ended; a lost run's lock ends {LEASE_SECONDS / 60:.0f} minutes after it"
            f" (s3://{self._bucket}/{KEY})",
        )

    def _renew(self) -> None:
        while not self._ended.wait(_RENEWED_AFTER):
            self._change(self._joined)
