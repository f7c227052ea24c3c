"""Lists in pages, Athena's of at most 50 items, and a token for what follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LARGEST_PAGE = 50


def page_of(
    name: str, items: Sequence[Any], size: int | None, token: str | None, *, largest: int = LARGEST_PAGE
) -> dict[str, Any]:
    """A page of a list under its name; ``token`` is what the page before gave as ``NextToken``.

    Raises:
        ValueError: the size is not 1 to ``largest``, or the token is none that was given.
    """
    length = largest if size is None else int(size)
    if not 1 <= length <= largest:
        raise ValueError(f"MaxResults must be 1 to {largest}, not {length}.")
    if token is not None and not token.isdecimal():
        raise ValueError(f"Invalid NextToken: {token}")
    start = int(token or 0)
    more = {"NextToken": str(start + length)} if start + length < len(items) else {}
    return {name: list(items[start : start + length]), **more}
