"""The documents of the index, as Quilt's published indexers write them (registry facts 1.5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from quilt_stack.registry.packages.layout import PointerKey
from quilt_stack.registry.packages.manifest import Manifest, ManifestEntry
from quilt_stack.registry.packages.physical_key import ObjectLocation, PhysicalKeyError
from quilt_stack.registry.search import analysis
from quilt_stack.registry.search.mapping import OBJECTS, PACKAGES, Field, FieldMapping

PACKAGE_INDEX_SUFFIX = "_packages"
UNVERSIONED = "null"
LONGEST_KEYWORD = 256
"""User metadata with more characters is text, not a keyword."""

_COMPRESSED = frozenset({".gz"})


@dataclass(frozen=True)
class Document:
    """One document; hits show ``source``, or parts of it; ``parent`` is the id of the manifest it belongs to."""

    index: str
    id: str
    source: Mapping[str, Any]
    fields: FieldMapping
    parent: str | None = None
    _words: dict[str, list[list[str]]] = field(default_factory=dict, compare=False, repr=False)
    _parts: dict[tuple[str, ...], Document] = field(default_factory=dict, compare=False, repr=False)

    def values(self, searched: Field) -> list[Any]:
        """The values of a field; empty if it is missing or null."""
        value: Any = self.source
        for name in searched.path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    def words(self, searched: Field) -> list[list[str]]:
        """The words of each value of a text field."""
        known = self._words.get(searched.name)
        if known is None:
            known = [analysis.words(str(value)) for value in self.values(searched)]
            self._words[searched.name] = known
        return known

    def only(self, *names: str) -> Document:
        """The same document with just these top-level values, to see where a query matches."""
        known = self._parts.get(names)
        if known is None:
            source = {name: self.source[name] for name in names if name in self.source}
            # Kept, because its words are: searches ask for the same parts of the same documents.
            known = self._parts[names] = Document(self.index, self.id, source, self.fields, self.parent)
        return known


@dataclass(frozen=True)
class IndexedObject:
    """An object version as an S3 event describes it; ``content`` is the text indexed with it, empty if none is."""

    bucket: str
    key: str
    version_id: str | None
    event: str
    size: int
    etag: str
    modified: datetime
    delete_marker: bool = False
    content: str = ""


def package_index(bucket: str) -> str:
    """Name of a bucket's package index."""
    return bucket + PACKAGE_INDEX_SUFFIX


def object_id(key: str, version_id: str | None) -> str:
    """Id of an object version's document."""
    return f"{key}:{version_id or UNVERSIONED}"


def pointer_id(pointer: PointerKey) -> str:
    """Id of a pointer's document."""
    return f"ptr:{_digest(f'{pointer.package}/{pointer.tag}')}"


def manifest_id(top_hash: str) -> str:
    """Id of a manifest's document."""
    return f"mnfst:{top_hash}"


def object_document(found: IndexedObject, was_packaged: bool, updated: datetime) -> Document:
    """Document of an object version."""
    source: dict[str, Any] = {
        "etag": found.etag,
        "key": found.key,
        "last_modified": timestamp(found.modified),
        "size": found.size,
        "delete_marker": found.delete_marker,
        "version_id": found.version_id or UNVERSIONED,
        "content": found.content,
        "event": found.event,
        "ext": extension(found.key),
        "updated": timestamp(updated),
        "s3_tags": None,
    }
    if was_packaged:
        source["was_packaged"] = True
    return Document(found.bucket, object_id(found.key, found.version_id), source, OBJECTS)


def pointer_document(bucket: str, pointer: PointerKey, top_hash: str, modified: datetime) -> Document:
    """Document of a pointer; its parent is the manifest to which it points."""
    parent = manifest_id(top_hash)
    source = {
        "join_field": {"name": "ptr", "parent": parent},
        "ptr_name": pointer.package,
        "ptr_tag": pointer.tag,
        "ptr_last_modified": timestamp(modified),
    }
    return Document(package_index(bucket), pointer_id(pointer), source, PACKAGES, parent)


def manifest_documents(bucket: str, manifest: Manifest) -> Iterator[Document]:
    """Document of a manifest, then those of its entries."""
    user_meta = manifest.user_meta
    source = {
        "join_field": {"name": "mnfst"},
        "mnfst_hash": manifest.top_hash,
        "mnfst_last_modified": timestamp(manifest.modified),
        # The published indexer writes the text "None" for a message that is null.
        "mnfst_message": str(manifest.header.get("message", "")),
        "mnfst_metadata": _json(user_meta) if user_meta else None,
        "mnfst_metadata_fields": list(metadata_fields(user_meta)) if isinstance(user_meta, Mapping) else None,
        "mnfst_stats": {"total_bytes": manifest.total_bytes, "total_files": len(manifest.entries)},
        "mnfst_workflow": _workflow(bucket, manifest.workflow),
    }
    parent = manifest_id(manifest.top_hash)
    yield Document(package_index(bucket), parent, source, PACKAGES)
    for entry in manifest.entries:
        yield _entry_document(bucket, manifest.top_hash, parent, entry)


def metadata_fields(meta: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """User metadata as typed values with JSON pointers; null, empty and mixed lists are left out."""
    for name, value in meta.items():
        here = (*path, name)
        if isinstance(value, Mapping):
            yield from metadata_fields(value, here)
            continue
        type_ = _metadata_type(value)
        if type_ is not None:
            yield {"json_pointer": json_pointer(here), "type": type_, "text": _json(value), type_: value}


def json_pointer(path: tuple[str, ...]) -> str:
    """JSON pointer of a path of names (RFC 6901)."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


def extension(key: str) -> str:
    """Extension of a key in lower case with its dot, two of them for compressed files: ``.csv.gz``."""
    suffixes = ["." + part for part in key.rpartition("/")[2].lstrip(".").lower().split(".")[1:]]
    if not suffixes:
        return ""
    return "".join(suffixes[-2:]) if suffixes[-1] in _COMPRESSED else suffixes[-1]


def timestamp(moment: datetime) -> str:
    """A moment as documents carry it."""
    return moment.astimezone(UTC).isoformat()


def _entry_document(bucket: str, top_hash: str, parent: str, entry: ManifestEntry) -> Document:
    source = {
        "join_field": {"name": "entry", "parent": parent},
        "entry_lk": entry.logical_key,
        "entry_pk": entry.physical_key,
        "entry_pk_parsed.s3": _parsed(entry.physical_key),
        "entry_size": entry.size,
        "entry_hash": None if entry.hash is None else entry.hash.as_dict(),
        "entry_metadata": _json(entry.meta) if entry.meta else None,
    }
    identifier = f"entry:{top_hash}:{_digest(entry.logical_key)}"
    return Document(package_index(bucket), identifier, source, PACKAGES, parent)


def _parsed(physical_key: str) -> dict[str, str | None] | None:
    try:
        location = ObjectLocation.parse(physical_key)
    except PhysicalKeyError:
        return None
    return {"bucket": location.bucket, "key": location.key, "version_id": location.version_id}


def _metadata_type(value: object) -> str | None:
    if isinstance(value, str):
        if _is_date(value):
            return "date"
        return "keyword" if len(value) <= LONGEST_KEYWORD else "text"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "double"
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "keyword" if all(len(item) <= LONGEST_KEYWORD for item in value) else "text"
    return None


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return False
    return True


def _workflow(bucket: str, workflow: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if workflow is None:
        return None
    try:
        location = ObjectLocation.parse(str(workflow["config"]))
    except (KeyError, PhysicalKeyError):
        return None
    if location.bucket != bucket:
        return None
    schemas = workflow.get("schemas") or {}
    return {
        "config_version_id": location.version_id,
        "id": workflow.get("id"),
        "schemas": [{"id": name, "url": url} for name, url in schemas.items()],
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
