"""What of an answer a GraphQL document asks for: a real server sends no other fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)


def selected(data: Any, document: str) -> Any:
    """The part of ``data`` that the document asks for; all of it if the document cannot be read.

    Fragments on a type apply to objects of that ``__typename``, and to objects that do not say theirs. No schema says
    which types are unions: a fragment that has only fragments in it is taken for one on a union. Fields that are asked
    for and are not there stay away.
    """
    try:
        definitions = parse(document).definitions
    except GraphQLSyntaxError:
        return data
    fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
    operations = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
    return _of(data, operations[0].selection_set, fragments) if len(operations) == 1 else data


def _of(value: Any, wanted: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode]) -> Any:
    if wanted is None:
        return value
    if isinstance(value, list):
        return [_of(each, wanted, fragments) for each in value]
    if not isinstance(value, dict):
        return value
    chosen: dict[str, Any] = {}
    for field in _fields(wanted, value.get("__typename"), fragments):
        name = (field.alias or field.name).value
        if name in value:
            found = _of(value[name], field.selection_set, fragments)
            both = isinstance(found, dict) and isinstance(chosen.get(name), dict)
            chosen[name] = {**chosen[name], **found} if both else found
    return chosen


def _fields(
    wanted: SelectionSetNode, typename: str | None, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[FieldNode]:
    for node in wanted.selections:
        if isinstance(node, FieldNode):
            yield node
            continue
        part = fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
        if not isinstance(part, InlineFragmentNode | FragmentDefinitionNode):
            continue
        condition = part.type_condition
        if condition is None or typename in (None, condition.name.value) or _is_of_a_union(part):
            yield from _fields(part.selection_set, typename, fragments)


def _is_of_a_union(part: InlineFragmentNode | FragmentDefinitionNode) -> bool:
    fields = [node for node in part.selection_set.selections if isinstance(node, FieldNode)]
    return all(field.name.value == "__typename" for field in fields)
