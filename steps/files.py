"""Files in S3: what is in a bucket before anyone publishes it, and what happens to it there."""

from __future__ import annotations

from dataclasses import replace

from botocore.exceptions import ClientError
from pytest_bdd import given, then, when

from environment.arrangement.versions import delete_versions, set_versioning, versions_under
from environment.driving.files import ScenarioFile, StoredContent, Storeroom, content_of
from environment.driving.packages import Package
from environment.gherkin.embedded import embedded_only
from environment.gherkin.following import brings
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.gherkin.things import World
from environment.observers.storage import MANIFESTS, StorageObserver
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.kinds import CONTENT


@given(parse("these files in the {bucket:WritableBucket} bucket:"))
@columns("file", optional=("content", "path"), cells={"content": CONTENT})
@brings("file", column="file")
def files_in_bucket(bucket: str, datatable: Rows, storeroom: Storeroom, target: Target, world: World) -> None:
    """Files made for this scenario; `path` says where a file is if its path is not its name."""
    for row in datatable:
        path = row.get("path") or row["file"]
        content = content_of(row.get("content", ""), row["file"])
        stored = storeroom.put(path, content, getattr(target.buckets, bucket))
        world.bring("file", row["file"]).value = ScenarioFile([stored])


@given(parse("the {bucket:WritableBucket} bucket has stopped keeping versions"))
@embedded_only
def keeps_no_versions(bucket: str, target: Target, undo: UndoLog) -> None:
    """Versioning is suspended: from now on, writing replaces what is there for good. It is resumed afterwards."""
    target.require_control("Let a bucket stop keeping versions")  # of one in use, others would lose what they have
    name = getattr(target.buckets, bucket)
    undo.book("versioning", f"the suspended versioning of {name}", bucket=name)
    set_versioning(target.client("s3"), name, kept=False)


@given(parse("{file:NewFile} in the {bucket:WritableBucket} bucket whose name is {count:Count} letters long"))
def file_with_long_name(file: ScenarioFile, bucket: str, count: int, storeroom: Storeroom, target: Target) -> None:
    """A file made for this scenario with a very long name."""
    name = "k" * count
    file.versions.append(storeroom.put(name, content_of("some content", name), getattr(target.buckets, bucket)))


@given(parse("somebody has overwritten {file:File} in S3"))
@when(parse("somebody overwrites {file:File} in S3"))
def overwrite(file: ScenarioFile, storeroom: Storeroom) -> None:
    """The same key gets other bytes of the same size; a bucket with versions keeps the earlier ones."""
    storeroom.overwrite(file)


@given(parse("the registry has lost the list of files of {package:Package}"))
def file_list_is_lost(package: Package, target: Target) -> None:
    """Pointers lead to the latest revision, and its manifest is gone from S3, in all its versions."""
    s3, manifest = target.client("s3"), f"{MANIFESTS}{package.latest.top_hash}"
    delete_versions(s3, package.bucket, versions_under(s3, package.bucket, manifest))


@then(parse("{file:File} is still in S3"))
def is_still_there(file: ScenarioFile, storage_observer: StorageObserver) -> None:
    """It is where it was put, with the bytes that it had at first; an earlier version does not count."""
    try:
        found = storage_observer.sha256(replace(file.first, version_id=None).physical_key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchKey", "NoSuchVersion", "404"):
            raise
        raise AssertionError(f"{file.first.uri} is gone") from None
    assert found == file.first.sha256, f"{file.first.uri} has other bytes"


@given(parse("somebody has deleted {files:Files} from S3"))
@when(parse("somebody deletes {files:Files} from S3"))
def discard(files: tuple[StoredContent, ...], storeroom: Storeroom) -> None:
    """The files are gone from their bucket, in all their versions."""
    storeroom.discard(files)
