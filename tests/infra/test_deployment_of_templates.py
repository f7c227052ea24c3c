"""The CloudFormation templates, really deployed onto the embedded AWS: every setting of the table through boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import jwt
import pytest
import yaml
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from template_tables.cloudformation import TEMPLATES

from data.sample_table import upload_sample_table
from environment.settings import REMOTE_REGION, ROOT
from quilt_stack import DeploymentSettings
from quilt_stack.aws.cloud import Cloud
from quilt_stack.aws.cloudformation import when_first_used
from quilt_stack.clock import Clock

ACCOUNT, REGION = "123456789012", "us-east-1"
ENVIRONMENT = (TEMPLATES / "test-environment.yaml").read_text()
COSTS = (TEMPLATES / "cost-control.yaml").read_text()
FURTHER = (TEMPLATES / "further-bucket.yaml").read_text()
REPOSITORY = {
    "GitHubRepository": "example/suite",
    "DeployerArn": f"arn:aws:iam::{ACCOUNT}:user/operator",  # whose keys Cloud.client uses
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    settings = DeploymentSettings(state_directory=tmp_path_factory.mktemp("deployment"))
    running: Cloud

    def clients(service: str, region: str) -> Any:
        return running.client(service, region)

    running = Cloud(settings, Clock(), wrap=when_first_used(clients))
    running.start()
    yield running
    running.stop()


class Stack:
    """A stack of one of the templates."""

    def __init__(self, cloud: Cloud, name: str, region: str = REGION) -> None:
        self._client = cloud.client("cloudformation", region)
        self._name = name

    def create(self, template: str, **parameters: str) -> dict[str, Any]:
        self._client.create_stack(StackName=self._name, **self._arguments(template, parameters))
        return self.description()

    def update(self, template: str, **parameters: str) -> dict[str, Any]:
        self._client.update_stack(StackName=self._name, **self._arguments(template, parameters))
        return self.description()

    def delete(self) -> None:
        self._client.delete_stack(StackName=self._name)

    def description(self) -> dict[str, Any]:
        (found,) = self._client.describe_stacks(StackName=self._name)["Stacks"]
        return dict(found)

    def _arguments(self, template: str, parameters: dict[str, str]) -> dict[str, Any]:
        return {
            "TemplateBody": template,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in parameters.items()
                if f"  {key}:\n    Type:" in template
            ],
        }


@pytest.fixture(scope="module")
def environment(cloud: Cloud) -> Iterator[dict[str, Any]]:
    stack = Stack(cloud, "environment")
    yield stack.create(ENVIRONMENT, **REPOSITORY)
    stack.delete()


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


def test_the_role_is_assumed_through_oidc_alone(cloud: Cloud, environment: dict[str, Any]) -> None:
    iam = cloud.client("iam")
    role = iam.get_role(RoleName="quilt-mcp-test-role")["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=statement["Principal"]["Federated"])

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert provider["Url"].removeprefix("https://") == "token.actions.githubusercontent.com"
    assert provider["ClientIDList"] == ["sts.amazonaws.com"]
    assert sorted(iam.list_role_policies(RoleName="quilt-mcp-test-role")["PolicyNames"]) == [
        "buckets",
        "costs",
        "queries",
    ]


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


def test_the_policies_allow_what_the_suite_does_and_no_more(cloud: Cloud, environment: dict[str, Any]) -> None:
    operator = cloud.client("s3")
    upload_sample_table(operator, "quilt-mcp-test-data")
    session = as_user_with_the_policies_of(cloud, "quilt-mcp-test-role")
    user = session.client("s3", endpoint_url=cloud.url)

    user.put_object(Bucket="quilt-mcp-test-scratch", Key="note", Body=b"x")
    user.put_object_tagging(
        Bucket="quilt-mcp-test-scratch", Key="note", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}
    )
    user.delete_object(Bucket="quilt-mcp-test-scratch", Key="note")
    assert user.list_objects_v2(Bucket="quilt-mcp-test-data")["KeyCount"] == 1
    for attempt in (
        lambda: user.put_object(Bucket="quilt-mcp-test-data", Key="note", Body=b"x"),
        lambda: user.delete_object(Bucket="quilt-mcp-test-data", Key="athena/test_table_1/part-00000.parquet"),
        lambda: user.delete_bucket(Bucket="quilt-mcp-test-scratch"),
        lambda: user.put_bucket_versioning(
            Bucket="quilt-mcp-test-packages", VersioningConfiguration={"Status": "Suspended"}
        ),
        lambda: user.list_buckets(),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            attempt()
    operator.delete_object(Bucket="quilt-mcp-test-data", Key="athena/test_table_1/part-00000.parquet")
    empty(operator, "quilt-mcp-test-data")

    glue = session.client("glue", endpoint_url=cloud.url)
    own = {"DatabaseName": "quilt_mcp_test_db"}
    assert glue.get_table(**own, Name="test_table_1")["Table"]
    glue.create_table(**own, TableInput={"Name": "made_by_a_test"})
    glue.delete_table(**own, Name="made_by_a_test")
    for refused in (
        lambda: glue.delete_table(**own, Name="test_table_1"),
        lambda: glue.update_table(**own, TableInput={"Name": "test_table_1"}),
        lambda: glue.delete_database(Name="quilt_mcp_test_db"),
        lambda: glue.get_tables(DatabaseName="default"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused()
    with pytest.raises(ClientError, match="EntityNotFound"):
        glue.get_database(Name="default")


def test_not_even_an_administrator_writes_reference_data_unless_he_deployed_it(
    cloud: Cloud, environment: dict[str, Any]
) -> None:
    iam, operator = cloud.client("iam"), cloud.client("s3")
    iam.create_user(UserName="administrator")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(UserName="administrator", PolicyName="all", PolicyDocument=json.dumps(document))
    administrator = session_of(cloud, "administrator").client("s3", endpoint_url=cloud.url)

    operator.put_object(Bucket="quilt-mcp-test-data", Key="reference", Body=b"x")
    assert administrator.get_object(Bucket="quilt-mcp-test-data", Key="reference")["Body"].read() == b"x"
    administrator.put_object(Bucket="quilt-mcp-test-packages", Key="note", Body=b"x")
    for attempt in (
        lambda: administrator.put_object(Bucket="quilt-mcp-test-data", Key="reference", Body=b"y"),
        lambda: administrator.delete_object(Bucket="quilt-mcp-test-data", Key="reference"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            attempt()
    for bucket in ("quilt-mcp-test-data", "quilt-mcp-test-packages"):
        empty(operator, bucket)


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


def as_user_with_the_policies_of(cloud: Cloud, role: str) -> Any:
    iam = cloud.client("iam")
    iam.create_user(UserName="prober")
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        iam.put_user_policy(UserName="prober", PolicyName=name, PolicyDocument=json.dumps(document))
    return session_of(cloud, "prober")


def session_of(cloud: Cloud, user: str) -> Any:
    key = cloud.client("iam").create_access_key(UserName=user)["AccessKey"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)


def empty(s3: Any, bucket: str) -> None:
    listed = s3.list_object_versions(Bucket=bucket)
    for item in [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
        s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])


def stack_is_kept(cloud: Cloud, name: str, status: str) -> bool:
    return str(Stack(cloud, name).description()["StackStatus"]) == status


def events(cloud: Cloud, name: str) -> str:
    found = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return "\n".join(event.get("ResourceStatusReason", "") for event in found)


def subject_of_live_job(repository: str) -> str:
    """The subject of the token that GitHub gives the job that assumes the role.

    GitHub's documentation ("OpenID Connect reference", subject claims): a job with an environment has
    ``repo:OWNER/NAME:environment:NAME``, one without ``repo:OWNER/NAME:ref:refs/heads/BRANCH``.
    """
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "live.yml").read_text(encoding="utf-8"))
    (job,) = (
        job
        for job in workflow["jobs"].values()
        if any(step.get("uses", "").startswith("aws-actions/configure-aws-credentials") for step in job["steps"])
    )
    if "environment" not in job:
        return f"repo:{repository}:ref:refs/heads/main"
    return f"repo:{repository}:environment:{job['environment']}"


def test_the_nightly_job_may_assume_the_role(cloud: Cloud, environment: dict[str, Any]) -> None:
    claims = {"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com", "exp": 4102444800}
    config = Config(signature_version=UNSIGNED, proxies={})
    sts: Any = boto3.Session().client("sts", region_name="us-east-1", endpoint_url=cloud.url, config=config)

    def assume(subject: str) -> Any:
        token = jwt.encode({**claims, "sub": subject}, "k" * 32)
        role = f"arn:aws:iam::{ACCOUNT}:role/quilt-mcp-test-role"
        return sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="nightly", WebIdentityToken=token)

    assert assume(subject_of_live_job("example/suite"))["Credentials"]["SessionToken"]
    for other in (subject_of_live_job("example/fork"), "repo:example/suite:ref:refs/heads/main"):
        with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
            assume(other)
