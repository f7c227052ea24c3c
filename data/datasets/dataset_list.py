"""All datasets by name."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import MappingProxyType

from data.datasets.definitions import (
    empty_package,
    large_package,
    metadata_rich,
    mixed_formats,
    nested_structure,
    simple_csv,
    single_file,
    versioned_data,
)
from data.datasets.model import DataFile, Dataset, Definition, FileRecipe, Revision, UnknownDataset
from data.datasets.pins import Pins
from environment.errors import unknown


def definitions() -> tuple[Definition, ...]:
    """Return the eight datasets without their digests."""
    return tuple(
        module.definition()
        for module in (
            simple_csv,
            nested_structure,
            large_package,
            mixed_formats,
            versioned_data,
            metadata_rich,
            empty_package,
            single_file,
        )
    )


def pinned(definition: Definition, pins: Pins) -> Dataset:
    """Join a definition with the digests of its files.

    Raises:
        DatasetError: a file is not pinned.
    """

    def data_file(revision: str, recipe: FileRecipe) -> DataFile:
        digest = pins.digest(definition.name, revision, recipe.logical_key)
        return DataFile(recipe.logical_key, digest, recipe.writer, recipe.libraries)

    return Dataset(
        name=definition.name,
        seed=definition.seed,
        data_version=definition.data_version,
        description=definition.description,
        contents=definition.contents,
        tags=definition.tags,
        metadata=copy.deepcopy(dict(definition.metadata)),
        revisions=tuple(
            Revision(revision.name, tuple(data_file(revision.name, recipe) for recipe in revision.files))
            for revision in definition.revisions
        ),
    )


_PINS = Pins.load()
DATASETS: Mapping[str, Dataset] = MappingProxyType({each.name: pinned(each, _PINS) for each in definitions()})


def dataset(name: str) -> Dataset:
    """Return the dataset called ``name``.

    Raises:
        UnknownDataset: there is none; the message names the known ones and the nearest match.
    """
    if name in DATASETS:
        return DATASETS[name]
    error = unknown("dataset", name, DATASETS)
    raise UnknownDataset(error.tried, error.came_back, error.next_step)
