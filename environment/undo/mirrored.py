"""Undo logs of runs on a live catalog, mirrored into the scratch bucket: they outlive a machine that is lost.

A booking is there before the thing is made, as it is on the disk; an undo log goes when nothing in it is open.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from environment.settings import state_directory

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "undo-logs/"


@dataclass(frozen=True)
class MirroredLog:
    """An undo log in the bucket: whose it is, and its file's name there."""

    machine: str
    name: str

    @property
    def key(self) -> str:
        """The object's key."""
        return f"{PREFIX}{self.machine}/{self.name}"


class Mirror:
    """The undo logs in one scratch bucket. `machine` is this machine's state directory, unless it is another one's.

    Methods raise botocore's exceptions if S3 refuses or does not answer.
    """

    def __init__(self, s3: S3Client, bucket: str, machine: str | None = None) -> None:
        self._s3 = s3
        self._bucket = bucket
        place = f"{socket.gethostname()}:{state_directory()}"
        self._machine = machine or sha256(place.encode()).hexdigest()[:12]

    def keep(self, path: Path) -> None:
        """Make the copy of this machine's undo log what the file is: the same, or not there."""
        log = MirroredLog(self._machine, path.name)
        if path.exists():
            self.put(log, path.read_bytes())
        else:
            self.remove(log)

    def logs(self) -> list[MirroredLog]:
        """All that are there, of all machines."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=PREFIX)
        parts = [item["Key"].removeprefix(PREFIX).split("/") for page in pages for item in page.get("Contents", [])]
        return [MirroredLog(*part) for part in parts if len(part) == 2]

    def of_others(self, directory: Path, before: Collection[str], *, dry_run: bool) -> list[MirroredLog]:
        """Those that this machine's directory of undo logs has nothing to say about.

        What it had `before` a clean-up and has no more is undone, and so is what is this machine's and not there:
        unless it is a dry run, their copies go.
        """
        others = []
        for log in self.logs():
            if (directory / log.name).exists():
                continue
            if log.machine != self._machine and log.name not in before:
                others.append(log)
            elif not dry_run:
                self.remove(log)
        return others

    def get(self, log: MirroredLog) -> bytes | None:
        """What an undo log says; None if it is gone, since others clean up, too."""
        try:
            return self._s3.get_object(Bucket=self._bucket, Key=log.key)["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return None

    def put(self, log: MirroredLog, content: bytes) -> None:
        """Keep this of an undo log."""
        self._s3.put_object(Bucket=self._bucket, Key=log.key, Body=content)

    def remove(self, log: MirroredLog) -> None:
        """Keep an undo log no longer."""
        self._s3.delete_object(Bucket=self._bucket, Key=log.key)
