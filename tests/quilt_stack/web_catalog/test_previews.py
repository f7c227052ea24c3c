"""Previews over HTTP, by URLs that were signed for whoever looks."""

from __future__ import annotations

import bz2
import gzip
import io
import json
from collections.abc import Callable

import boto3
import pyarrow as pa
import pytest
import requests
from PIL import Image
from pyarrow import ipc
from stack_wire import OPEN_BUCKET, WireDeployment

Preview = Callable[..., requests.Response]


@pytest.fixture
def preview(wire: WireDeployment) -> Preview:
    """Stores an object and asks for a preview of it."""
    s3 = boto3.client("s3", **wire.running.boto3_arguments)

    def preview(path: str, content: bytes | None, **arguments: str) -> requests.Response:
        if content is not None:
            s3.put_object(Bucket=OPEN_BUCKET, Key="previewed", Body=content)
            arguments["url"] = s3.generate_presigned_url(
                "get_object", Params={"Bucket": OPEN_BUCKET, "Key": "previewed"}
            )
        return requests.get(f"{wire.running.registry_url}/{path}", params=arguments, timeout=30)

    return preview


def rows(answer: requests.Response) -> tuple[list[dict[str, object]], dict[str, object]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.file"
    table = ipc.open_file(pa.BufferReader(answer.content)).read_all()
    return table.to_pylist(), json.loads(answer.headers["x-quilt-info"])


def test_a_text(preview: Preview) -> None:
    answer = preview("preview", b"one\ntwo\n", input="txt")

    assert answer.json() == {"html": "", "info": {"data": {"head": ["one", "two"], "tail": []}}}


@pytest.mark.parametrize(
    ("arguments", "head"), [({"line_count": "2"}, ["a", "b"]), ({"max_bytes": "5"}, ["a", "b"])], ids=["lines", "bytes"]
)
def test_the_beginning_of_a_text_says_so(preview: Preview, arguments: dict[str, str], head: list[str]) -> None:
    information = preview("preview", b"a\nb\nccc\n", input="txt", **arguments).json()["info"]

    assert information["data"]["head"] == head
    assert "the beginning" in information["note"]


@pytest.mark.parametrize(("compression", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress)])
def test_compressed_files(preview: Preview, compression: str, pack: Callable[[bytes], bytes]) -> None:
    answer = preview("tabular-preview", pack(b"a\n1\n"), input="csv", compression=compression)

    assert rows(answer)[0] == [{"a": 1}]


def test_rows_of_another_length_are_skipped_and_counted(preview: Preview) -> None:
    found, information = rows(preview("tabular-preview", b"a\tb\n1\t2\n3\n", input="tsv"))

    assert found == [{"a": 1, "b": 2}]
    assert information == {"truncated": False, "rows_skipped": 1}


def test_a_large_table_is_cut_at_a_row(preview: Preview) -> None:
    content = b"a,b\n" + b"1,x\n" * 100_000

    small, information = rows(preview("tabular-preview", content, input="csv", size="small"))
    large, _ = rows(preview("tabular-preview", content, input="csv", size="large"))

    assert information["truncated"] is True
    assert 0 < len(small) < len(large) <= 100_000
    assert small[-1] == {"a": 1, "b": "x"}


def test_lines_of_json_show_what_is_nested_as_json(preview: Preview) -> None:
    found, _ = rows(preview("tabular-preview", b'{"a": 1, "b": {"c": [1]}}\n{"a": 2}\n', input="jsonl"))

    assert found == [{"a": 1, "b": '{"c": [1]}'}, {"a": 2, "b": None}]


def test_a_picture_becomes_smaller(preview: Preview) -> None:
    written = io.BytesIO()
    Image.new("CMYK", (600, 300)).save(written, "TIFF")

    answer = preview("thumbnail", written.getvalue(), size="w256h256")

    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (256, 128)


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("preview", {"input": "ipynb"}),
        ("preview", {"input": "txt", "line_count": "none"}),
        ("preview", {"input": "txt", "compression": "zip"}),
        ("preview", {"input": "txt", "compression": "gz"}),
        ("tabular-preview", {"input": "csv", "compression": "bz2"}),
        ("tabular-preview", {"input": "excel"}),
        ("tabular-preview", {"input": "csv", "size": "vast"}),
        ("tabular-preview", {"input": "parquet"}),
        ("thumbnail", {"size": "w256h256"}),
        ("thumbnail", {"size": "wide"}),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_message(preview: Preview, path: str, arguments: dict[str, str]) -> None:
    answer = preview(path, b"neither a picture nor a table of Parquet", **arguments)

    assert answer.status_code == 400 and answer.json()["message"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://127.0.0.1:9/x",
        "https://example.org/x",
        "https://s3.amazonaws.com.example.org/x",
        "file:///etc/passwd",
    ],
)
def test_nothing_but_s3_is_read(preview: Preview, url: str) -> None:
    answer = preview("preview", None, url=url, input="txt")

    assert answer.status_code == 400 and "S3" in answer.json()["message"]


def test_what_s3_refuses_is_refused(preview: Preview, wire: WireDeployment) -> None:
    unsigned = f"https://{OPEN_BUCKET}.s3.us-east-1.amazonaws.com/previewed"
    s3 = boto3.client("s3", **wire.running.boto3_arguments)
    missing = s3.generate_presigned_url("get_object", Params={"Bucket": OPEN_BUCKET, "Key": "not there"})

    forbidden = preview("preview", None, url=unsigned, input="txt")
    unknown = preview("preview", None, url=missing, input="txt")

    assert (forbidden.status_code, forbidden.json()["error"]) == (403, "Forbidden")
    assert (unknown.status_code, unknown.json()["error"]) == (404, "Not Found")


def test_no_signature_is_kept_in_the_journal(preview: Preview, wire: WireDeployment) -> None:
    preview("preview", b"secret", input="txt")

    [*_, last] = wire.running.control.journal(surface="registry")
    assert last.target.startswith("/preview") and "Signature%3D<redacted>%26Expires" in last.target
