"""The pinned digests of every file: ``digests.json`` beside this module.

They are committed, so that a package can be made from a dataset without reading its bytes, and so that a generator that
has changed by accident is noticed. ``pin`` writes them anew after a change on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from data.datasets.checksums import ChecksumSink, Digest
from data.datasets.model import DatasetError, Definition, FileRecipe, RevisionRecipe

PATH = Path(__file__).with_name("digests.json")


class Pins:
    """Digests by dataset, revision and logical key, and the library versions that they were taken with."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    @classmethod
    def load(cls, path: Path = PATH) -> Pins:
        """Read the committed digests."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def digest(self, dataset: str, revision: str, logical_key: str) -> Digest:
        """Return the pinned digest of a file.

        Raises:
            DatasetError: the file is not pinned.
        """
        try:
            size, sha256, quilt_hash = self._document["datasets"][dataset][revision][logical_key]
        except KeyError:
            raise DatasetError(
                f"Looked for the pinned digest of {dataset}/{revision}/{logical_key}",
                f"there is none in {PATH.name}",
                "Run 'acceptance data pin'",
            ) from None
        return Digest(size, sha256, quilt_hash)

    def library_version(self, name: str) -> str:
        """Return the version of a library with which the digests were taken."""
        return str(self._document["libraries"].get(name, "unknown"))


def pin(definitions: Iterable[Definition], path: Path = PATH) -> None:
    """Make every file of the datasets, into nothing but digests, and write them to ``path``."""
    datasets = list(definitions)
    libraries = sorted({library for recipe in _recipes(datasets) for library in recipe.libraries})
    document = {
        "libraries": {library: version(library) for library in libraries},
        "datasets": {
            dataset.name: {revision.name: _digests(revision) for revision in dataset.revisions} for dataset in datasets
        },
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _recipes(datasets: Iterable[Definition]) -> Iterable[FileRecipe]:
    for dataset in datasets:
        for revision in dataset.revisions:
            yield from revision.files


def _digests(revision: RevisionRecipe) -> dict[str, list[int | str]]:
    def digest(recipe: FileRecipe) -> list[int | str]:
        sink = ChecksumSink()
        recipe.writer(sink)
        found = sink.digest()
        return [found.size, found.sha256, found.quilt_hash]

    return {recipe.logical_key: digest(recipe) for recipe in revision.files}
