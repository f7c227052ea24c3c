"""Stacks on the embedded AWS over time: updates, roll-backs, drift, and what is refused before anything is made."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deployed_templates import ACCOUNT, ENVIRONMENT, REPOSITORY, Stack, empty, session_of

from quilt_stack.aws.cloud import Cloud

LOG_DELIVERY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::central-logs/*",
            }
        ],
    }
)

TWO_BUCKETS = """
Parameters:
  Status:
    Type: String
Resources:
  One:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: back-one
      VersioningConfiguration: { Status: !Ref Status }
  Two:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: back-two
      LifecycleConfiguration:
        Rules:
          - { Id: days, Status: Enabled, ExpirationInDays: 1, Prefix: !Sub "${One}" }
"""

CONDITIONAL = """
Parameters:
  Email:
    Type: String
    Default: ""
Conditions:
  HasEmail: !Not [!Equals [!Ref Email, ""]]
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Subscription:
    Type: AWS::SNS::Subscription
    Condition: HasEmail
    Properties:
      TopicArn: !Ref Topic
      Protocol: email
      Endpoint: !Ref Email
Outputs:
  Topic:
    Value: !Ref Topic
"""


@pytest.fixture(scope="module")
def cloud(templated_cloud: Cloud) -> Cloud:
    return templated_cloud


def test_what_was_just_deployed_has_not_drifted(cloud: Cloud, environment: dict[str, Any]) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.detect_stack_drift(StackName="environment")
    drifts = cloudformation.describe_stack_resource_drifts(StackName="environment")["StackResourceDrifts"]

    assert not [each for each in drifts if each["StackResourceDriftStatus"] in ("MODIFIED", "DELETED")]
    checked = [each for each in drifts if each["StackResourceDriftStatus"] == "IN_SYNC"]
    assert len(checked) == 8  # three buckets with their policies, the role, the workgroup


def test_an_update_changes_the_setting_and_nothing_else(cloud: Cloud) -> None:
    stack = Stack(cloud, "updated")
    names = {f"{name.title()}BucketName": f"u-{name}" for name in ("data", "scratch", "packages")}
    others = {"RoleName": "u-role", "DatabaseName": "u_db", "WorkGroupName": "u-group", "DataCatalogName": "u_catalog"}
    provider = {"OidcProviderArn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/example.org"}
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="central-logs")
    s3.put_bucket_policy(Bucket="central-logs", Policy=LOG_DELIVERY)
    stack.create(ENVIRONMENT, **REPOSITORY, **names, **others, **provider, LogsBucketName="central-logs")
    logging = s3.get_bucket_logging(Bucket="u-data")["LoggingEnabled"]
    assert logging == {"TargetBucket": "central-logs", "TargetPrefix": "u-data/"}
    s3.put_object(Bucket="u-packages", Key="kept", Body=b"x")

    described = stack.update(
        ENVIRONMENT.replace("NoncurrentDays: 30", "NoncurrentDays: 31"),
        **REPOSITORY,
        **{**names, "ScratchBucketName": "u-other"},
        **others,
        **provider,
        NamedUserArn=f"arn:aws:iam::{ACCOUNT}:user/dana",
        LogsBucketName="",
    )

    assert described["StackStatus"] == "UPDATE_COMPLETE"
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="u-data")
    (rule, _) = s3.get_bucket_lifecycle_configuration(Bucket="u-packages")["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 31}
    assert s3.get_object(Bucket="u-packages", Key="kept")["Body"].read() == b"x"
    buckets = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    assert {"u-data", "u-packages", "u-other"} <= buckets
    assert "u-scratch" not in buckets
    # What depends on the renamed bucket follows it.
    group = cloud.client("athena").get_work_group(WorkGroup="u-group")["WorkGroup"]["Configuration"]
    assert group["ResultConfiguration"]["OutputLocation"] == "s3://u-other/athena-results/"
    trust = cloud.client("iam").get_role(RoleName="u-role")["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert [statement["Sid"] for statement in trust] == ["ContinuousIntegration", "NamedUser"]
    role = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/u-role", "RoleSessionName": "laptop"}
    allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role["RoleArn"]}
    iam, document = cloud.client("iam"), json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.create_user(UserName="dana")
    iam.put_user_policy(UserName="dana", PolicyName="roles", PolicyDocument=document)
    sts = session_of(cloud, "dana").client("sts", endpoint_url=cloud.url)
    assert sts.assume_role(**role)["Credentials"]["SessionToken"]

    stack.delete()
    assert stack_is_kept(cloud, "updated", "DELETE_FAILED")
    empty(s3, "u-packages")
    stack.delete()
    assert not [bucket for bucket in s3.list_buckets()["Buckets"] if bucket["Name"].startswith("u-")]
    with pytest.raises(ClientError, match="NoSuchEntity"):
        cloud.client("iam").get_role(RoleName="u-role")
    with pytest.raises(ClientError, match="EntityNotFound"):
        cloud.client("glue").get_database(Name="u_db")


def test_a_condition_that_changes_makes_and_removes_the_resource(cloud: Cloud) -> None:
    stack = Stack(cloud, "conditional")
    topic = stack.create(CONDITIONAL)["Outputs"][0]["OutputValue"]
    sns = cloud.client("sns")

    stack.update(CONDITIONAL, Email="costs@example.org")
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1
    stack.update(CONDITIONAL, Email="")
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    stack.delete()


def test_an_update_that_fails_goes_back(cloud: Cloud) -> None:
    stack = Stack(cloud, "back")
    stack.create(TWO_BUCKETS, Status="Enabled")

    described = stack.update(TWO_BUCKETS.replace("Days: 1", "Days: wrong"), Status="Suspended")

    assert described["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.client("s3").get_bucket_versioning(Bucket="back-one")["Status"] == "Enabled"
    stack.delete()


@pytest.mark.parametrize("kind", ["AWS::Lambda::Nothing", "AWS::S3::Buckets"])
def test_unknown_types_are_refused_before_anything_is_made(cloud: Cloud, kind: str) -> None:
    template = TWO_BUCKETS.replace("Two:\n    Type: AWS::S3::Bucket", f"Two:\n    Type: {kind}")

    with pytest.raises(ClientError, match=rf"Unrecognized resource types: \[{kind}\]"):
        Stack(cloud, "unknown").create(template, Status="Enabled")

    assert not [b for b in cloud.client("s3").list_buckets()["Buckets"] if b["Name"].startswith("back-")]


def test_a_property_without_effect_is_refused(cloud: Cloud) -> None:
    template = TWO_BUCKETS.replace("BucketName: back-two", "BucketName: back-two\n      WebsiteConfiguration: {}")

    described = Stack(cloud, "property").create(template, Status="Enabled")

    assert described["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "WebsiteConfiguration has no effect here" in events(cloud, "property")


def stack_is_kept(cloud: Cloud, name: str, status: str) -> bool:
    return str(Stack(cloud, name).description()["StackStatus"]) == status


def events(cloud: Cloud, name: str) -> str:
    found = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return "\n".join(event.get("ResourceStatusReason", "") for event in found)
