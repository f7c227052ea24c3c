"""``/preview``: the first lines of a text."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from quilt_stack.previews.source import PreviewRefused, Storage, beginning

_MOST_BYTES = 1024 * 1024
_MOST_LINES = 512
_TRUNCATED = "This is the beginning: the object contains more than is shown."
_INPUTS = frozenset({"txt", "bed"})


def preview_text(storage: Storage, arguments: Mapping[str, str]) -> Response:
    """Lines of the object at ``url``, up to ``max_bytes`` and ``line_count``.

    Decision: texts alone; what needs a reader of its own (notebooks, VCF, FCS) is refused (open: registry facts 1.7).

    Raises:
        PreviewRefused: there is no preview.
    """
    if arguments.get("input") not in _INPUTS:
        raise PreviewRefused(400, error=f"No preview of {arguments.get('input')!r}: it is made of {_named()}.")
    most_bytes = min(_number(arguments, "max_bytes", _MOST_BYTES), _MOST_BYTES)
    most_lines = _number(arguments, "line_count", _MOST_LINES)
    with storage.open(arguments.get("url", ""), arguments.get("compression")) as stream:
        content, truncated = beginning(stream, most_bytes)
    lines = content.decode("utf-8", errors="replace").splitlines()
    truncated = truncated or len(lines) > most_lines
    information = {"data": {"head": lines[:most_lines], "tail": []}} | ({"note": _TRUNCATED} if truncated else {})
    return JSONResponse({"html": "", "info": information})


def _named() -> str:
    return " and ".join(sorted(_INPUTS))


def _number(arguments: Mapping[str, str], name: str, otherwise: int) -> int:
    try:
        number = int(arguments.get(name, otherwise))
    except ValueError:
        number = 0
    if number < 1:
        raise PreviewRefused(400, title=f"Unexpected {name}= value", detail="It is a number from 1 on.")
    return number
