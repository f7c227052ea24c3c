"""``GET /api/search`` for the web catalog's page of a bucket: figures, pictures and a sample (registry facts 1.5, 11).

Each answer has the total as a number. Pictures and sample are grouped by key, with the newest version of each.

Decisions on what the facts leave open:

- What lies below ``.quilt/`` and what was deleted is neither a picture nor part of a sample (open: registry facts 1.5).
- Both are ordered newest first; there are up to 100 pictures and a sample of up to 20 (open: registry facts 1.5).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from quilt_stack.registry.search.documents import Document

_EXTENSIONS_IN_STATS = 10
_PICTURES = 100
_SAMPLE = 20
_OWN_KEYS = ".quilt/"

_PICTURE_EXTENSIONS = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".tif", ".tiff", ".webp"})
_SAMPLE_EXTENSIONS = frozenset(
    {".csv", ".ipynb", ".json", ".md", ".parquet", ".pdf", ".tsv", ".txt", ".vcf", ".xls", ".xlsx"}
)
_COMPRESSED = ".gz"


def stats(documents: Sequence[Document]) -> dict[str, Any]:
    """Sizes and extensions of the objects that are there."""
    present = [document.source for document in documents if document.source.get("delete_marker") is False]
    sizes: dict[str, list[int]] = {}
    for source in present:
        sizes.setdefault(source["ext"], []).append(source["size"])
    by_count = sorted(sizes.items(), key=lambda found: (-len(found[1]), found[0]))[:_EXTENSIONS_IN_STATS]
    buckets = [{"key": ext, "doc_count": len(found), "size": {"value": sum(found)}} for ext, found in by_count]
    total_bytes = {"value": sum(source["size"] for source in present)}
    return _answer(len(present), {"totalBytes": total_bytes, "exts": {"buckets": buckets}})


def images(documents: Sequence[Document], hit: Callable[[Document], dict[str, Any]]) -> dict[str, Any]:
    """The pictures; ``hit`` gives the form in which a search shows a document."""
    return _objects([found for found in documents if found.source.get("ext") in _PICTURE_EXTENSIONS], _PICTURES, hit)


def sample(documents: Sequence[Document], hit: Callable[[Document], dict[str, Any]]) -> dict[str, Any]:
    """Texts, tables and documents, compressed ones too; ``hit`` gives the form in which a search shows a document."""
    found = [each for each in documents if str(each.source.get("ext")).removesuffix(_COMPRESSED) in _SAMPLE_EXTENSIONS]
    return _objects(found, _SAMPLE, hit)


def _objects(documents: Sequence[Document], size: int, hit: Callable[[Document], dict[str, Any]]) -> dict[str, Any]:
    """The newest versions, grouped by index and key."""
    versions: dict[tuple[str, str], list[Document]] = {}
    # Documents come in the order of their events, so of two versions of one moment the second is the newer one.
    for document in sorted(documents, key=lambda each: str(each.source["last_modified"])):
        versions.setdefault((document.index, document.source["key"]), []).append(document)
    newest = sorted(versions.values(), key=lambda found: str(found[-1].source["last_modified"]), reverse=True)
    shown = [
        found for found in newest if not found[-1].source["delete_marker"] and not _is_own(found[-1].source["key"])
    ]
    buckets = [
        {
            "key": found[-1].source["key"],
            "doc_count": len(found),
            "latest": {"hits": {"total": len(found), "max_score": None, "hits": [hit(found[-1])]}},
        }
        for found in shown[:size]
    ]
    return _answer(sum(map(len, shown)), {"objects": {"buckets": buckets}})


def _is_own(key: str) -> bool:
    return key.startswith(_OWN_KEYS)


def _answer(total: int, aggregations: dict[str, Any]) -> dict[str, Any]:
    return {"hits": {"total": total, "max_score": None, "hits": []}, "aggregations": aggregations}
