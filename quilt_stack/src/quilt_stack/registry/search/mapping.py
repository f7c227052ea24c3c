"""Types of the indexed fields.

The names and types are those that Quilt publishes for its search page (docs/Catalog/Search.md): keyword fields are
matched whole and exactly, text fields word by word; ``x.text`` is the analyzed twin of a keyword field ``x``.

Decision: fields that are indexed but not published there (``etag``, ``event``, ``updated``, ``s3_tags``, the nested
``mnfst_metadata_fields``, the join field) do not take part in queries without a field name; of these only the ones
listed here can be asked for by name (open: registry facts 1.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from fnmatch import fnmatchcase


class FieldType(Enum):
    """How a field is analyzed and compared."""

    KEYWORD = auto()
    TEXT = auto()
    NUMBER = auto()
    DATE = auto()
    BOOLEAN = auto()


@dataclass(frozen=True)
class Field:
    """A field of a document: its name in queries and the path to its value in ``_source``."""

    name: str
    type: FieldType
    path: tuple[str, ...]
    searched_by_default: bool = True


class FieldMapping:
    """The fields of one kind of index."""

    def __init__(self, *fields: Field) -> None:
        self._fields: Mapping[str, Field] = {field.name: field for field in fields}
        self._default = tuple(field for field in fields if field.searched_by_default)

    def named(self, name: str | None) -> tuple[Field, ...]:
        """Fields that a query's field name means: None for all that are searched by default, ``*`` for a pattern.

        An unknown name means no field, so that nothing matches, as in Elasticsearch.
        """
        if name is None or name == "*":
            return self._default
        if "*" in name:
            return tuple(field for field in self._fields.values() if fnmatchcase(field.name, name))
        field = self._fields.get(name)
        return () if field is None else (field,)


def _field(name: str, type_: FieldType, *path: str) -> Field:
    return Field(name, type_, path or (name,))


_LOCATION = "entry_pk_parsed.s3"

OBJECTS = FieldMapping(
    _field("content", FieldType.TEXT),
    _field("ext", FieldType.KEYWORD),
    _field("key", FieldType.KEYWORD),
    _field("key_text", FieldType.TEXT, "key"),
    _field("last_modified", FieldType.DATE),
    _field("size", FieldType.NUMBER),
    _field("version_id", FieldType.KEYWORD),
    Field("delete_marker", FieldType.BOOLEAN, ("delete_marker",), searched_by_default=False),
    Field("was_packaged", FieldType.BOOLEAN, ("was_packaged",), searched_by_default=False),
    Field("etag", FieldType.KEYWORD, ("etag",), searched_by_default=False),
)
"""Index ``{bucket}``: a document per object version."""

PACKAGES = FieldMapping(
    _field("ptr_name", FieldType.KEYWORD),
    _field("ptr_name.text", FieldType.TEXT, "ptr_name"),
    _field("ptr_tag", FieldType.KEYWORD),
    _field("ptr_last_modified", FieldType.DATE),
    _field("mnfst_hash", FieldType.KEYWORD),
    _field("mnfst_last_modified", FieldType.DATE),
    _field("mnfst_stats.total_bytes", FieldType.NUMBER, "mnfst_stats", "total_bytes"),
    _field("mnfst_stats.total_files", FieldType.NUMBER, "mnfst_stats", "total_files"),
    _field("mnfst_metadata", FieldType.TEXT),
    _field("mnfst_message", FieldType.TEXT),
    _field("mnfst_workflow.id", FieldType.KEYWORD, "mnfst_workflow", "id"),
    _field("entry_lk", FieldType.KEYWORD),
    _field("entry_lk.text", FieldType.TEXT, "entry_lk"),
    _field("entry_pk", FieldType.KEYWORD),
    _field("entry_pk.text", FieldType.TEXT, "entry_pk"),
    _field("entry_pk_parsed.s3.bucket", FieldType.KEYWORD, _LOCATION, "bucket"),
    _field("entry_pk_parsed.s3.key", FieldType.KEYWORD, _LOCATION, "key"),
    _field("entry_pk_parsed.s3.key.text", FieldType.TEXT, _LOCATION, "key"),
    _field("entry_pk_parsed.s3.version_id", FieldType.KEYWORD, _LOCATION, "version_id"),
    _field("entry_size", FieldType.NUMBER),
    _field("entry_hash.type", FieldType.KEYWORD, "entry_hash", "type"),
    _field("entry_hash.value", FieldType.KEYWORD, "entry_hash", "value"),
    _field("entry_metadata", FieldType.TEXT),
)
"""Index ``{bucket}_packages``: manifests, their pointers and their entries."""

METADATA_VALUE = FieldMapping(_field("text", FieldType.TEXT))
"""One value of ``mnfst_metadata_fields``, a nested document: only filters of user metadata reach it."""
