"""A search's answer as the older web catalog reads it: Elasticsearch 6's total, and a hit for each package revision.

Decision: whatever part of a package matches, the hit is its revision, once for each name that a pointer gives it (open:
registry facts 1.5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from quilt_stack.registry.search.documents import PACKAGE_INDEX_SUFFIX, Document
from quilt_stack.registry.search.elastic import INDEX_SUFFIX

if TYPE_CHECKING:
    from quilt_stack.registry.search.index import SearchIndex


def in_older_form(index: SearchIndex, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of `elastic_search`, with the total as a number and packages as revisions."""
    found = answer["hits"]
    hits = list(_hits(index, found["hits"]))
    return {**answer, "hits": {**found, "total": found["total"]["value"], "hits": hits}}


def _hits(index: SearchIndex, hits: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    seen: set[tuple[str, str]] = set()
    names: dict[str, dict[str, list[Document]]] = {}
    for hit in hits:
        name = hit["_index"].removesuffix(INDEX_SUFFIX)
        document = index.document(name, hit["_id"])
        if not name.endswith(PACKAGE_INDEX_SUFFIX) or document is None:
            yield hit
            continue
        manifest = document.parent or document.id
        for pointer in names.setdefault(name, _pointers(index, name)).get(manifest, []):
            revision = (str(pointer.source["ptr_name"]), manifest)
            if revision not in seen:
                seen.add(revision)
                yield {**hit, "_source": _revision(pointer, index.document(name, manifest))}


def _pointers(index: SearchIndex, name: str) -> dict[str, list[Document]]:
    """The pointers of an index, by the manifest to which they point."""
    found: dict[str, list[Document]] = defaultdict(list)
    for document in index.documents(name):
        if document.parent is not None and "ptr_name" in document.source:
            found[document.parent].append(document)
    return found


def _revision(pointer: Document, manifest: Document | None) -> dict[str, Any]:
    described: Mapping[str, Any] = {} if manifest is None else manifest.source
    return {
        "handle": pointer.source["ptr_name"],
        "hash": described.get("mnfst_hash"),
        "last_modified": pointer.source["ptr_last_modified"],
        "comment": described.get("mnfst_message"),
        "metadata": described.get("mnfst_metadata"),
        "delete_marker": False,
    }
