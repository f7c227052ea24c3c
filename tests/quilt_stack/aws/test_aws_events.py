"""What S3 announces, to listeners and to a queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from quilt_stack.aws.cloud import Cloud, ObjectEvent


def told(events: list[ObjectEvent]) -> list[tuple[str, str, str | None, int]]:
    return [(event.name, event.key, event.version_id, event.size) for event in events]


def test_objects_that_come_are_announced_once(s3: Any, bucket: str, events: list[ObjectEvent]) -> None:
    put = s3.put_object(Bucket=bucket, Key="a b/ü", Body=b"four")
    copy = s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "a b/ü"})
    upload = s3.create_multipart_upload(Bucket=bucket, Key="large")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="large", UploadId=upload, PartNumber=1, Body=b"three")
    done = s3.complete_multipart_upload(
        Bucket=bucket,
        Key="large",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert told(events) == [
        ("ObjectCreated:Put", "a b/ü", put["VersionId"], 4),
        ("ObjectCreated:Copy", "copy", copy["VersionId"], 4),
        ("ObjectCreated:CompleteMultipartUpload", "large", done["VersionId"], 5),
    ]
    assert [event.etag for event in events] == [each.strip('"') for each in (put["ETag"], put["ETag"], done["ETag"])]
    assert {event.bucket for event in events} == {bucket}


def test_objects_that_go_are_announced_by_version(s3: Any, bucket: str, events: list[ObjectEvent]) -> None:
    old = s3.put_object(Bucket=bucket, Key="key", Body=b"old")["VersionId"]
    new = s3.put_object(Bucket=bucket, Key="key", Body=b"new")["VersionId"]
    marker = s3.delete_object(Bucket=bucket, Key="key")["VersionId"]
    events.clear()
    s3.delete_object(Bucket=bucket, Key="key", VersionId=marker)
    s3.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": "key", "VersionId": old}, {"Key": "key", "VersionId": new}]}
    )
    s3.delete_object(Bucket=bucket, Key="key", VersionId=new)
    assert told(events) == [("ObjectRemoved:Delete", "key", version, 0) for version in (marker, old, new)]


def test_a_delete_marker_is_announced(s3: Any, bucket: str, events: list[ObjectEvent]) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    marker = s3.delete_object(Bucket=bucket, Key="key")["VersionId"]
    assert told(events)[1:] == [("ObjectRemoved:DeleteMarkerCreated", "key", marker, 0)]


def test_without_versioning_there_is_no_version_id(
    s3: Any, new_bucket: Callable[..., str], events: list[ObjectEvent]
) -> None:
    name = new_bucket(versioned=False)
    s3.put_object(Bucket=name, Key="key", Body=b"body")
    s3.delete_object(Bucket=name, Key="key")
    s3.delete_object(Bucket=name, Key="key")
    assert told(events) == [("ObjectCreated:Put", "key", None, 4), ("ObjectRemoved:Delete", "key", None, 0)]


def test_a_refused_request_announces_nothing(s3: Any, bucket: str, events: list[ObjectEvent]) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    try:
        s3.put_object(Bucket=bucket, Key="key", Body=b"body", IfNoneMatch="*")
    except s3.exceptions.ClientError:
        events.append(events[0])
    assert len(events) == 2


def test_a_queue_gets_records_with_version_and_sequencer(cloud: Cloud, s3: Any, bucket: str) -> None:
    sqs = cloud.client("sqs")
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}]
        },
    )
    created = s3.put_object(Bucket=bucket, Key="a b", Body=b"four")
    marker = s3.delete_object(Bucket=bucket, Key="a b")
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    bodies = [json.loads(message["Body"]) for message in messages]
    records = [record for body in bodies for record in body.get("Records", [])]
    assert [record["eventName"] for record in records] == ["ObjectCreated:Put", "ObjectRemoved:DeleteMarkerCreated"]
    first, second = (record["s3"]["object"] for record in records)
    assert (first["key"], first["size"], first["versionId"]) == ("a+b", 4, created["VersionId"])
    assert (second["versionId"], second["eTag"]) == (marker["VersionId"], "d41d8cd98f00b204e9800998ecf8427e")
    assert int(first["sequencer"], 16) < int(second["sequencer"], 16)
