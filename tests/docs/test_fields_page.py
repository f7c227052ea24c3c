"""docs/facts/graphql.md: current, with the facts behind each field, and links that lead to its code."""

from __future__ import annotations

import re
from importlib import import_module
from operator import attrgetter

from authoring.fields_command import PAGE, fields_page
from environment.settings import ROOT
from quilt_stack import field_sources
from quilt_stack.schema import schema


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == fields_page(), "say: acceptance fields --write"


def test_each_field_has_facts() -> None:
    """A module that cites several sections leaves it to each of its functions and classes to say which."""
    without = [f"{each.module}.{each.code}" for each in field_sources() if not each.sections]
    assert without == [], "cite the section in the docstring"


def test_each_row_leads_to_its_code() -> None:
    rows = re.findall(r"^\| `[\w.]+` \| \[`\w+\.py`\]\(([^)]+)\), `([\w.]+)` \| \S", PAGE.read_text("utf-8"), re.M)
    assert len(rows) == len(field_sources())
    for link, code in rows:
        path = (PAGE.parent / link).resolve().relative_to(ROOT / "quilt_stack" / "src")
        assert attrgetter(code)(import_module(".".join(path.with_suffix("").parts)))


def test_every_type_and_root_field_of_the_schema_is_there() -> None:
    text = schema()
    listed = {(each.root, each.path) for each in field_sources()}
    kinds = set(re.findall(r"^(?:type|input|interface) (\w+)", text, re.M))
    groups = {kind for kind in kinds if kind.endswith(("Queries", "Mutations"))}
    assert kinds - groups - {"Query", "Mutation"} <= {path for root, path in listed if not root}
    for root in ("Query", "Mutation"):
        body = re.search(rf"^type {root} {{\n(.*?)^}}", text, re.M | re.S)
        assert body is not None
        assert {(root, name) for name in re.findall(r"^  (\w+)[(:]", body[1], re.M)} <= listed
    assert ("Mutation", "admin.user.mutate.setEmail") in listed
