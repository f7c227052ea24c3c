"""The documents beside a generated dataset: ``manifest.json``, ``checksums.json`` and ``README.md``.

They follow from the list of datasets alone, so they are as reproducible as the files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from data.datasets.model import MEBIBYTE, Dataset

MANIFEST = "manifest.json"
CHECKSUMS = "checksums.json"
README = "README.md"
READMES = Path(__file__).with_name("definitions")
"""Folder in which the READMEs are kept for who reads the repository, ``<dataset>.md``."""
_MOST_LISTED = 10
_LONG_FROM_BYTES = 100 * MEBIBYTE
# The marks say why no test of the documents runs these commands (CONTRIBUTING.md).
_TESTED = "tested-by=tests/infra/test_commands.py"


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
        f"| {revision.name} | {len(revision.files):,} | {revision.size:,} |" for revision in dataset.revisions
    )
    mark = "long" if dataset.size >= _LONG_FROM_BYTES else _TESTED
    return f"""# {dataset.name}

{dataset.description}.

{dataset.contents}

| revision | files | bytes |
|---|---|---|
{revisions}
{_files(dataset)}
Tags: {", ".join(dataset.tags)}. Data version {dataset.data_version}, seed {dataset.seed}.

```sh {mark}
acceptance data generate {dataset.name}
acceptance data verify {dataset.name}
```

The first command makes it up in `.acceptance/datasets/{dataset.name}`, the same bytes on every machine: the files under
`<revision>/<logical key>`, `{MANIFEST}` with size, SHA-256 and the hash that Quilt packages carry of each,
`{CHECKSUMS}` with the SHA-256 alone. The second says which file was changed, is missing or does not belong there.
"""


def _files(dataset: Dataset) -> str:
    """A table of the files, if they are few; `checksums.json` has them all."""
    paths = list(dataset.paths())
    if not 0 < len(paths) <= _MOST_LISTED:
        return ""
    rows = "\n".join(f"| `{path}` | {file.size:,} | `{file.sha256}` |" for path, file in paths)
    return f"\n| file | bytes | SHA-256 |\n|---|---|---|\n{rows}\n"


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
