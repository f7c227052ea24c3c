"""S3: buckets and their policies."""

from __future__ import annotations

import json
from typing import Any

from quilt_stack.aws.cloudformation.resource_type import Place, Properties, ResourceType

_GONE = frozenset({"NoSuchBucket", "404"})


def _create_bucket(place: Place, properties: Properties) -> str:
    s3 = place.client("s3")
    name = str(properties.get("BucketName", place.name))
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
    if tags := properties.get("Tags"):
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    elif "Tags" in old:
        s3.delete_bucket_tagging(Bucket=name)


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
    """CloudFormation and S3 name three things differently: the id, the days of expiration, the prefix."""
    translated = {key: value for key, value in rule.items() if key not in ("Id", "ExpirationInDays", "Prefix")}
    if "Id" in rule:
        translated["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        translated["Expiration"] = {"Days": rule["ExpirationInDays"]}
    return {**translated, "Filter": {"Prefix": rule.get("Prefix", "")}}


def _delete_bucket(place: Place, name: str, properties: Properties) -> None:
    place.client("s3").delete_bucket(Bucket=name)


def _create_policy(place: Place, properties: Properties) -> str:
    bucket = str(properties["Bucket"])
    place.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(properties["PolicyDocument"]))
    return bucket


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
    ),
    ResourceType(
        "AWS::S3::BucketPolicy",
        frozenset({"Bucket", "PolicyDocument"}),
        _create_policy,
        _delete_policy,
        gone=_GONE | {"NoSuchBucketPolicy"},
    ),
)
