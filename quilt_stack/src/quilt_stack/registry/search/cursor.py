"""Cursors: where the next page of a search begins, as an opaque text that carries the whole search."""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

State = TypeVar("State")


class InvalidCursorError(ValueError):
    """The text is no cursor of this kind of search."""


def write_cursor(state: State, kind: type[State]) -> str:
    """A cursor that holds the state of a search."""
    return base64.urlsafe_b64encode(TypeAdapter(kind).dump_json(state)).decode()


def read_cursor(text: str, kind: type[State]) -> State:
    """The state in a cursor.

    Raises:
        InvalidCursorError: the text is no cursor, or one of another kind of search.
    """
    try:
        return TypeAdapter(kind).validate_json(base64.b64decode(text.encode(), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, ValidationError):
        raise InvalidCursorError("This is no cursor of this search: take it from the page before.") from None
