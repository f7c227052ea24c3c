"""Plain HTTP downloads, as somebody with nothing but a link would do them."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import requests

_LIMIT_SECONDS = 60
_STANDS_FOR = {403: "PermissionError", 404: "NotFoundError"}
"""What a status says of a download, as the error by which QuiltOps says the same."""


class DownloadRefused(AssertionError):  # noqa: N818  # reads as what happened
    """A link that was given leads to no bytes; `stands_for` is the error of QuiltOps that says so, "" if none does."""

    def __init__(self, message: str, stands_for: str = "") -> None:
        super().__init__(message)
        self.stands_for = stands_for


def fetch(url: str) -> bytes:
    """The bytes behind a URL, fetched without credentials.

    Raises:
        DownloadRefused: the server refuses them, or nothing can be fetched from such a URL.
    """
    try:
        answer = requests.get(url, timeout=_LIMIT_SECONDS)
    except requests.RequestException as error:
        raise DownloadRefused(f"the link cannot be fetched: {type(error).__name__}") from error
    if answer.status_code != 200:
        stands_for = "BackendError" if answer.status_code >= 500 else _STANDS_FOR.get(answer.status_code, "")
        raise DownloadRefused(f"GET of the link answered {answer.status_code}", stands_for)
    return answer.content


def download(url: str, *, refused: bool = False) -> bytes:
    """The bytes behind a URL, fetched without credentials; with ``refused``, nothing if the server refuses with 403.

    Raises:
        AssertionError: if the answer is another one than expected; it says which.
    """
    answer = requests.get(url, timeout=_LIMIT_SECONDS)
    expected = 403 if refused else 200
    assert answer.status_code == expected, f"GET of the link answered {answer.status_code}, expected {expected}"
    return b"" if refused else answer.content


def expiry_seconds(url: str) -> float:
    """Seconds from now until a presigned URL expires, as the URL itself says (signature versions 2 and 4).

    Raises:
        AssertionError: if the URL names no expiry.
    """
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    if "X-Amz-Expires" in query:
        return float(query["X-Amz-Expires"])
    assert "Expires" in query, "the link names no time at which it expires"
    return float(query["Expires"]) - time.time()
