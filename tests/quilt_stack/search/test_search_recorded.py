"""What a real stack was recorded to answer to a search, on the wire, through quilt3 and as the web catalog asks.

Each test holds a row of the recordings (registry facts 11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import quilt3.session
import quilt3.util
import requests
from quilt3.search_util import search_api
from stack_wire import OPEN_BUCKET, WRITER, WireDeployment

FOLDER = "recorded"
PACKAGE = f"dana/{FOLDER}"
CONSTRUCT = """
mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) { __typename }
}
"""


def operator_s3(deployment: WireDeployment) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=deployment.running.aws_url,
        region_name=deployment.running.region,
        aws_access_key_id=deployment.running.operator_access_key_id,
        aws_secret_access_key=deployment.running.operator_secret_access_key,
    )


@pytest.fixture(scope="module")
def filled(wire: WireDeployment) -> WireDeployment:
    """Files of several kinds, a package, and everything indexed."""
    s3 = operator_s3(wire)
    for name in ("table.csv", "photo.PNG", "drawing.svg", "old.jpg", "archive.bin", "long.tsv.gz"):
        s3.put_object(Bucket=OPEN_BUCKET, Key=f"{FOLDER}/{name}", Body=b"a,b\n1,2\n")
    s3.put_object(Bucket=OPEN_BUCKET, Key=f"{FOLDER}/table.csv", Body=b"a,b\n3,4\n")
    s3.delete_object(Bucket=OPEN_BUCKET, Key=f"{FOLDER}/old.jpg")
    variables = {
        "params": {"bucket": OPEN_BUCKET, "name": PACKAGE, "message": "As recorded"},
        "src": {"entries": [{"logicalKey": "t.csv", "physicalKey": f"s3://{OPEN_BUCKET}/{FOLDER}/table.csv"}]},
    }
    answer = requests.post(
        f"{wire.running.registry_url}/graphql",
        json={"query": CONSTRUCT, "variables": variables},
        headers=wire.headers(WRITER),
        timeout=10,
    )
    assert answer.json()["data"]["packageConstruct"]["__typename"] == "PackagePushSuccess"
    wire.running.control.wait_until_indexed()
    return wire


@pytest.fixture
def searching(filled: WireDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WireDeployment]:
    """quilt3 acts for the writer; its key is kept in memory alone."""
    config = tmp_path / "config.yml"
    config.write_text(json.dumps({"registryUrl": filled.running.registry_url}), encoding="utf-8")
    monkeypatch.setattr(quilt3.util, "CONFIG_PATH", config)
    created = requests.post(
        f"{filled.running.registry_url}/graphql",
        json={"query": 'mutation { apiKeyCreate(input: {name: "tests"}) { ... on APIKeyCreated { secret } } }'},
        headers=filled.headers(WRITER),
        timeout=10,
    )
    quilt3.session.login_with_api_key(created.json()["data"]["apiKeyCreate"]["secret"])
    yield filled
    quilt3.session.clear_api_key()
    quilt3.session.clear_session()


def hits(query: object, index: str = OPEN_BUCKET) -> list[dict[str, Any]]:
    return list(search_api(query, index, 100)["hits"]["hits"])  # type: ignore[arg-type]  # dictionary or text


def aggregated(deployment: WireDeployment, action: str) -> Any:
    """The answer to what the web catalog asks for a bucket's page."""
    return requests.get(
        f"{deployment.running.registry_url}/api/search",
        params={"index": OPEN_BUCKET, "action": action},
        headers=deployment.headers(WRITER),
        timeout=10,
    ).json()


@pytest.mark.usefixtures("searching")
class TestHits:
    @pytest.mark.parametrize("query", [{"query": {"term": {"ext": ".csv"}}}, "ext:.csv"])
    def test_of_objects_show_neither_content_nor_event_nor_extension(self, query: object) -> None:
        [shown] = {frozenset(hit["_source"]) for hit in hits(query)}
        assert shown == {"key", "version_id", "last_modified", "size", "delete_marker", "s3_tags", "updated"}

    def test_of_pointers_show_name_tag_and_time(self) -> None:
        found = hits({"query": {"term": {"ptr_name": PACKAGE}}}, f"{OPEN_BUCKET}_packages")
        assert len(found) == 2
        assert {frozenset(hit["_source"]) for hit in found} == {frozenset({"ptr_name", "ptr_tag", "ptr_last_modified"})}

    def test_of_manifests_and_entries_show_no_join_field(self) -> None:
        found = hits({"query": {"match_all": {}}}, f"{OPEN_BUCKET}_packages")
        assert len(found) > 2
        assert not any("join_field" in hit["_source"] for hit in found)

    def test_show_fields_that_are_asked_for(self) -> None:
        found = hits({"query": {"term": {"key": f"{FOLDER}/photo.PNG"}}, "_source": ["ext", "size"]})
        assert [hit["_source"] for hit in found] == [{"ext": ".png", "size": 8}]

    @pytest.mark.parametrize("index", [OPEN_BUCKET, f"{OPEN_BUCKET}_packages"])
    def test_name_the_index_with_the_suffix_of_its_making(self, index: str) -> None:
        [named] = {hit["_index"] for hit in hits({"query": {"match_all": {}}}, index)}
        assert re.fullmatch(rf"{index}-reindex-v[0-9a-f]{{40}}", named)


def test_the_total_of_the_stats_is_a_number(filled: WireDeployment) -> None:
    answer = aggregated(filled, "stats")
    extensions = {each["key"]: each["doc_count"] for each in answer["aggregations"]["exts"]["buckets"]}
    assert answer["hits"]["total"] >= 7
    assert extensions[".csv"] >= 2


@pytest.mark.parametrize(
    ("action", "expected"),
    [("images", {"photo.PNG", "drawing.svg"}), ("sample", {"table.csv", "long.tsv.gz"})],
)
def test_pictures_and_sample_name_the_newest_version_of_each_key(
    filled: WireDeployment, action: str, expected: set[str]
) -> None:
    """In the form in which the web catalog reads them (registry facts 11)."""
    groups = aggregated(filled, action)["aggregations"]["objects"]["buckets"]
    newest = {group["key"]: group["latest"]["hits"]["hits"][0]["_source"] for group in groups}
    mine = {key.rpartition("/")[2]: source for key, source in newest.items() if key.startswith(f"{FOLDER}/")}
    assert set(mine) == expected
    assert all(source["key"] == key for key, source in newest.items())
    s3 = operator_s3(filled)
    for source in mine.values():
        assert s3.head_object(Bucket=OPEN_BUCKET, Key=source["key"])["VersionId"] == source["version_id"]
