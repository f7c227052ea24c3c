"""A restored state is the state of then, for clients that were there before."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from full_stack import LARGE, Full, change_everything
from stack_wire import OPEN_BUCKET, READER, WRITER
from state_seen import Seen

import quilt_stack
from quilt_stack import ControlError, DeploymentSettings

QUILT3 = """
import json, sys
import quilt3
from quilt3 import session
quilt3.config(sys.argv[1])
session.login_with_token(sys.argv[2])
session.create_botocore_session()
found = {}
for name in quilt3.list_packages(registry="s3://open-bucket"):
    package = quilt3.Package.browse(name, registry="s3://open-bucket")
    files = [[key, entry.get_bytes().hex()[:99]] for key, entry in package.walk()]
    found[name] = [package.top_hash, package.meta, files,
                   sorted(map(list, quilt3.list_package_versions(name, registry="s3://open-bucket")))]
print(json.dumps(found))
"""


def by_quilt3(full: Full, token: str, home: Path) -> dict[str, object]:
    """Packages with their files, as the quilt3 of somebody with a token sees them."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", QUILT3, full.wire.running.catalog_url, token],
        env={
            "AWS_ENDPOINT_URL": full.wire.running.aws_url,
            "HOME": str(home),
            "XDG_DATA_HOME": str(home),
            "QUILT_DISABLE_USAGE_METRICS": "true",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_a_restored_state_is_the_state_of_then(full: Full, tmp_path: Path) -> None:
    control, registry = full.control, full.wire.running.registry_url
    writers_token = control.issue_token(WRITER)
    packages_then = by_quilt3(full, writers_token, tmp_path)
    then = full.seen.all()  # the last to look: IAM writes down when a role was used
    assert then["athena"][1] and then["iam"][1] and set(packages_then) == {"lab/first", "lab/second"}

    taken = control.snapshot("then")
    change_everything(full)
    now = full.seen.all()
    assert [part for part in then if now[part] == then[part]] == []
    assert requests.get(full.presigned, timeout=10).status_code == 403
    control.restore("then")

    again = full.seen.all()
    for part, expected in then.items():
        assert again[part] == expected, part
    assert by_quilt3(full, writers_token, tmp_path) == packages_then
    assert requests.get(full.presigned, timeout=10).text == "site,value\nnorth,1\n"
    assert full.readers_s3.get_object(Bucket=OPEN_BUCKET, Key="large.bin")["Body"].read() == LARGE
    assert full.wire.token(READER)
    with_key = requests.post(
        f"{registry}/graphql",
        json={"query": "{ me { name } }"},
        headers={"Authorization": f"Bearer {full.api_key}"},
        timeout=10,
    )
    assert with_key.json() == {"data": {"me": {"name": "ada"}}}
    assert stat.S_IMODE(taken.file.stat().st_mode) == 0o600


def test_a_restored_state_goes_on(full: Full) -> None:
    """Old versions, open uploads and the index are not a picture: they can be worked with."""
    s3, control = full.seen.s3, full.control
    control.snapshot("before")
    s3.put_object(Bucket=OPEN_BUCKET, Key="late.txt", Body=b"late")
    control.restore("before")

    [upload] = s3.list_multipart_uploads(Bucket="closed-bucket")["Uploads"]
    place = {"Bucket": "closed-bucket", "Key": upload["Key"], "UploadId": upload["UploadId"]}
    parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in s3.list_parts(**place)["Parts"]]
    s3.complete_multipart_upload(**place, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket="closed-bucket", Key="parts")["Body"].read() == b"part one"
    marker = s3.list_object_versions(Bucket=OPEN_BUCKET, Prefix="a/")["DeleteMarkers"][0]
    s3.delete_object(Bucket=OPEN_BUCKET, Key=marker["Key"], VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=OPEN_BUCKET, Key=marker["Key"])["Body"].read() == b"2"
    s3.put_object(Bucket=OPEN_BUCKET, Key="new.txt", Body=b"findable")
    control.wait_until_indexed()
    found = full.seen.graphql('{ searchObjects(searchString: "findable") { ... on ObjectsSearchResultSet { total } } }')
    assert found["searchObjects"]["total"] == 1
    control.restore("before")
    assert s3.list_multipart_uploads(Bucket="closed-bucket")["Uploads"] == [upload]


def test_what_waits_for_the_index_is_in_a_snapshot(full: Full) -> None:
    control, s3 = full.control, full.seen.s3
    control.set_indexing_delay(3600)
    try:
        s3.put_object(Bucket=OPEN_BUCKET, Key="waiting.txt", Body=b"patience")
        control.snapshot("waiting")
        control.set_indexing_delay(0)
        control.wait_until_indexed()
        s3.delete_object(Bucket=OPEN_BUCKET, Key="waiting.txt")
        control.wait_until_indexed()
        control.restore("waiting")
        control.wait_until_indexed()
    finally:
        control.set_indexing_delay(0)
    query = '{ searchObjects(searchString: "patience") { ... on ObjectsSearchResultSet { total } } }'
    assert full.seen.graphql(query)["searchObjects"]["total"] == 1


def test_a_code_of_the_identity_provider_is_good_again(full: Full) -> None:
    control, url = full.control, f"{full.wire.running.registry_url}/api/login"
    body = {"provider": "okta", "code": control.sso_code({"email": "lee@example.org", "sub": "lee"})}
    control.snapshot("code")

    def answer() -> int:
        return requests.post(url, json=body, timeout=10).status_code

    assert (answer(), answer()) == (200, 401)
    control.restore("code")
    assert (answer(), answer()) == (200, 401)


def test_faults_the_journal_and_the_control_token_are_not_restored(full: Full) -> None:
    from quilt_stack import Status

    control = full.control
    control.snapshot("quiet")
    fault = control.set_fault("aws", Status(code=503), path="/nowhere")
    control.restore("quiet")
    assert [each.id for each in control.faults()] == [fault.id]
    control.clear_faults()


@pytest.mark.slow
def test_a_snapshot_can_be_restored_elsewhere(full: Full, tmp_path: Path) -> None:
    """The other deployment keeps its ports, the operator's keys and its control token; all else is as it was here."""
    token = full.control.issue_token(WRITER)
    there, here = full.seen.all(), full.wire.running
    file = full.control.snapshot("handed_on").file
    settings = DeploymentSettings(state_directory=tmp_path / "state", indexing_delay_seconds=0)
    other = quilt_stack.start(settings, owned=True)
    try:
        other.control.restore(file)
        seen = Seen(other, full.seen.token).all()
        for part, expected in there.items():
            if part != "iam":  # the operator's use of roles is written down at other times
                assert seen[part] == expected, part
        me = requests.post(
            f"{other.registry_url}/graphql",
            json={"query": "{ me { name } }"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        assert me.json() == {"data": {"me": {"name": WRITER}}}
        with_other_keys = boto3.client("s3", **{**here.boto3_arguments, "endpoint_url": other.aws_url})
        with pytest.raises(ClientError, match="InvalidAccessKeyId"):
            with_other_keys.list_buckets()
        assert quilt_stack.attach(settings.state_directory) is not None
    finally:
        other.stop()


@pytest.mark.slow
def test_a_stack_of_other_names_takes_no_snapshot_of_this_one(full: Full, tmp_path: Path) -> None:
    file = full.control.snapshot("local").file
    settings = DeploymentSettings(state_directory=tmp_path / "state", stack_prefix="shop")
    other = quilt_stack.start(settings, owned=True)
    try:
        with pytest.raises(
            ControlError, match="with stack_prefix 'local', and this one has 'shop': start one with that"
        ):
            other.control.restore(file)
    finally:
        other.stop()


@pytest.mark.slow
def test_what_cannot_be_restored_changes_nothing(full: Full, tmp_path: Path) -> None:
    control = full.control
    good = control.snapshot("good").file
    full.seen.s3.put_object(Bucket=OPEN_BUCKET, Key="after.txt", Body=b"x")
    control.wait_until_indexed()
    then = full.seen.all()

    def told(file: Path | str, *expected: str) -> None:
        with pytest.raises(ControlError) as refused:
            control.restore(file)
        text = str(refused.value)
        assert "\n" not in text and all(each in text for each in expected), text
        assert full.seen.all() == then

    content = good.read_bytes()
    files = {
        name: tmp_path / f"{name}.snapshot" for name in ("cut", "flipped", "text", "evil", "newer", "other", "part")
    }
    files["cut"].write_bytes(content[: len(content) // 2])
    middle = len(content) // 2
    files["flipped"].write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    files["text"].write_text("no archive", encoding="utf-8")
    rewrite(good, files["newer"], "snapshot.json", lambda title: {**title, "format": 2})
    rewrite(
        good, files["other"], "snapshot.json", lambda title: {**title, "versions": {"quilt-stack": "9.9", "moto": "5"}}
    )
    rewrite(
        good, files["evil"], "graph.json", lambda graph: {**graph, "nodes": [["list", [1]], ["named", "os:system"]]}
    )

    told("unheard", "there is no snapshot 'unheard'; there are: ", "good")
    told(tmp_path / "absent.snapshot", "absent.snapshot cannot be read: no such file or directory")
    for name in ("cut", "flipped", "text"):
        told(files[name], f"{name}.snapshot is no snapshot, or a damaged one")
    told(files["newer"], "is a snapshot of format 2, and this quilt-stack reads 1")
    told(files["other"], "was made with quilt-stack 9.9 and moto 5, and this is quilt-stack ")
    rewrite(good, files["part"], "graph.json", lambda graph: {**graph, "nodes": without_mails(graph["nodes"])})
    told(files["part"], "cannot be restored: a state without mails")
    told(files["evil"], "cannot be restored: it holds what no snapshot does", "os:system must not be read")


def without_mails(nodes: list[list[Any]]) -> list[list[Any]]:
    """The nodes of a state that lacks a part."""
    [state] = [node for node in nodes if node[:2] == ["object", "quilt_stack.stack.snapshots:State"]]
    place = state[2].index("mails")
    del state[2][place : place + 2]
    return nodes


def rewrite(source: Path, target: Path, part: str, change: object) -> None:
    """A copy of a snapshot with one of its parts changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, json.dumps(change(json.loads(content))) if name == part else content)  # type: ignore[operator]


def test_snapshots_are_listed_replaced_and_removed(full: Full) -> None:
    control = full.control
    first = control.snapshot("twice")
    second = control.snapshot("twice")
    assert first.file == second.file and second.made_at > first.made_at
    assert [each for each in control.snapshots() if each.name == "twice"] == [second]
    assert second.size_bytes == second.file.stat().st_size
    control.remove_snapshot("twice")
    assert "twice" not in {each.name for each in control.snapshots()}
    with pytest.raises(ControlError, match="no such file"):
        control.remove_snapshot("twice")
    for name in ("", "a/b", "..", "a.b", "x" * 65):
        with pytest.raises(ControlError, match="is no name for a snapshot"):
            control.snapshot(name)


def test_a_snapshot_is_quick(full: Full) -> None:
    """This state has some 12 MB, the suite's baseline 107 MB: docs/embedded-deployment.md says what that takes."""
    import time

    began = time.perf_counter()
    full.control.snapshot("quick")
    full.control.restore("quick")
    assert time.perf_counter() - began < 2
