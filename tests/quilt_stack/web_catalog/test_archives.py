"""ZIP archives as the catalog's forms ask for them: at the S3 proxy, with the token in the form."""

from __future__ import annotations

import io
import zipfile

import pytest
import requests
from catalog_shop import PACKAGE, CatalogShop, fill
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET, READER, WRITER, WireDeployment


@pytest.fixture(scope="module")
def filled(wire: WireDeployment) -> CatalogShop:
    filled = fill(wire)
    wire.running.control.reset_clock()
    return filled


def ask(shop: CatalogShop, suffix: str, user: str | None = READER, chosen: tuple[str, ...] = ()) -> requests.Response:
    proxy = requests.get(f"{shop.url}/config.json", timeout=10).json()["s3Proxy"]
    form = {"file[]": list(chosen)} | ({} if user is None else {"token": shop.wire.running.control.issue_token(user)})
    return requests.post(f"{proxy}/zip/{suffix}", data=form, timeout=30)


def names(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return sorted(zipfile.ZipFile(io.BytesIO(answer.content)).namelist())


def test_a_package_a_folder_and_chosen_files(filled: CatalogShop) -> None:
    revision = f"package/{OPEN_BUCKET}/{PACKAGE}/{filled.hashes[0]}"

    whole = ask(filled, revision)
    assert len(names(whole)) == 6
    assert zipfile.ZipFile(io.BytesIO(whole.content)).read("notes.txt") == b"one field"
    assert names(ask(filled, f"{revision}/tables")) == ["yields.csv", "yields.parquet"]
    assert names(ask(filled, revision, chosen=("notes.txt", "tables/"))) == [
        "notes.txt",
        "tables/yields.csv",
        "tables/yields.parquet",
    ]


def test_a_folder_of_a_bucket(filled: CatalogShop) -> None:
    answer = ask(filled, f"dir/{OPEN_BUCKET}/raw/")

    assert names(answer) == ["field notes.txt"]
    assert answer.headers["content-disposition"].endswith("raw.zip")


@pytest.mark.parametrize(
    ("suffix", "user", "status"),
    [
        (f"dir/{OPEN_BUCKET}/raw/", None, 401),
        (f"dir/{CLOSED_BUCKET}/", READER, 403),
        ("dir/local-servicebucket-1a2b3c/", WRITER, 403),
        (f"package/{CLOSED_BUCKET}/{PACKAGE}/{'0' * 64}", READER, 403),
        (f"package/{OPEN_BUCKET}/{PACKAGE}/{'0' * 64}", READER, 404),
        (f"dir/{OPEN_BUCKET}/nowhere", READER, 404),
    ],
)
def test_what_is_refused(filled: CatalogShop, suffix: str, user: str | None, status: int) -> None:
    answer = ask(filled, suffix, user)

    assert answer.status_code == status and answer.json()["message"]


def test_a_package_of_objects_that_the_role_may_not_read(filled: CatalogShop) -> None:
    filled.s3.put_object(Bucket=CLOSED_BUCKET, Key="hidden", Body=b"hidden")
    push = """mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
      packageConstruct(params: $params, src: $src) { ... on PackagePushSuccess { revision { hash } } } }"""
    entries = [{"logicalKey": "hidden", "physicalKey": f"s3://{CLOSED_BUCKET}/hidden"}]
    params = {"bucket": OPEN_BUCKET, "name": "lab/hidden"}
    top_hash = filled.wire.graphql(push, params=params, src={"entries": entries})["packageConstruct"]["revision"][
        "hash"
    ]

    assert names(ask(filled, f"package/{OPEN_BUCKET}/lab/hidden/{top_hash}", WRITER)) == ["hidden"]
    assert ask(filled, f"package/{OPEN_BUCKET}/lab/hidden/{top_hash}", READER).status_code == 403


def test_a_file_that_is_gone_is_told(filled: CatalogShop) -> None:
    filled.s3.put_object(Bucket=OPEN_BUCKET, Key="fleeting", Body=b"x")
    push = """mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
      packageConstruct(params: $params, src: $src) { ... on PackagePushSuccess { revision { hash } } } }"""
    entries = [{"logicalKey": "fleeting", "physicalKey": f"s3://{OPEN_BUCKET}/fleeting"}]
    params = {"bucket": OPEN_BUCKET, "name": "lab/fleeting"}
    top_hash = filled.wire.graphql(push, params=params, src={"entries": entries})["packageConstruct"]["revision"][
        "hash"
    ]
    for version in filled.s3.list_object_versions(Bucket=OPEN_BUCKET, Prefix="fleeting")["Versions"]:
        filled.s3.delete_object(Bucket=OPEN_BUCKET, Key="fleeting", VersionId=version["VersionId"])

    answer = ask(filled, f"package/{OPEN_BUCKET}/lab/fleeting/{top_hash}")

    assert answer.status_code == 404 and "fleeting" in answer.json()["message"]
