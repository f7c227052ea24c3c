"""The rows of the sample table that the templates declare in Glue: one Parquet file in the data bucket."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from data.datasets.checksums import digest_of_bytes
from data.datasets.columnar import parquet_writer
from data.datasets.model import Sink
from data.datasets.stream import ByteStream
from data.datasets.tables import rows
from environment.targets.aws_failures import aws_refusals_in_words

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TABLE = "test_table_1"
KEY = f"athena/{TABLE}/part-00000.parquet"
ROWS = 1000
_SEED = 20240109
_TYPES = {"id": "int32", "name": "string", "value": "double", "timestamp": "timestamp[ms]"}


def sample_table() -> bytes:
    """Return the Parquet file: id (int), name (string), value (double) and timestamp of 1,000 measurements."""
    buffer = BytesIO()
    parquet_writer(_write_text, _TYPES)(buffer)
    return buffer.getvalue()


def upload_sample_table(client: S3Client, bucket: str, *, dry_run: bool = False) -> bool:
    """Put the file into the bucket unless it is there; return whether it was written, or with a dry run would be.

    Raises:
        SuiteError: the bucket cannot be read or written.
    """
    content = sample_table()
    sha256 = digest_of_bytes(content).sha256
    with aws_refusals_in_words(f"Uploaded s3://{bucket}/{KEY}"):
        found = client.list_objects_v2(Bucket=bucket, Prefix=KEY).get("Contents", [])
        if found and client.head_object(Bucket=bucket, Key=KEY)["Metadata"].get("sha256") == sha256:
            return False
        if not dry_run:
            client.put_object(Bucket=bucket, Key=KEY, Body=content, Metadata={"sha256": sha256})
    return True


def _write_text(sink: Sink) -> None:
    sink.write(b"id,name,value,timestamp\n")
    for row in rows(ByteStream(_SEED, TABLE), ROWS):
        sink.write(f"{row.number},{row.name},{row.value:.3f},{row.time}\n".encode())
