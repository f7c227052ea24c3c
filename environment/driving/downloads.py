"""Downloading: links that people keep, and files that they fetch through links of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from environment.clients.downloads import DownloadRefused, fetch
from environment.driving.packages import Package
from environment.driving.session import Session
from environment.driving.work import link
from environment.errors import SuiteError
from environment.product.outcome import Outcome, keep_answer, keep_refusal

DOWNLOAD = "download"
"""As what files that somebody fetched are kept, and refusals of S3."""
Received = dict[str, str]
"""SHA-256 (hex) of what somebody got, by the path that they asked for."""


@dataclass
class KeptLink:
    """A link that a scenario asked for, good to be tried later; ``outcome`` is what came of asking for it."""

    outcome: Outcome | None = None

    @property
    def url(self) -> str:
        """The link.

        Raises:
            OperationFailed: the product refused it.
            SuiteError: nobody asked for it.
        """
        if self.outcome is None:
            raise SuiteError("Looked for a link", "nobody asked for it", "Let somebody ask for it in an earlier step")
        found: str = self.outcome.value
        return found


def download(persona: Session, package: Package, paths: Sequence[str]) -> None:
    """Fetch files of a package through links of one's own, one after the other, until one is refused."""
    found: Received = {}
    for path in paths:
        given = link(persona, package, path)
        if not given.succeeded:
            return
        try:
            found[path] = checksum_behind(given.value)
        except DownloadRefused as error:
            keep_refusal(persona.name, DOWNLOAD, error)
            return
    keep_answer(persona.name, DOWNLOAD, found)


def checksum_behind(url: str) -> str:
    """SHA-256 (hex) of the bytes behind a link.

    Raises:
        DownloadRefused: it gives none.
    """
    return hashlib.sha256(fetch(url)).hexdigest()
