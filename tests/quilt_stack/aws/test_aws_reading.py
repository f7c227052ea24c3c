"""What is read past the wire is what S3 answers over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quilt_stack.aws.s3_reading import StoredObject, stored_keys, stored_object

KEYS = ("a", "b/c", "b/d e")
ACTIONS = st.lists(st.tuples(st.sampled_from(KEYS), st.none() | st.binary(max_size=20)), max_size=8)


def answered(s3: Any, bucket: str, key: str, version_id: str | None = None) -> StoredObject | None:
    """The object as S3 answers it over the wire."""
    version = {} if version_id is None else {"VersionId": version_id}
    try:
        answer = s3.get_object(Bucket=bucket, Key=key, **version)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (404, 405)
        return None
    return StoredObject(answer["Body"].read(), answer["LastModified"], answer["ETag"], answer.get("VersionId"))


@pytest.mark.parametrize("versioned", [True, False])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(actions=ACTIONS)
def test_objects_and_keys_are_those_of_the_wire(
    s3: Any, new_bucket: Callable[..., str], versioned: bool, actions: list[tuple[str, bytes | None]]
) -> None:
    bucket = new_bucket(versioned=versioned)
    for key, content in actions:
        if content is None:
            s3.delete_object(Bucket=bucket, Key=key)
        else:
            s3.put_object(Bucket=bucket, Key=key, Body=content)

    listing = s3.list_object_versions(Bucket=bucket)
    versions = [*listing.get("Versions", []), *listing.get("DeleteMarkers", [])]
    for key in KEYS:
        assert stored_object(bucket, key) == answered(s3, bucket, key)
    for each in versions if versioned else []:
        place = bucket, each["Key"], each["VersionId"]
        assert stored_object(*place) == answered(s3, *place)
    for prefix in ("", "b/", "b/d", "c"):
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        assert stored_keys(bucket, prefix) == {each["Key"]: each["LastModified"] for each in listed}


def test_the_beginning_of_an_object_is_enough(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"0123456789")

    found = stored_object(bucket, "key", limit=4)

    assert found is not None and found.content == b"0123"


def test_there_is_nothing_in_a_bucket_that_is_not_there() -> None:
    assert stored_object("no-such-bucket", "key") is None
    assert stored_keys("no-such-bucket", "") is None
