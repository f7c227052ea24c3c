"""Where the code of each field of the schema is, and which facts about the registry it cites."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

import strawberry
from strawberry.types import has_object_definition
from strawberry.types.base import StrawberryContainer, StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from quilt_stack.registry.graphql.schema import build_schema
from quilt_stack.settings import PackageSearchForm

_CITATION = re.compile(r"\bregistry facts (\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*)")
_LINE_END = re.compile(r"\s*\n\s*(?:# ?)?")


@dataclass(frozen=True, order=True)
class FieldSource:
    """A field that a function answers, or all fields of a type that are kept in it as they are.

    root: `Query`, `Mutation`, or nothing for fields of what these answer; path: as a query goes to it from there, such
    as `admin.user.create`, or type and field, or the type alone; module, code: where and under which name the function
    or class is; sections: of the facts about the registry, as the code cites them, "3.3".
    """

    root: str
    path: str
    module: str
    code: str
    sections: tuple[str, ...]


def field_sources() -> list[FieldSource]:
    """All fields and types of the schema, in both forms of the package search.

    What a function cites counts before what its class does, and that before the section that its module is about.
    """
    return sorted({source for form in PackageSearchForm for source in _sources(build_schema(form))})


def _sources(schema: strawberry.Schema) -> Iterator[FieldSource]:
    below_roots: set[str] = set()
    for root in ("Query", "Mutation"):
        yield from _below(schema, root, root, "", below_roots)
    for each in schema.introspect()["__schema"]["types"]:
        definition = schema.get_type_by_name(each["name"])
        if isinstance(definition, StrawberryObjectDefinition) and definition.name not in below_roots:
            yield from _of_type(schema, definition)


def _below(schema: strawberry.Schema, root: str, type_name: str, prefix: str, seen: set[str]) -> Iterator[FieldSource]:
    """The fields of a type that only groups others, and of the groups among them."""
    seen.add(type_name)
    definition = schema.get_type_by_name(type_name)
    assert isinstance(definition, StrawberryObjectDefinition)
    for field in definition.fields:
        path = prefix + schema.config.name_converter.get_graphql_name(field)
        yield from _answered(field, root, path)
        group = _named_type(field)
        if group is not None and group.name.endswith(("Queries", "Mutations")):
            yield from _below(schema, root, group.name, f"{path}.", seen)


def _of_type(schema: strawberry.Schema, definition: StrawberryObjectDefinition) -> Iterator[FieldSource]:
    origin = definition.origin
    for each in origin.__mro__:
        if each is origin or _keeps_fields(each):
            yield FieldSource("", definition.name, each.__module__, each.__qualname__, _sections(each))
    for field in definition.fields:
        yield from _answered(field, "", f"{definition.name}.{schema.config.name_converter.get_graphql_name(field)}")


def _answered(field: StrawberryField, root: str, path: str) -> Iterator[FieldSource]:
    if field.base_resolver is not None:
        function = field.base_resolver.wrapped_func
        assert inspect.isfunction(function)
        cited = _cited(inspect.getsource(function))
        owner = inspect.getmodule(function)
        class_name = function.__qualname__.rpartition(".")[0]
        sections = cited or _sections(getattr(owner, class_name) if class_name else owner)
        yield FieldSource(root, path, function.__module__, function.__qualname__, sections)


def _keeps_fields(base: type) -> bool:
    """Whether a type that has this base keeps fields of it; a placeholder for types without any is none."""
    own: StrawberryObjectDefinition | None = vars(base).get("__strawberry_definition__")
    return own is not None and any(field.graphql_name != "_" for field in own.fields)


def _named_type(field: StrawberryField) -> StrawberryObjectDefinition | None:
    found = field.type
    while isinstance(found, StrawberryContainer):
        found = found.of_type
    return found.__strawberry_definition__ if has_object_definition(found) else None


def _sections(owner: object) -> tuple[str, ...]:
    """What a class cites, or else its module in the first paragraph; one that cites several says nothing of a field."""
    in_class = _cited(owner.__doc__ or "") if inspect.isclass(owner) else ()
    in_module = _cited((inspect.getdoc(inspect.getmodule(owner)) or "").split("\n\n")[0])
    return in_class or (in_module if len(in_module) == 1 else ())


def _cited(text: str) -> tuple[str, ...]:
    found = [section for cited in _CITATION.findall(_LINE_END.sub(" ", text)) for section in cited.split(", ")]
    return tuple(sorted(set(found), key=lambda section: [int(part) for part in section.split(".")]))
