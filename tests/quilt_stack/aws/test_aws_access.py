"""What callers may do: roles, sessions, bucket policies, strangers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from aws_callers import Session, allow, deny, document, new_client, refused

from quilt_stack.aws.cloud import Cloud

Assume = Callable[..., Session]


@pytest.fixture
def filled(s3: Any, bucket: str) -> str:
    """A bucket with ``open/key`` and ``shut/key``, two versions each."""
    for key in ("open/key", "shut/key"):
        for body in (b"old", b"new"):
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    return bucket


def version_of(s3: Any, bucket: str, key: str) -> str:
    return str(s3.head_object(Bucket=bucket, Key=key)["VersionId"])


READ_OPEN = "open"


def reader(assume: Assume, bucket: str, **options: Any) -> Any:
    """A role that lists the bucket and reads ``open/*``."""
    return assume(
        allow("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
        allow(["s3:GetObject", "s3:GetObjectVersion"], f"arn:aws:s3:::{bucket}/open/*"),
        **options,
    ).client("s3")


def test_a_role_may_do_what_its_policy_says(s3: Any, filled: str, assume: Assume) -> None:
    client = reader(assume, filled)
    version = version_of(s3, filled, "open/key")
    assert client.get_object(Bucket=filled, Key="open/key")["Body"].read() == b"new"
    assert client.get_object(Bucket=filled, Key="open/key", VersionId=version)["VersionId"] == version
    assert client.head_object(Bucket=filled, Key="open/key", VersionId=version)["ContentLength"] == 3
    assert client.list_objects_v2(Bucket=filled)["KeyCount"] == 2
    assert client.head_bucket(Bucket=filled)["BucketRegion"] == "us-east-1"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_object", {"Key": "shut/key"}),
        ("put_object", {"Key": "open/key", "Body": b""}),
        ("delete_object", {"Key": "open/key"}),
        ("get_object_tagging", {"Key": "open/key"}),
        ("get_object_attributes", {"Key": "open/key", "ObjectAttributes": ["ETag"]}),
        ("create_multipart_upload", {"Key": "open/key"}),
        ("list_object_versions", {}),
        ("get_bucket_policy", {}),
        ("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Suspended"}}),
        ("get_bucket_encryption", {}),
        ("delete_bucket", {}),
    ],
)
def test_a_role_may_do_nothing_else(filled: str, assume: Assume, operation: str, arguments: dict[str, Any]) -> None:
    client = reader(assume, filled)
    assert refused(lambda: getattr(client, operation)(Bucket=filled, **arguments)) == "AccessDenied"


def test_head_without_permission_is_403_without_a_body(filled: str, assume: Assume) -> None:
    client = reader(assume, filled)
    assert refused(lambda: client.head_object(Bucket=filled, Key="shut/key")) == "403"


def test_reading_a_version_needs_its_own_permission(s3: Any, filled: str, assume: Assume) -> None:
    client = assume(allow("s3:GetObject", f"arn:aws:s3:::{filled}/*")).client("s3")
    version = version_of(s3, filled, "open/key")
    assert client.get_object(Bucket=filled, Key="open/key")["Body"].read() == b"new"
    assert refused(lambda: client.get_object(Bucket=filled, Key="open/key", VersionId=version)) == "AccessDenied"


def test_copying_needs_the_source_too(s3: Any, filled: str, assume: Assume) -> None:
    client = assume(
        allow("s3:PutObject", f"arn:aws:s3:::{filled}/*"), allow("s3:GetObject", f"arn:aws:s3:::{filled}/open/*")
    ).client("s3")

    def copy(key: str, version_id: str | None = None) -> Any:
        source = {"Bucket": filled, "Key": key} | ({"VersionId": version_id} if version_id else {})
        return client.copy_object(Bucket=filled, Key="target", CopySource=source)

    assert copy("open/key")["CopyObjectResult"]["ETag"]
    assert refused(lambda: copy("shut/key")) == "AccessDenied"
    assert refused(lambda: copy("open/key", version_of(s3, filled, "open/key"))) == "AccessDenied"
    upload = client.create_multipart_upload(Bucket=filled, Key="target")["UploadId"]
    part = {"Bucket": filled, "Key": "target", "UploadId": upload, "PartNumber": 1}
    source = {"Bucket": filled, "Key": "shut/key"}
    assert refused(lambda: client.upload_part_copy(**part, CopySource=source)) == "AccessDenied"


def test_a_missing_key_is_told_only_to_those_who_may_list(filled: str, assume: Assume) -> None:
    blind = assume(allow("s3:GetObject", f"arn:aws:s3:::{filled}/*")).client("s3")
    assert refused(lambda: blind.get_object(Bucket=filled, Key="absent")) == "AccessDenied"
    assert refused(lambda: blind.head_object(Bucket=filled, Key="absent")) == "403"
    seeing = assume(allow(["s3:GetObject", "s3:ListBucket"], "*")).client("s3")
    assert refused(lambda: seeing.get_object(Bucket=filled, Key="absent")) == "NoSuchKey"
    assert refused(lambda: seeing.head_object(Bucket=filled, Key="absent")) == "404"


def test_a_missing_bucket_is_told_to_everybody(filled: str, assume: Assume) -> None:
    client = reader(assume, filled)
    missing = "no-such-bucket-anywhere"
    assert refused(lambda: client.get_object(Bucket=missing, Key="key")) == "NoSuchBucket"
    assert refused(lambda: client.head_object(Bucket=missing, Key="key")) == "404"
    assert refused(lambda: client.put_object(Bucket=missing, Key="key", Body=b"")) == "NoSuchBucket"
    assert refused(lambda: client.list_objects_v2(Bucket=missing)) == "NoSuchBucket"
    assert refused(lambda: client.create_bucket(Bucket=missing)) == "AccessDenied"


def test_delete_objects_is_decided_key_by_key(s3: Any, filled: str, assume: Assume) -> None:
    client = assume(allow("s3:DeleteObject", f"arn:aws:s3:::{filled}/open/*")).client("s3")
    version = version_of(s3, filled, "open/key")
    objects = [{"Key": "shut/key"}, {"Key": "open/key", "VersionId": version}, {"Key": "open/key"}]
    answer = client.delete_objects(Bucket=filled, Delete={"Objects": objects})
    assert [(each["Key"], each["Code"]) for each in answer["Errors"]] == [
        ("shut/key", "AccessDenied"),
        ("open/key", "AccessDenied"),
    ]
    assert [each["Key"] for each in answer["Deleted"]] == ["open/key"]
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=filled)["Contents"]] == ["shut/key"]


def test_a_deny_with_not_resource_denies_all_the_rest(filled: str, assume: Assume) -> None:
    fence = {"Effect": "Deny", "Action": "s3:*", "NotResource": f"arn:aws:s3:::{filled}/open/*"}
    client = assume(allow("s3:*", "*"), fence).client("s3")
    assert client.get_object(Bucket=filled, Key="open/key")["Body"].read() == b"new"
    assert refused(lambda: client.get_object(Bucket=filled, Key="shut/key")) == "AccessDenied"
    assert refused(lambda: client.list_objects_v2(Bucket=filled)) == "AccessDenied"


def test_a_condition_limits_listing_to_a_prefix(filled: str, assume: Assume) -> None:
    condition = {"StringLike": {"s3:prefix": "open/*"}}
    client = assume(allow("s3:ListBucket", f"arn:aws:s3:::{filled}", Condition=condition)).client("s3")
    assert client.list_objects_v2(Bucket=filled, Prefix="open/")["KeyCount"] == 1
    assert refused(lambda: client.list_objects_v2(Bucket=filled, Prefix="shut/")) == "AccessDenied"
    assert refused(lambda: client.list_objects_v2(Bucket=filled)) == "AccessDenied"


def test_a_session_policy_takes_away_and_never_gives(filled: str, assume: Assume) -> None:
    narrow = document(allow("s3:*", f"arn:aws:s3:::{filled}/open/*"))
    client = assume(allow("s3:GetObject", "*"), session_policy=narrow).client("s3")
    assert client.get_object(Bucket=filled, Key="open/key")["Body"].read() == b"new"
    assert refused(lambda: client.get_object(Bucket=filled, Key="shut/key")) == "AccessDenied"
    assert refused(lambda: client.put_object(Bucket=filled, Key="open/key", Body=b"")) == "AccessDenied"
    fenced = document(allow("*", "*"), deny("s3:GetObject", f"arn:aws:s3:::{filled}/shut/*"))
    client = assume(allow("s3:GetObject", "*"), session_policy=fenced).client("s3")
    assert refused(lambda: client.get_object(Bucket=filled, Key="shut/key")) == "AccessDenied"


def test_a_bucket_policy_grants_to_the_role_it_names(s3: Any, filled: str, assume: Assume) -> None:
    guest, other = assume(), assume()
    grant = allow("s3:GetObject", f"arn:aws:s3:::{filled}/open/*", Principal={"AWS": guest.role_arn})
    s3.put_bucket_policy(Bucket=filled, Policy=document(grant))
    assert guest.client("s3").get_object(Bucket=filled, Key="open/key")["Body"].read() == b"new"
    assert refused(lambda: guest.client("s3").get_object(Bucket=filled, Key="shut/key")) == "AccessDenied"
    assert refused(lambda: other.client("s3").get_object(Bucket=filled, Key="open/key")) == "AccessDenied"


def test_a_bucket_policy_denies_even_the_operator(s3: Any, filled: str) -> None:
    s3.put_bucket_policy(
        Bucket=filled, Policy=document(deny("s3:GetObject", f"arn:aws:s3:::{filled}/shut/*", Principal="*"))
    )
    assert refused(lambda: s3.get_object(Bucket=filled, Key="shut/key")) == "AccessDenied"
    assert s3.get_object(Bucket=filled, Key="open/key")["Body"].read() == b"new"


def test_plain_http_counts_as_secure_transport(s3: Any, filled: str) -> None:
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    policy = document(deny("s3:*", f"arn:aws:s3:::{filled}/*", Principal="*", Condition=insecure))
    s3.put_bucket_policy(Bucket=filled, Policy=policy)
    assert s3.get_object(Bucket=filled, Key="open/key")["Body"].read() == b"new"


def test_strangers_get_what_a_bucket_policy_opens_to_all(cloud: Cloud, s3: Any, filled: str) -> None:
    assert requests.get(f"{cloud.url}/{filled}/open/key", timeout=5).status_code == 403
    opened = allow("s3:GetObject", f"arn:aws:s3:::{filled}/open/*", Principal="*")
    s3.put_bucket_policy(Bucket=filled, Policy=document(opened))
    assert requests.get(f"{cloud.url}/{filled}/open/key", timeout=5).content == b"new"
    shut = requests.get(f"{cloud.url}/{filled}/shut/key", timeout=5)
    assert (shut.status_code, "<Code>AccessDenied</Code>" in shut.text) == (403, True)
    put = requests.put(f"{cloud.url}/{filled}/open/key", data=b"x", timeout=5)
    assert put.status_code == 403


def test_strangers_get_nothing_from_other_services(cloud: Cloud) -> None:
    form = {"Action": "ListUsers", "Version": "2010-05-08"}
    response = requests.post(cloud.url, data=form, headers={"Host": "iam.amazonaws.com"}, timeout=5)
    assert (response.status_code, "MissingAuthenticationToken" in response.text) == (403, True)


@pytest.mark.parametrize(
    ("header", "code"),
    [("AWS AKIA:old", "InvalidRequest"), ("AWS4-HMAC-SHA256 Credential=short", "AuthorizationHeaderMalformed")],
)
def test_other_signatures_are_refused(cloud: Cloud, bucket: str, header: str, code: str) -> None:
    response = requests.get(f"{cloud.url}/{bucket}", headers={"Authorization": header}, timeout=5)
    assert (response.status_code, code in response.text) == (400, True)


def test_wrong_keys_are_refused(cloud: Cloud, bucket: str) -> None:
    stranger = new_client(cloud, "s3", "AKIAIOSFODNN7UNKNOWN", "secret")
    forger = new_client(cloud, "s3", cloud.operator_access_key_id, "secret")
    assert refused(lambda: stranger.list_objects_v2(Bucket=bucket)) == "InvalidAccessKeyId"
    assert refused(lambda: forger.list_objects_v2(Bucket=bucket)) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "code"),
    [
        ("glue", "get_databases", {}, "AccessDeniedException"),
        ("athena", "list_work_groups", {}, "AccessDeniedException"),
        ("iam", "list_users", {}, "AccessDenied"),
        ("sns", "list_topics", {}, "AccessDenied"),
    ],
)
def test_services_refuse_in_their_own_protocol(
    assume: Assume, service: str, operation: str, arguments: dict[str, Any], code: str
) -> None:
    client = assume().client(service)
    assert refused(lambda: getattr(client, operation)(**arguments)) == code


def test_anybody_may_ask_who_they_are(assume: Assume) -> None:
    identity = assume(deny("*", "*")).client("sts").get_caller_identity()
    assert ":assumed-role/" in identity["Arn"]


def test_a_deleted_role_may_do_nothing(cloud: Cloud, filled: str, assume: Assume) -> None:
    session = assume(allow("s3:*", "*"))
    iam, name = cloud.client("iam"), session.role_arn.rpartition("/")[2]
    iam.delete_role_policy(RoleName=name, PolicyName="inline")
    iam.delete_role(RoleName=name)
    assert refused(lambda: session.client("s3").get_object(Bucket=filled, Key="open/key")) == "AccessDenied"


def test_a_changed_policy_holds_at_once(cloud: Cloud, filled: str, assume: Assume) -> None:
    session = assume(allow("s3:*", "*"))
    client = session.client("s3")
    assert client.get_object(Bucket=filled, Key="open/key")["Body"].read() == b"new"
    role = {"RoleName": session.role_arn.rpartition("/")[2], "PolicyName": "inline"}
    cloud.client("iam").put_role_policy(**role, PolicyDocument=document(allow("s3:ListBucket", "*")))
    assert refused(lambda: client.get_object(Bucket=filled, Key="open/key")) == "AccessDenied"


def test_a_role_is_assumed_only_by_those_it_trusts(cloud: Cloud, assume: Assume) -> None:
    iam, sts = cloud.client("iam"), cloud.client("sts")
    trusted = assume(allow("sts:AssumeRole", "*"))
    trust = {"Effect": "Allow", "Principal": {"AWS": trusted.role_arn}, "Action": "sts:AssumeRole"}
    inner = iam.create_role(RoleName="inner", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    assert trusted.client("sts").assume_role(RoleArn=inner, RoleSessionName="someone")["Credentials"]
    assert refused(lambda: sts.assume_role(RoleArn=inner, RoleSessionName="someone")) == "AccessDenied"
    stranger = assume(allow("s3:*", "*")).client("sts")
    assert refused(lambda: stranger.assume_role(RoleArn=inner, RoleSessionName="someone")) == "AccessDenied"


def test_a_role_that_does_not_exist_cannot_be_assumed(cloud: Cloud) -> None:
    sts = cloud.client("sts")
    arn = "arn:aws:iam::123456789012:role/nobody"
    assert refused(lambda: sts.assume_role(RoleArn=arn, RoleSessionName="someone")) == "AccessDenied"


def test_an_external_id_is_a_condition_of_trust(cloud: Cloud) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "agreed"}}
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": condition}
    role = cloud.client("iam").create_role(
        RoleName="with-external-id", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust})
    )["Role"]["Arn"]
    sts = cloud.client("sts")
    assert sts.assume_role(RoleArn=role, RoleSessionName="someone", ExternalId="agreed")["Credentials"]
    assert (
        refused(lambda: sts.assume_role(RoleArn=role, RoleSessionName="someone", ExternalId="guess")) == "AccessDenied"
    )
    assert refused(lambda: sts.assume_role(RoleArn=role, RoleSessionName="someone")) == "AccessDenied"


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/", "/latest/meta-data/iam/security-credentials/"])
def test_motos_own_doors_are_shut(cloud: Cloud, s3: Any, bucket: str, path: str) -> None:
    assert requests.post(cloud.url + path, timeout=5).status_code == 404
    assert s3.head_bucket(Bucket=bucket)
