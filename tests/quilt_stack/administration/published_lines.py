"""The published schema as digests: what a test holds ours against, without the text, which is not kept here.

    python tests/quilt_stack/administration/published_lines.py FILE COMMIT

FILE is ``shared/graphql/schema.graphql`` of Quilt's public repository at COMMIT; this writes `published_lines.txt`.
What a difference is about, `schema_differences.py` tells.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLUnionType,
    NullValueNode,
    build_schema,
    is_specified_directive,
    is_specified_scalar_type,
    print_ast,
)

RECORD = Path(__file__).with_name("published_lines.txt")
_COMMIT = "# github.com/quiltdata/quilt, shared/graphql/schema.graphql, commit "
_DIGITS = 12


@dataclass(frozen=True)
class Published:
    """Digests of the lines of a published schema, and the commit that it was published with."""

    commit: str
    digests: frozenset[str]

    @classmethod
    def recorded(cls) -> Published:
        """What `published_lines.txt` has."""
        first, *digests = RECORD.read_text(encoding="utf-8").splitlines()
        return cls(first.removeprefix(_COMMIT), frozenset(digests))

    @classmethod
    def of(cls, schema: GraphQLSchema, commit: str) -> Published:
        """The digests of a schema."""
        return cls(commit, frozenset(map(digest, lines(schema))))

    def write(self) -> None:
        """Renew `published_lines.txt`."""
        RECORD.write_text("\n".join([_COMMIT + self.commit, *sorted(self.digests)]) + "\n", encoding="utf-8")

    def unlike(self, schema: GraphQLSchema) -> list[str]:
        """What a schema has and this one has not, and the digests of what it lacks; one line for each."""
        own = {digest(line): line for line in lines(schema)}
        return [
            *(f"here and not published: {own[each]}" for each in sorted(own.keys() - self.digests)),
            *(f"published and not here: a line with digest {each}" for each in sorted(self.digests - own.keys())),
        ]


def digest(line: str) -> str:
    """The first digits of a line's SHA-256."""
    return hashlib.sha256(line.encode()).hexdigest()[:_DIGITS]


def lines(schema: GraphQLSchema) -> list[str]:
    """``Type.field(arguments): type @directives`` for each field, and a line for all else that a type is made of.

    Arguments and directives are sorted; a default of null is as good as none. Descriptions do not count.
    """
    directives = [each for each in schema.directives if not is_specified_directive(each)]
    types = [
        each
        for each in schema.type_map.values()
        if not each.name.startswith("__") and not is_specified_scalar_type(each)
    ]
    return [
        *(
            f"@{each.name}{_arguments(each.args)} on {', '.join(sorted(place.name for place in each.locations))}"
            for each in directives
        ),
        *(line for each in types for line in _of_type(each)),
    ]


def _of_type(kind: GraphQLNamedType) -> Iterator[str]:
    yield f"{type(kind).__name__.removeprefix('GraphQL')} {kind.name}{_directives(kind)}"
    for interface in getattr(kind, "interfaces", ()):
        yield f"{kind.name} implements {interface.name}"
    if isinstance(kind, GraphQLEnumType):
        yield from (f"{kind.name}.{name}{_directives(value)}" for name, value in kind.values.items())
    elif isinstance(kind, GraphQLUnionType):
        yield from (f"{kind.name} = {member.name}" for member in kind.types)
    else:
        for name, field in getattr(kind, "fields", {}).items():
            arguments = _arguments(getattr(field, "args", {}))
            yield f"{kind.name}.{name}{arguments}: {field.type}{_default(field)}{_directives(field)}"


def _places(directive: GraphQLDirective) -> str:
    return ", ".join(sorted(each.name for each in directive.locations))


def _arguments(arguments: dict[str, Any]) -> str:
    if not arguments:
        return ""
    said = (f"{name}: {each.type}{_default(each)}{_directives(each)}" for name, each in sorted(arguments.items()))
    return f"({', '.join(said)})"


def _default(argument: Any) -> str:
    node = getattr(argument.ast_node, "default_value", None)
    return "" if node is None or isinstance(node, NullValueNode) else f" = {print_ast(node)}"


def _directives(element: Any) -> str:
    nodes = element.ast_node.directives if element.ast_node else ()
    return "".join(sorted(f" {print_ast(node)}" for node in nodes or ()))


if __name__ == "__main__":
    file, commit = sys.argv[1:]
    Published.of(build_schema(Path(file).read_text(encoding="utf-8"), assume_valid=True), commit).write()
