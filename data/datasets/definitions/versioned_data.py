"""versioned-data: two revisions that differ in known ways.

| logical key | v1 | v2 |
|---|---|---|
| `data/file1.csv` | there | changed: same size, other bytes |
| `data/file2.csv` | there | the same |
| `data/file3.csv` | there | the same |
| `data/file4.csv` | not there | new |

From v1 to v2 one file is added, one modified, none deleted.
"""

from __future__ import annotations

from data.datasets.model import MEBIBYTE, Definition, FileRecipe, RevisionRecipe, Sink, Writer
from data.datasets.stream import ByteStream

NAME = "versioned-data"
SEED = 20240105
CHANGED = "data/file1.csv"
UNCHANGED = ("data/file2.csv", "data/file3.csv")
ADDED = "data/file4.csv"

_HEADER = b"read,sequence\n"
_SEQUENCE_BASES = 500
_ROW_BYTES = len("10000001,") + _SEQUENCE_BASES + 1
_ROWS = (5 * MEBIBYTE - len(_HEADER)) // _ROW_BYTES
_FIRST_READ = 10_000_001
_ROWS_PER_BLOCK = 1024
_BASES = bytes(b"ACGT"[value % 4] for value in range(256))


def _writer(label: str) -> Writer:
    """Return a writer of a table of DNA reads: a number and 500 bases."""

    def write(sink: Sink) -> None:
        stream = ByteStream(SEED, label)
        sink.write(_HEADER)
        for start in range(0, _ROWS, _ROWS_PER_BLOCK):
            count = min(_ROWS_PER_BLOCK, _ROWS - start)
            bases = stream.read(count * _SEQUENCE_BASES).translate(_BASES).decode()
            lines = (
                f"{_FIRST_READ + start + row},{bases[row * _SEQUENCE_BASES : (row + 1) * _SEQUENCE_BASES]}\n"
                for row in range(count)
            )
            sink.write("".join(lines).encode())

    return write


def definition() -> Definition:
    """Return the dataset: revisions v1 (three files) and v2 (four files), 5 MiB a file."""
    first, *same = (CHANGED, *UNCHANGED)
    unchanged = tuple(FileRecipe(key, _writer(f"{NAME}/{key}")) for key in same)
    return Definition(
        name=NAME,
        seed=SEED,
        data_version="1",
        description="DNA reads in two revisions that differ in known ways",
        contents=(
            f"Tables of {_ROWS:,} DNA reads. v2 against v1: `{CHANGED}` changed (same size, other bytes), "
            f"`{UNCHANGED[0]}` and `{UNCHANGED[1]}` the same, `{ADDED}` new."
        ),
        tags=("csv", "reference", "versioned"),
        metadata={"reads_per_file": _ROWS, "bases_per_read": _SEQUENCE_BASES},
        revisions=(
            RevisionRecipe("v1", (FileRecipe(first, _writer(f"{NAME}/v1/{first}")), *unchanged)),
            RevisionRecipe(
                "v2",
                (
                    FileRecipe(first, _writer(f"{NAME}/v2/{first}")),
                    *unchanged,
                    FileRecipe(ADDED, _writer(f"{NAME}/{ADDED}")),
                ),
            ),
        ),
    )
