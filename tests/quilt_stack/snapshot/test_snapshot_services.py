"""Snapshots hold moto's other services, too, and stacks of CloudFormation with what they made."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from full_stack import Full

TEMPLATE = {
    "Resources": {
        "Store": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "stacked-bucket"}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "stacked",
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
                    ],
                },
            },
        },
    },
    "Outputs": {"Name": {"Value": {"Ref": "Store"}}},
}
RULE = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 3}}


@pytest.mark.slow
def test_other_services_are_restored(full: Full) -> None:
    aws = full.seen.aws
    queue = aws("sqs").create_queue(QueueName="q")["QueueUrl"]
    aws("sqs").send_message(QueueUrl=queue, MessageBody="hello")
    topic = aws("sns").create_topic(Name="t")["TopicArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org")
    aws("ssm").put_parameter(Name="p", Value="1", Type="String", Tags=[{"Key": "k", "Value": "v"}])
    aws("secretsmanager").create_secret(Name="s", SecretString="1")
    aws("logs").create_log_group(logGroupName="g")
    aws("logs").create_log_stream(logGroupName="g", logStreamName="s")
    aws("logs").put_log_events(
        logGroupName="g", logStreamName="s", logEvents=[{"timestamp": int(time.time() * 1000), "message": "m"}]
    )
    aws("events").put_rule(Name="r", EventPattern=json.dumps({"source": ["aws.s3"]}))
    _configure_a_bucket(full.seen.s3)

    def seen() -> Any:
        return (
            aws("sqs").list_queues().get("QueueUrls"),
            aws("sns").list_subscriptions()["Subscriptions"],
            aws("ssm").get_parameters(Names=["p"])["Parameters"],
            aws("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId="p")["TagList"],
            aws("secretsmanager").get_secret_value(SecretId="s")["SecretString"],
            aws("logs").get_log_events(logGroupName="g", logStreamName="s")["events"],
            aws("events").list_rules()["Rules"],
            full.seen.s3.get_bucket_lifecycle_configuration(Bucket="configured")["Rules"],
            full.seen.s3.get_object_lock_configuration(Bucket="configured")["ObjectLockConfiguration"],
            full.seen.s3.get_bucket_cors(Bucket="configured")["CORSRules"],
        )

    then = seen()
    full.control.snapshot("services")
    aws("ssm").put_parameter(Name="p", Value="2", Type="String", Overwrite=True)
    aws("ssm").remove_tags_from_resource(ResourceType="Parameter", ResourceId="p", TagKeys=["k"])
    aws("sns").delete_topic(TopicArn=topic)
    aws("sqs").receive_message(QueueUrl=queue)
    aws("sqs").delete_queue(QueueUrl=queue)
    aws("events").delete_rule(Name="r")
    full.seen.s3.delete_bucket_cors(Bucket="configured")
    full.control.restore("services")

    assert seen() == then
    assert [each["Body"] for each in aws("sqs").receive_message(QueueUrl=queue)["Messages"]] == ["hello"]


@pytest.mark.slow
def test_a_stack_can_be_deleted_after_it_was_restored(full: Full) -> None:
    stacks = full.seen.aws("cloudformation")
    stacks.create_stack(StackName="stacked", TemplateBody=json.dumps(TEMPLATE), Capabilities=["CAPABILITY_NAMED_IAM"])
    full.control.snapshot("stacked")
    stacks.delete_stack(StackName="stacked")
    full.control.restore("stacked")

    [stack] = stacks.describe_stacks(StackName="stacked")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE" and stack["Outputs"][0]["OutputValue"] == "stacked-bucket"
    assert "stacked-bucket" in full.seen.buckets()
    stacks.delete_stack(StackName="stacked")
    assert "stacked-bucket" not in full.seen.buckets()


def _configure_a_bucket(s3: Any) -> None:
    s3.create_bucket(Bucket="configured", ObjectLockEnabledForBucket=True)
    s3.put_bucket_lifecycle_configuration(Bucket="configured", LifecycleConfiguration={"Rules": [RULE]})
    cors = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    s3.put_bucket_cors(Bucket="configured", CORSConfiguration=cors)
    s3.put_bucket_website(Bucket="configured", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    s3.put_bucket_acl(Bucket="configured", ACL="public-read")
    s3.put_object(Bucket="configured", Key="held", Body=b"x", ObjectLockLegalHoldStatus="ON", StorageClass="GLACIER")
    s3.restore_object(Bucket="configured", Key="held", RestoreRequest={"Days": 1})
