"""The templates of the pages, with the filters that they use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from reports.dates import when

Row = TypeVar("Row")
_IDENTIFIER = re.compile(r"\b[A-Z]{2,5}-[1-9]\d*\b|\bQO-\d{3}\b")


@cache
def page_templates() -> Environment:
    """The templates; made once in a process."""
    templates = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(enabled_extensions=("html", "html.j2"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["cell"] = markdown_cell
    templates.filters["anchor"] = _anchor
    templates.filters["breakable"] = _breakable
    templates.filters["as_written"] = _as_written
    templates.filters["groupby_in_order"] = _grouped
    templates.filters["unbroken"] = _unbroken
    templates.filters["when"] = when
    return templates


def _grouped(rows: Sequence[Row], attribute: str) -> list[tuple[str, list[Row]]]:
    """Jinja's own filter `groupby` sorts, which would put journeys after the rest."""
    return [(name, list(those)) for name, those in groupby(rows, key=attrgetter(attribute))]


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower())


def _breakable(name: str) -> Markup:
    """A path or a dotted name that a line may end in, but only between its parts."""
    return Markup("<wbr>").join(map(escape, re.split(r"(?<=[./])(?=\w)", str(name))))


def _unbroken(text: str) -> Markup:
    """Text whose identifiers (`QO-002`, `AUTH-1`) stay in one line."""
    return Markup(_IDENTIFIER.sub(r'<span class="id">\g<0></span>', str(escape(text))))


def _as_written(text: str) -> Markup:
    """A title with what stands for others set apart: `<column>` in italics, code between backticks as code."""
    marked = re.sub(r"&lt;([^&]+)&gt;", r"<em>\1</em>", str(escape(text)))
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", marked))


def markdown_cell(text: str) -> str:
    """Text that stays what it is in a table cell or a list of Markdown."""
    escaped = text.replace("\\", "\\\\").replace("<", "&lt;")
    for character in "|*_`[]":
        escaped = escaped.replace(character, f"\\{character}")
    return " ".join(escaped.split())
