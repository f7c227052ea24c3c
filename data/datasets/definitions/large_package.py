"""large-package: 100 files of 5 MB that do not compress, made as a stream."""

from __future__ import annotations

from data.datasets.model import MEBIBYTE, Definition, FileRecipe, RevisionRecipe, Sink, Writer
from data.datasets.stream import ByteStream

NAME = "large-package"
SEED = 20240103
_FILES = 100
_FILE_MEBIBYTES = 5


def _writer(label: str) -> Writer:
    def write(sink: Sink) -> None:
        for block in ByteStream(SEED, label).blocks(_FILE_MEBIBYTES, MEBIBYTE):
            sink.write(block)

    return write


def definition() -> Definition:
    """Return the dataset: chunk_000.bin to chunk_099.bin, 5 MiB each."""
    keys = [f"chunk_{number:03}.bin" for number in range(_FILES)]
    return Definition(
        name=NAME,
        seed=SEED,
        data_version="1",
        description="One hundred binary files, 500 MB in all",
        contents="`chunk_000.bin` to `chunk_099.bin`, 5 MiB of random bytes each.",
        tags=("binary", "large", "reference"),
        metadata={"files": _FILES, "file_bytes": _FILE_MEBIBYTES * MEBIBYTE},
        revisions=(RevisionRecipe("v1", tuple(FileRecipe(key, _writer(f"{NAME}/{key}")) for key in keys)),),
    )
