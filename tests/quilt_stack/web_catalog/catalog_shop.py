"""What the deployment of the page tests holds, and what people do in its pages."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import boto3
import pyarrow as pa
from PIL import Image
from playwright.sync_api import Page
from pyarrow import parquet
from stack_wire import OPEN_BUCKET, WireDeployment

PACKAGE = "lab/yields"
FIRST, SECOND = "First harvest", "Second harvest"
TABLE = "yields"
TABLE_CONFIGURATION = """
schema: [{name: plot, type: STRING}, {name: amount, type: DOUBLE}]
source: {type: quilt-packages, package_name: ^lab/yields$, logical_key: ^tables/yields\\.csv$}
parser: {format: csv, header: true}
"""
PICTURE_SIZE = (600, 300)

_PUSH = """
mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) {
    __typename
    ... on PackagePushSuccess { revision { hash } }
    ... on InvalidInput { errors { message } }
    ... on OperationError { message }
  }
}
"""
_SET = """
mutation ($bucket: String!, $table: String!, $config: String) {
  bucketSetTabulatorTable(bucketName: $bucket, tableName: $table, config: $config) { __typename }
}
"""


@dataclass(frozen=True)
class CatalogShop:
    """The deployment; ``hashes`` are the top hashes of the package's revisions, oldest first."""

    wire: WireDeployment
    hashes: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return self.wire.running.catalog_url

    @property
    def package_url(self) -> str:
        return f"{self.url}/b/{OPEN_BUCKET}/packages/{PACKAGE}"

    def sign_in(self, page: Page, user: str) -> None:
        """Fill in the form, and wait until the first page is there."""
        page.goto(f"{self.url}/signin")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", self.wire.passwords[user])
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: not url.startswith(f"{self.url}/signin"))

    @property
    def s3(self) -> Any:
        return boto3.client("s3", **self.wire.running.boto3_arguments)


def fill(wire: WireDeployment) -> CatalogShop:
    """A package of two revisions, a Tabulator table over it, a file beside it."""
    shop = CatalogShop(wire)
    s3 = shop.s3
    s3.put_object(Bucket=OPEN_BUCKET, Key="raw/field notes.txt", Body=b"barley stands high")
    hashes = []
    stored: dict[str, bytes] = {}
    for message, notes in ((FIRST, "one field"), (SECOND, "two fields")):
        entries = []
        for path, content in _files(notes).items():
            if stored.get(path) != content:  # a file that stays keeps its version, and so is the same when compared
                s3.put_object(Bucket=OPEN_BUCKET, Key=f"{PACKAGE}/{path}", Body=content)
                stored[path] = content
            entries.append({"logicalKey": path, "physicalKey": f"s3://{OPEN_BUCKET}/{PACKAGE}/{path}"})
        params = {"bucket": OPEN_BUCKET, "name": PACKAGE, "message": message, "userMeta": {"season": "summer"}}
        pushed = shop.wire.graphql(_PUSH, params=params, src={"entries": entries})["packageConstruct"]
        assert pushed["__typename"] == "PackagePushSuccess", pushed
        hashes.append(pushed["revision"]["hash"])
        wire.running.control.advance_clock(2)
    stored = shop.wire.graphql(_SET, bucket=OPEN_BUCKET, table=TABLE, config=TABLE_CONFIGURATION)
    assert stored["bucketSetTabulatorTable"]["__typename"] == "BucketConfig"
    wire.running.control.wait_until_indexed()
    return CatalogShop(wire, tuple(hashes))


def _files(notes: str) -> dict[str, bytes]:
    table, picture = io.BytesIO(), io.BytesIO()
    parquet.write_table(pa.table({"plot": ["north", "south"], "amount": [1.5, 2.5], "tags": [["a", "b"], []]}), table)
    Image.new("RGB", PICTURE_SIZE, (180, 40, 40)).save(picture, "PNG")
    return {
        "README.md": b"# Yields\n\nOf one summer.\n",
        "notes.txt": notes.encode(),
        "settings.json": json.dumps({"crop": "barley", "depth": 3}).encode(),
        "field.png": picture.getvalue(),
        "tables/yields.csv": b"plot,amount\nwest,7.25\neast,8.5\n",
        "tables/yields.parquet": table.getvalue(),
    }
