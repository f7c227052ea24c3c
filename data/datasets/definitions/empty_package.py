"""empty-package: metadata without a file."""

from __future__ import annotations

from data.datasets.model import Definition, RevisionRecipe


def definition() -> Definition:
    """Return the dataset: no files."""
    return Definition(
        name="empty-package",
        seed=20240107,
        data_version="1",
        description="A package of metadata alone, without files",
        contents="No files: the package is its metadata.",
        tags=("empty", "metadata", "reference"),
        metadata={
            "purpose": "placeholder for data that is still to be measured",
            "planned_files": 3,
            "approved": False,
        },
        revisions=(RevisionRecipe("v1", ()),),
    )
