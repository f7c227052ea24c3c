"""The CloudFormation templates, really deployed onto the embedded AWS: every setting of the table through boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deployed_templates import ACCOUNT, ENVIRONMENT, REGION, REPOSITORY, Stack
from template_tables.cloudformation import TEMPLATES

from environment.settings import REMOTE_REGION
from quilt_stack.aws.cloud import Cloud

COSTS = (TEMPLATES / "cost-control.yaml").read_text()
FURTHER = (TEMPLATES / "further-bucket.yaml").read_text()


@pytest.fixture(scope="module")
def cloud(templated_cloud: Cloud) -> Cloud:
    return templated_cloud


@pytest.fixture(scope="module")
def costs(cloud: Cloud) -> Iterator[dict[str, Any]]:
    stack = Stack(cloud, "costs")
    yield stack.create(COSTS, AlarmEmail="costs@example.org")
    stack.delete()


def test_the_stack_is_complete_and_says_what_the_settings_are(environment: dict[str, Any]) -> None:
    assert environment["StackStatus"] == "CREATE_COMPLETE"
    assert {output["OutputKey"]: output["OutputValue"] for output in environment["Outputs"]} == {
        "TestRoleArn": f"arn:aws:iam::{ACCOUNT}:role/quilt-mcp-test-role",
        "Settings": "\n".join(
            [
                "AWS_REGION=us-east-1",
                "QUILT_TEST_ALLOWED_ACCOUNTS=123456789012",
                "QUILT_TEST_BUCKET_DATA=quilt-mcp-test-data",
                "QUILT_TEST_BUCKET_SCRATCH=quilt-mcp-test-scratch",
                "QUILT_TEST_BUCKET_PACKAGES=quilt-mcp-test-packages",
                "QUILT_TEST_BUCKET_RESTRICTED=quilt-mcp-test-restricted",
                "QUILT_TEST_BUCKET_REMOTE=quilt-mcp-test-remote",
                "QUILT_TEST_DATABASE=quilt_mcp_test_db",
                "QUILT_TEST_TABLE=test_table_1",
                "QUILT_TEST_WORKGROUP=quilt-mcp-test-workgroup",
            ]
        ),
    }


@pytest.fixture(scope="module")
def further(cloud: Cloud) -> Iterator[list[dict[str, Any]]]:
    kinds = {"Restricted": REGION, "Remote": REMOTE_REGION}
    stacks = {kind: Stack(cloud, f"further-{kind.lower()}", region) for kind, region in kinds.items()}
    yield [
        stack.create(FURTHER, BucketName=f"quilt-mcp-test-{kind.lower()}", DataType=kind)
        for kind, stack in stacks.items()
    ]
    for stack in stacks.values():
        stack.delete()


def test_the_further_buckets_lie_where_they_were_deployed(cloud: Cloud, further: list[dict[str, Any]]) -> None:
    assert [stack["StackStatus"] for stack in further] == ["CREATE_COMPLETE"] * 2
    places = {
        bucket: cloud.client("s3").get_bucket_location(Bucket=bucket)["LocationConstraint"]
        for bucket in ("quilt-mcp-test-restricted", "quilt-mcp-test-remote")
    }
    assert places == {"quilt-mcp-test-restricted": None, "quilt-mcp-test-remote": REMOTE_REGION}


@pytest.mark.parametrize(
    ("bucket", "kind", "mutable", "versioning"),
    [
        ("quilt-mcp-test-data", "Reference", "false", "Enabled"),
        ("quilt-mcp-test-scratch", "Scratch", "true", None),
        ("quilt-mcp-test-packages", "PackageRegistry", "true", "Enabled"),
        ("quilt-mcp-test-restricted", "Restricted", "true", "Enabled"),
        ("quilt-mcp-test-remote", "Remote", "true", "Enabled"),
    ],
)
@pytest.mark.usefixtures("environment", "further")
def test_buckets(cloud: Cloud, bucket: str, kind: str, mutable: str, versioning: str | None) -> None:
    s3 = cloud.client("s3", REMOTE_REGION if kind == "Remote" else REGION)
    (encryption,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    (ownership,) = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]}
    (statement, *_) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]

    assert s3.get_bucket_versioning(Bucket=bucket).get("Status") == versioning
    assert encryption["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert ownership == {"ObjectOwnership": "BucketOwnerEnforced"}
    assert tags == {"Purpose": "QuiltMCP-E2E-Testing", "DataType": kind, "Mutable": mutable}
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


@pytest.mark.usefixtures("environment", "further")
def test_lifecycles(cloud: Cloud) -> None:
    def rules(bucket: str) -> list[dict[str, Any]]:
        found = cloud.client("s3").get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        return [{key: rule[key] for key in rule if key not in ("ID", "Filter", "Prefix")} for rule in found]

    enabled = {"Status": "Enabled"}
    leftovers = {
        **enabled,
        "Expiration": {"ExpiredObjectDeleteMarker": True},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }

    def noncurrent(days: int) -> dict[str, Any]:
        return {**enabled, "NoncurrentVersionExpiration": {"NoncurrentDays": days}}

    assert rules("quilt-mcp-test-packages") == [noncurrent(30), leftovers]
    assert rules("quilt-mcp-test-scratch") == [{**enabled, "Expiration": {"Days": 1}}, leftovers]
    for bucket in ("quilt-mcp-test-data", "quilt-mcp-test-restricted", "quilt-mcp-test-remote"):
        assert rules(bucket) == [noncurrent(7), leftovers]


def test_glue_and_athena(cloud: Cloud, environment: dict[str, Any]) -> None:
    glue, athena = cloud.client("glue"), cloud.client("athena")
    table = glue.get_table(DatabaseName="quilt_mcp_test_db", Name="test_table_1")["Table"]["StorageDescriptor"]
    group = athena.get_work_group(WorkGroup="quilt-mcp-test-workgroup")["WorkGroup"]
    catalog = athena.get_data_catalog(Name="quilt_test_catalog")["DataCatalog"]

    assert glue.get_database(Name="quilt_mcp_test_db")["Database"]["LocationUri"] == "s3://quilt-mcp-test-data/athena/"
    assert [(column["Name"], column["Type"]) for column in table["Columns"]] == [
        ("id", "int"),
        ("name", "string"),
        ("value", "double"),
        ("timestamp", "timestamp"),
    ]
    assert table["Location"] == "s3://quilt-mcp-test-data/athena/test_table_1/"
    assert (catalog["Type"], catalog["Parameters"]) == ("GLUE", {"catalog-id": ACCOUNT})
    assert group["State"] == "ENABLED"
    assert group["Configuration"]["EnforceWorkGroupConfiguration"] is True
    assert group["Configuration"]["PublishCloudWatchMetricsEnabled"] is True
    assert group["Configuration"]["BytesScannedCutoffPerQuery"] == 2**30
    assert group["Configuration"]["ResultConfiguration"] == {
        "OutputLocation": "s3://quilt-mcp-test-scratch/athena-results/",
        "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
    }


def test_alarm_topic_and_budget(cloud: Cloud, costs: dict[str, Any]) -> None:
    topic = costs["Outputs"][0]["OutputValue"]
    (alarm,) = cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
    charges = next(metric["MetricStat"] for metric in alarm["Metrics"] if metric["Id"] == "charges")
    budget = cloud.client("budgets").describe_budget(AccountId=ACCOUNT, BudgetName="quilt-mcp-test-monthly")["Budget"]
    attributes = cloud.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    subscriptions = cloud.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]

    assert charges["Metric"]["Namespace"] == "AWS/Billing"
    assert charges["Metric"]["MetricName"] == "EstimatedCharges"
    assert (charges["Period"], alarm["Threshold"]) == (86400, 10.0)
    assert (alarm["ComparisonOperator"], alarm["AlarmActions"]) == ("GreaterThanThreshold", [topic])
    assert (budget["TimeUnit"], float(budget["BudgetLimit"]["Amount"]), budget["BudgetLimit"]["Unit"]) == (
        "MONTHLY",
        30.0,
        "USD",
    )
    (statement,) = json.loads(attributes["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}
    assert budget["CostFilters"] == {"TagKeyValue": ["user:Purpose$QuiltMCP-E2E-Testing"]}
    assert [item["Endpoint"] for item in subscriptions] == ["costs@example.org"]


def test_a_resource_that_fails_takes_the_whole_stack_back(cloud: Cloud, environment: dict[str, Any]) -> None:
    before = {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]}

    described = Stack(cloud, "failed").create(
        ENVIRONMENT,
        **REPOSITORY,
        DataBucketName="f-data",
        ScratchBucketName="f-scratch",
        PackagesBucketName="f-packages",
        RoleName="f-role",
        DatabaseName="f_db",
        WorkGroupName="f-group",
        OidcProviderArn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/example.org",
    )

    assert described["StackStatus"] == "ROLLBACK_COMPLETE", described["StackStatusReason"]
    assert {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]} == before
    with pytest.raises(ClientError, match="NoSuchEntity"):
        cloud.client("iam").get_role(RoleName="f-role")
    assert "DataCatalog already exists" in events(cloud, "failed")
    assert cloud.client("cloudformation").list_stack_resources(StackName="failed")["StackResourceSummaries"] == []


def events(cloud: Cloud, name: str) -> str:
    found = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return "\n".join(event.get("ResourceStatusReason", "") for event in found)
