"""The documents beside a generated dataset: ``manifest.json``, ``checksums.json`` and ``README.md``.

They follow from the catalogue alone, so they are as reproducible as the files.
"""

from __future__ import annotations

import json
from typing import Any

from infra.datasets.model import Dataset

MANIFEST = "manifest.json"
CHECKSUMS = "checksums.json"
README = "README.md"


def documents(dataset: Dataset) -> dict[str, bytes]:
    """Return the content of the three documents by file name."""
    checksums = {path: file.sha256 for path, file in dataset.paths()}
    return {
        MANIFEST: _json(manifest(dataset)),
        CHECKSUMS: _json(checksums),
        README: readme(dataset).encode(),
    }


def manifest(dataset: Dataset) -> dict[str, Any]:
    """Return what is in a dataset; sizes in bytes, ``quilt_hash`` of type sha2-256-chunked."""
    return {
        "dataset": dataset.name,
        "data_version": dataset.data_version,
        "seed": dataset.seed,
        "description": dataset.description,
        "tags": list(dataset.tags),
        "metadata": dataset.metadata,
        "revisions": [
            {
                "name": revision.name,
                "files": [
                    {
                        "logical_key": file.logical_key,
                        "size": file.size,
                        "sha256": file.sha256,
                        "quilt_hash": file.quilt_hash,
                    }
                    for file in revision.files
                ],
            }
            for revision in dataset.revisions
        ],
    }


def readme(dataset: Dataset) -> str:
    """Return the README of a dataset in Markdown."""
    revisions = "\n".join(
        f"| {revision.name} | {len(revision.files)} | {revision.size:,} |" for revision in dataset.revisions
    )
    return f"""# {dataset.name}

{dataset.description}.

{dataset.contents}

| revision | files | bytes |
|---|---|---|
{revisions}

Tags: {", ".join(dataset.tags)}. Data version {dataset.data_version}, seed {dataset.seed}.

The files lie under `<revision>/<logical key>`. `{MANIFEST}` lists them with size, SHA-256 and the hash that Quilt
packages carry, `{CHECKSUMS}` the SHA-256 alone. The data are made up by `acceptance data generate {dataset.name}`;
`acceptance data verify {dataset.name}` says which file was changed, is missing or does not belong here.
"""


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
