"""What the registry's schema lacks of a published one, or has otherwise; names, types, arguments and directives.

    python tests/quilt_stack/administration/schema_differences.py FILE

FILE is ``shared/graphql/schema.graphql`` of Quilt's public repository, which is not kept here. A default of null is as
good as none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from graphql import DirectiveNode, GraphQLSchema, build_schema, print_ast
from graphql.utilities import find_breaking_changes

import quilt_stack


def differences(published: GraphQLSchema, own: GraphQLSchema) -> list[str]:
    """One line for each; those that another one says in other words, too."""
    return [
        *(f"published and not here: {change.description}" for change in find_breaking_changes(published, own)),
        *(f"here and not published: {change.description}" for change in find_breaking_changes(own, published)),
        *_of_fields(published, own),
    ]


def _of_fields(published: GraphQLSchema, own: GraphQLSchema) -> Iterator[str]:
    for name, kind in published.type_map.items():
        fields = getattr(kind, "fields", {})
        found = getattr(own.type_map.get(name), "fields", {})
        for field in fields.keys() & found.keys():
            theirs, ours = fields[field], found[field]
            if str(theirs.type) != str(ours.type):
                yield f"{name}.{field} is {ours.type}, published as {theirs.type}"
            told = [_directives(each.ast_node.directives if each.ast_node else ()) for each in (theirs, ours)]
            if told[0] != told[1]:
                yield f"{name}.{field} has the directives {told[1]}, published with {told[0]}"


def _directives(nodes: Sequence[DirectiveNode] | None) -> list[str]:
    return sorted(print_ast(node) for node in nodes or ())


if __name__ == "__main__":
    lines = differences(
        build_schema(Path(sys.argv[1]).read_text(encoding="utf-8"), assume_valid=True),
        build_schema(quilt_stack.schema()),
    )
    print("\n".join(lines) or "No differences.")  # noqa: T201 - what it is for
    sys.exit(1 if lines else 0)
