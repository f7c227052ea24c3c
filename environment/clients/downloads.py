"""Plain HTTP downloads, as somebody with nothing but a link would do them."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import requests

_LIMIT_SECONDS = 60


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
