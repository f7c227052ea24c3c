"""S3: buckets and their policies."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from quilt_stack.aws.cloudformation.resource_type import AlreadyExists, Place, Properties, ResourceType

_GONE = frozenset({"NoSuchBucket", "404"})


def _create_bucket(place: Place, properties: Properties) -> str:
    s3 = place.client("s3")
    name = str(properties.get("BucketName", place.name))
    if name in (bucket["Name"] for bucket in s3.list_buckets()["Buckets"]):
        raise AlreadyExists(name)
    elsewhere: Any = {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
    s3.create_bucket(Bucket=name, **({} if place.region == "us-east-1" else elsewhere))
    try:
        _update_bucket(place, name, properties, {})
    except Exception:
        s3.delete_bucket(Bucket=name)
        raise
    return name


def _update_bucket(place: Place, name: str, properties: Properties, old: Properties) -> None:
    s3 = place.client("s3")
    if "VersioningConfiguration" in properties or "VersioningConfiguration" in old:
        status = properties.get("VersioningConfiguration", {}).get("Status", "Suspended")
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    if encryption := properties.get("BucketEncryption"):
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=_encryption(encryption))
    elif "BucketEncryption" in old:
        s3.delete_bucket_encryption(Bucket=name)
    if block := properties.get("PublicAccessBlockConfiguration"):
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
    elif "PublicAccessBlockConfiguration" in old:
        s3.delete_public_access_block(Bucket=name)
    if ownership := properties.get("OwnershipControls"):
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=ownership)
    elif "OwnershipControls" in old:
        s3.delete_bucket_ownership_controls(Bucket=name)
    if lifecycle := properties.get("LifecycleConfiguration"):
        rules = [_lifecycle_rule(rule) for rule in lifecycle["Rules"]]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    elif "LifecycleConfiguration" in old:
        s3.delete_bucket_lifecycle(Bucket=name)
    if logging := properties.get("LoggingConfiguration"):
        enabled = {"TargetBucket": logging["DestinationBucketName"], "TargetPrefix": logging.get("LogFilePrefix", "")}
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": enabled})
    elif "LoggingConfiguration" in old:
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={})
    if tags := properties.get("Tags"):
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    elif "Tags" in old:
        s3.delete_bucket_tagging(Bucket=name)


_SETTINGS = {
    "VersioningConfiguration": ("get_bucket_versioning", None, ""),
    "BucketEncryption": (
        "get_bucket_encryption",
        "ServerSideEncryptionConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    ),
    "PublicAccessBlockConfiguration": (
        "get_public_access_block",
        "PublicAccessBlockConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
    ),
    "OwnershipControls": ("get_bucket_ownership_controls", "OwnershipControls", "OwnershipControlsNotFoundError"),
    "LifecycleConfiguration": ("get_bucket_lifecycle_configuration", None, "NoSuchLifecycleConfiguration"),
    "Tags": ("get_bucket_tagging", "TagSet", "NoSuchTagSet"),
}
"""By property: the request that reads it, the part of the answer, and the error that means that there is none."""


def _read_bucket(place: Place, name: str) -> Properties:
    s3 = place.client("s3")
    found: Properties = {}
    for setting, (request, part, none) in _SETTINGS.items():
        try:
            answer = getattr(s3, request)(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != none:
                raise
        else:
            found[setting] = answer if part is None else answer[part]
    if "BucketEncryption" in found:
        rules = [
            {"ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]}
            for rule in found["BucketEncryption"]["Rules"]
        ]
        found["BucketEncryption"] = {"ServerSideEncryptionConfiguration": rules}
    if "LifecycleConfiguration" in found:
        found["LifecycleConfiguration"] = {
            "Rules": [_template_rule(rule) for rule in found["LifecycleConfiguration"]["Rules"]]
        }
    return found


def _template_rule(rule: Properties) -> Properties:
    """The reverse of `_lifecycle_rule`."""
    return {
        **rule,
        "Id": rule["ID"],
        "ExpirationInDays": rule.get("Expiration", {}).get("Days"),
        "ExpiredObjectDeleteMarker": rule.get("Expiration", {}).get("ExpiredObjectDeleteMarker"),
        "Prefix": rule.get("Filter", {}).get("Prefix"),
    }


def _encryption(encryption: Properties) -> dict[str, Any]:
    return {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
                "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            }
            for rule in encryption["ServerSideEncryptionConfiguration"]
        ]
    }


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    """CloudFormation and S3 name things differently: the id, what expires, the prefix."""
    renamed = ("Id", "ExpirationInDays", "ExpiredObjectDeleteMarker", "Prefix")
    translated = {key: value for key, value in rule.items() if key not in renamed}
    if "Id" in rule:
        translated["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        translated["Expiration"] = {"Days": rule["ExpirationInDays"]}
    elif "ExpiredObjectDeleteMarker" in rule:
        translated["Expiration"] = {"ExpiredObjectDeleteMarker": rule["ExpiredObjectDeleteMarker"]}
    return {**translated, "Filter": {"Prefix": rule.get("Prefix", "")}}


def _delete_bucket(place: Place, name: str, properties: Properties) -> None:
    place.client("s3").delete_bucket(Bucket=name)


def _create_policy(place: Place, properties: Properties) -> str:
    bucket = str(properties["Bucket"])
    if _has_policy(place, bucket):
        raise AlreadyExists(f"The bucket policy of {bucket}")
    place.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(properties["PolicyDocument"]))
    return bucket


def _read_policy(place: Place, bucket: str) -> Properties:
    return {"PolicyDocument": json.loads(place.client("s3").get_bucket_policy(Bucket=bucket)["Policy"])}


def _has_policy(place: Place, bucket: str) -> bool:
    try:
        _read_policy(place, bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return False
        raise
    return True


def _delete_policy(place: Place, bucket: str, properties: Properties) -> None:
    place.client("s3").delete_bucket_policy(Bucket=bucket)


RESOURCE_TYPES = (
    ResourceType(
        "AWS::S3::Bucket",
        frozenset(
            {
                "BucketName",
                "VersioningConfiguration",
                "BucketEncryption",
                "PublicAccessBlockConfiguration",
                "OwnershipControls",
                "LifecycleConfiguration",
                "LoggingConfiguration",
                "Tags",
            }
        ),
        _create_bucket,
        _delete_bucket,
        _update_bucket,
        {
            "Arn": "arn:aws:s3:::{id}",
            "DomainName": "{id}.s3.amazonaws.com",
            "RegionalDomainName": "{id}.s3.{region}.amazonaws.com",
        },
        name_property="BucketName",
        gone=_GONE,
        read=_read_bucket,
        read_properties=frozenset(_SETTINGS),
    ),
    ResourceType(
        "AWS::S3::BucketPolicy",
        frozenset({"Bucket", "PolicyDocument"}),
        _create_policy,
        _delete_policy,
        gone=_GONE | {"NoSuchBucketPolicy"},
        read=_read_policy,
        read_properties=frozenset({"PolicyDocument"}),
    ),
)
