"""CloudFormation where a stand-in misleads most: change sets, names that are taken, parameters, drift, what is kept."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from aws_callers import allow, document
from botocore.exceptions import ClientError

from quilt_stack.aws.cloud import Cloud

_numbers = itertools.count(1)
BUCKET = """
Description: One bucket
Parameters:
  Name:
    Type: String
    AllowedPattern: "[a-z0-9-]+"
  Status:
    Type: String
    Default: Enabled
    AllowedValues: [Enabled, Suspended]
  Days:
    Type: Number
    Default: 7
    MinValue: 1
    MaxValue: 30
  Note:
    Type: String
    Default: x
    MinLength: 1
    MaxLength: 3
    AllowedPattern: "[x-z]*"
    ConstraintDescription: one to three of x, y, z
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Ref Name
      VersioningConfiguration: { Status: !Ref Status }
      LifecycleConfiguration:
        Rules:
          - Id: old
            Status: Enabled
            ExpiredObjectDeleteMarker: true
            NoncurrentVersionExpiration: { NoncurrentDays: !Ref Days }
      Tags:
        - { Key: Purpose, Value: Test }
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - { Sid: TlsOnly, Effect: Deny, Principal: "*", Action: "s3:*", Resource: !Sub "${Bucket.Arn}/*",
              Condition: { Bool: { "aws:SecureTransport": "false" } } }
Outputs:
  Bucket:
    Value: !Ref Bucket
"""
WRONG_FIRST = """
Resources:
  Wrong:
    Type: AWS::S3::Bucket
    Properties: { BucketName: never-made, WebsiteConfiguration: {} }
  Kept:
    Type: AWS::SNS::Topic
    DeletionPolicy: POLICY
    Properties: { TopicName: NAME }
"""
KEPT = """
Resources:
  Kept:
    Type: AWS::SNS::Topic
    DeletionPolicy: RetainExceptOnCreate
    Properties: { TopicName: NAME }
"""


@pytest.fixture
def cloudformation(cloud: Cloud) -> Any:
    return cloud.client("cloudformation")


@pytest.fixture
def name() -> str:
    return f"stack-{next(_numbers)}"


def given(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def described(cloudformation: Any, name: str) -> dict[str, Any]:
    (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return dict(found)


def deploy(cloudformation: Any, name: str, kind: str, template: str = BUCKET, **values: str) -> dict[str, Any]:
    """As ``aws cloudformation deploy`` does it."""
    cloudformation.create_change_set(
        StackName=name, ChangeSetName=kind, ChangeSetType=kind, TemplateBody=template, Parameters=given(**values)
    )
    cloudformation.execute_change_set(StackName=name, ChangeSetName=kind)
    return described(cloudformation, name)


def reasons(cloudformation: Any, name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return "\n".join(event.get("ResourceStatusReason", "") for event in events)


def test_a_change_set_that_is_executed_gives_the_stack_its_outputs(cloudformation: Any, name: str) -> None:
    made = deploy(cloudformation, name, "CREATE", Name=f"{name}-a")
    assert (made["StackStatus"], made["Description"]) == ("CREATE_COMPLETE", "One bucket")
    assert [output["OutputValue"] for output in made["Outputs"]] == [f"{name}-a"]
    assert {each["ParameterKey"] for each in made["Parameters"]} == {"Name", "Status", "Days", "Note"}

    changed = deploy(cloudformation, name, "UPDATE", Name=f"{name}-b")
    assert changed["StackStatus"] == "UPDATE_COMPLETE"
    assert [output["OutputValue"] for output in changed["Outputs"]] == [f"{name}-b"]


def test_a_change_set_that_fails_takes_the_stack_back(cloud: Cloud, cloudformation: Any, name: str) -> None:
    wrong = BUCKET.replace("Days }", "Status }")
    failed = deploy(cloudformation, name, "CREATE", wrong, Name=f"{name}-a")
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"{name}-a" not in bucket_names(cloud)


def test_a_change_set_is_checked_when_it_is_made_and_found_by_its_stack(cloudformation: Any, name: str) -> None:
    with pytest.raises(ClientError, match="must match pattern"):
        deploy(cloudformation, name, "CREATE", Name="No Name")
    with pytest.raises(ClientError, match="does not exist"):
        described(cloudformation, name)
    deploy(cloudformation, name, "CREATE", Name=f"{name}-a")
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        cloudformation.execute_change_set(StackName="another", ChangeSetName="CREATE")


def test_a_second_stack_of_the_same_names_leaves_the_first_as_it_is(
    cloud: Cloud, cloudformation: Any, name: str
) -> None:
    cloudformation.create_stack(StackName=name, TemplateBody=BUCKET, Parameters=given(Name=f"{name}-a"))
    second = f"{name}-second"
    cloudformation.create_stack(StackName=second, TemplateBody=BUCKET, Parameters=given(Name=f"{name}-a"))

    assert described(cloudformation, second)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"{name}-a already exists" in reasons(cloudformation, second)
    assert f"{name}-a" in bucket_names(cloud)
    assert cloud.client("s3").get_bucket_policy(Bucket=f"{name}-a")["Policy"]


@pytest.mark.parametrize("kind", ["topic", "alarm", "bucket policy"])
def test_what_is_there_is_not_taken_over(cloud: Cloud, cloudformation: Any, name: str, kind: str) -> None:
    alarm = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1}
    metrics = [{"Id": "m", "Expression": "1", "ReturnData": True}]
    denied = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}]}
    if kind == "topic":
        cloud.client("sns").create_topic(Name=name)
        resource: dict[str, Any] = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
    elif kind == "alarm":
        cloud.client("cloudwatch").put_metric_alarm(AlarmName=name, Metrics=metrics, **alarm)
        about = {"AlarmName": name, "Metrics": metrics, **alarm}
        resource = {"Type": "AWS::CloudWatch::Alarm", "Properties": about}
    else:
        cloud.client("s3").create_bucket(Bucket=name)
        cloud.client("s3").put_bucket_policy(Bucket=name, Policy=json.dumps(denied))
        resource = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": name, "PolicyDocument": denied}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"One": resource}}))

    assert described(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "already exists" in reasons(cloudformation, name)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Name": "No Name"}, r"Parameter 'Name' must match pattern \[a-z0-9-\]\+"),
        ({"Name": "good", "Status": "On"}, "Parameter 'Status' must be one of AllowedValues: Enabled, Suspended"),
        ({"Name": "good", "Days": "many"}, "Parameter 'Days' must be a number"),
        ({"Name": "good", "Days": "0"}, "Parameter 'Days' must be a number not less than 1"),
        ({"Name": "good", "Days": "31"}, "Parameter 'Days' must be a number not greater than 30"),
        ({"Name": "good", "Note": "xyzx"}, "Parameter Note failed to satisfy constraint: one to three of x, y, z"),
        ({"Name": "good", "Note": ""}, "Parameter Note failed to satisfy constraint: one to three of x, y, z"),
        ({"Name": "good", "Nam": "x"}, r"Parameters: \[Nam\] do not exist in the template"),
        ({}, r"Parameters: \[Name\] must have values"),
    ],
)
def test_values_that_the_template_does_not_allow_are_refused(
    cloud: Cloud, cloudformation: Any, name: str, values: dict[str, str], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        cloudformation.create_stack(StackName=name, TemplateBody=BUCKET, Parameters=given(**values))
    with pytest.raises(ClientError, match="does not exist"):
        described(cloudformation, name)

    cloudformation.create_stack(StackName=name, TemplateBody=BUCKET, Parameters=given(Name=f"{name}-a"))
    with pytest.raises(ClientError, match=message):
        cloudformation.update_stack(StackName=name, TemplateBody=BUCKET, Parameters=given(**values))
    assert described(cloudformation, name)["StackStatus"] == "CREATE_COMPLETE"


def drift(cloudformation: Any, name: str) -> tuple[str, int, dict[str, tuple[str, list[str]]]]:
    """The status of the stack, how many resources drifted, and of each its status and the properties that differ."""
    detection = cloudformation.detect_stack_drift(StackName=name)["StackDriftDetectionId"]
    status = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
    assert status["DetectionStatus"] == "DETECTION_COMPLETE"
    assert described(cloudformation, name)["DriftInformation"]["StackDriftStatus"] == status["StackDriftStatus"]
    drifts = cloudformation.describe_stack_resource_drifts(StackName=name)["StackResourceDrifts"]
    return (
        status["StackDriftStatus"],
        status["DriftedStackResourceCount"],
        {
            each["LogicalResourceId"]: (
                each["StackResourceDriftStatus"],
                [difference["PropertyPath"] for difference in each.get("PropertyDifferences", [])],
            )
            for each in drifts
        },
    )


def test_what_was_changed_by_hand_is_drift(cloud: Cloud, cloudformation: Any, name: str) -> None:
    bucket, s3 = f"{name}-a", cloud.client("s3")
    cloudformation.create_stack(StackName=name, TemplateBody=BUCKET, Parameters=given(Name=bucket))
    assert drift(cloudformation, name) == ("IN_SYNC", 0, {"Bucket": ("IN_SYNC", []), "Policy": ("IN_SYNC", [])})

    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_lifecycle(Bucket=bucket)
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )  # not of the template
    s3.delete_bucket_policy(Bucket=bucket)
    changed = ["/LifecycleConfiguration", "/VersioningConfiguration"]
    status, drifted, resources = drift(cloudformation, name)
    assert (status, drifted, resources["Policy"]) == ("DRIFTED", 2, ("DELETED", []))
    assert (resources["Bucket"][0], sorted(resources["Bucket"][1])) == ("MODIFIED", changed)
    only = cloudformation.describe_stack_resource_drifts(StackName=name, StackResourceDriftStatusFilters=["DELETED"])[
        "StackResourceDrifts"
    ]
    assert [each["LogicalResourceId"] for each in only] == ["Policy"]


def test_a_role_that_may_more_than_its_template_says_is_drift(cloud: Cloud, cloudformation: Any, name: str) -> None:
    trust = json.loads(document({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}))
    policies = [{"PolicyName": "own", "PolicyDocument": json.loads(document(allow("s3:ListBucket", "*")))}]
    about = {"RoleName": name, "AssumeRolePolicyDocument": trust, "Policies": policies}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
    template = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": about}, "Topic": topic}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    assert drift(cloudformation, name)[2] == {"Role": ("IN_SYNC", []), "Topic": ("NOT_CHECKED", [])}

    cloud.client("iam").put_role_policy(
        RoleName=name, PolicyName="more", PolicyDocument=document(allow("s3:GetObject", "*"))
    )
    assert drift(cloudformation, name)[2]["Role"] == ("MODIFIED", ["/Policies"])


def test_drift_of_a_detection_that_nobody_asked_for_is_refused(cloudformation: Any) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId="none")


def test_what_is_to_be_retained_stays_when_the_stack_goes(cloud: Cloud, cloudformation: Any, name: str) -> None:
    cloudformation.create_stack(StackName=name, TemplateBody=KEPT.replace("NAME", name))
    cloudformation.delete_stack(StackName=name)
    assert name in topics(cloud)


@pytest.mark.parametrize(("policy", "kept"), [("RetainExceptOnCreate", False), ("Retain", True), ("Delete", False)])
def test_a_creation_that_fails_leaves_what_is_retained_in_any_case(
    cloud: Cloud, cloudformation: Any, name: str, policy: str, kept: bool
) -> None:
    ordered = (
        WRONG_FIRST.replace("POLICY", policy)
        .replace("NAME", name)
        .replace("{ BucketName: never-made", '{ BucketName: !Sub "never-${Kept}"')
    )
    cloudformation.create_stack(StackName=name, TemplateBody=ordered)
    assert described(cloudformation, name)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert (name in topics(cloud)) is kept


def bucket_names(cloud: Cloud) -> list[str]:
    return [bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]]


def topics(cloud: Cloud) -> list[str]:
    return [topic["TopicArn"].rpartition(":")[2] for topic in cloud.client("sns").list_topics()["Topics"]]
