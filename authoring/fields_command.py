"""`acceptance fields`: from a GraphQL field to the code that answers it and the facts behind it, as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from environment.errors import SuiteError
from environment.settings import ROOT

if TYPE_CHECKING:
    from quilt_stack import FieldSource

PAGE = ROOT / "docs" / "facts" / "graphql.md"
FACTS = ROOT / "docs" / "facts" / "registry.md"

fields = typer.Typer(help="Where each GraphQL field is answered, and by which facts; --write writes the page.")


@fields.callback(invoke_without_command=True)
def fields_command(
    write: Annotated[bool, typer.Option("--write", help="write docs/facts/graphql.md, and stop")] = False,
) -> None:
    """Print the page, or write it."""
    page = fields_page()
    if write:
        PAGE.write_text(page, encoding="utf-8")
        typer.echo(f"Wrote {PAGE.relative_to(ROOT)}")
    else:
        typer.echo(page)


def fields_page() -> str:
    """The page in Markdown.

    Raises:
        SuiteError: the code cites a section that the page of facts does not have.
    """
    from quilt_stack import field_sources  # builds the schema, which no other command of `acceptance` should wait for

    sources = field_sources()
    anchors = _anchors(FACTS.read_text(encoding="utf-8"))
    lines = list(_INTRODUCTION)
    for title, root in (("Queries", "Query"), ("Mutations", "Mutation"), ("Types and their fields", "")):
        lines += ["", f"## {title}", "", "| field | answered in | facts |", "|---|---|---|"]
        lines += _rows([each for each in sources if each.root == root], anchors)
    return "\n".join(lines) + "\n"


_INTRODUCTION = (
    "# GraphQL fields, their code and their facts",
    "",
    "Made by `acceptance fields --write` from the schema of the embedded registry; a test keeps it in step. For each",
    "field: the function that answers it, and the sections of [the facts](registry.md) that it cites, or else its",
    "class or its module. Fields that a type keeps as they are stand in the row of the type, with its class, and in",
    "one with each base class from which it takes some. Where a field stands twice, each form of the package search",
    "has one.",
)


def _rows(sources: Sequence[FieldSource], anchors: dict[str, str]) -> Iterator[str]:
    for each in sources:
        file = f"{each.module.replace('.', '/')}.py"
        code = f"[`{file.rpartition('/')[2]}`](../../quilt_stack/src/{file}), `{each.code}`"
        missing = [section for section in each.sections if section not in anchors]
        if missing:
            raise SuiteError(
                f"Looked for the facts behind {each.path}",
                f"{each.module}.{each.code} cites section {missing[0]}, which {FACTS.relative_to(ROOT)} does not have",
                "Cite one of its sections",
            )
        facts = ", ".join(f"[{section}](registry.md#{anchors[section]})" for section in each.sections)
        yield f"| `{each.path}` | {code} | {facts} |"


def _anchors(page: str) -> dict[str, str]:
    """By the number of a section, the name by which links lead to its heading."""
    headings = re.findall(r"^#{2,3} ((\d+(?:\.\d+)?) .*)$", page, re.M)
    return {number: re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading, number in headings}
