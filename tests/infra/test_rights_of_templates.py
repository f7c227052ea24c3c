"""What the deployed templates let whom do: the nightly job, the suite's role, administrators."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3
import jwt
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from deployed_templates import ACCOUNT, ENVIRONMENT, empty, session_of
from template_tables.terraform import FILES
from workflows import workflow

from data.sample_table import upload_sample_table
from infra.rehearsal.stand_in import REPOSITORY, SUBJECT
from quilt_stack.aws.cloud import Cloud


@pytest.fixture(scope="module")
def cloud(templated_cloud: Cloud) -> Cloud:
    return templated_cloud


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


def subjects_of_live_jobs(repository: str) -> set[str]:
    """The subjects of the tokens that GitHub gives the jobs that assume the role.

    GitHub's documentation ("OpenID Connect reference", subject claims): a job with an environment has
    ``repo:OWNER/NAME:environment:NAME``, one without ``repo:OWNER/NAME:ref:refs/heads/BRANCH``.
    """
    return {
        f"repo:{repository}:environment:{job['environment']}"
        if "environment" in job
        else f"repo:{repository}:ref:refs/heads/main"
        for job in workflow("live")["jobs"].values()
        if any(step.get("uses", "").startswith("aws-actions/configure-aws-credentials") for step in job["steps"])
    }


def test_the_nightly_jobs_may_assume_the_role(cloud: Cloud, environment: dict[str, Any]) -> None:
    claims = {"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com", "exp": 4102444800}
    config = Config(signature_version=UNSIGNED, proxies={})
    sts: Any = boto3.Session().client("sts", region_name="us-east-1", endpoint_url=cloud.url, config=config)

    def assume(subject: str) -> Any:
        token = jwt.encode({**claims, "sub": subject}, "k" * 32)
        role = f"arn:aws:iam::{ACCOUNT}:role/quilt-mcp-test-role"
        return sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="nightly", WebIdentityToken=token)

    [subject] = subjects_of_live_jobs("example/suite")
    assert assume(subject)["Credentials"]["SessionToken"]
    for other in (*subjects_of_live_jobs("example/fork"), "repo:example/suite:ref:refs/heads/main"):
        with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
            assume(other)


def test_the_rehearsal_signs_in_with_the_subject_of_the_nightly_jobs() -> None:
    assert subjects_of_live_jobs(REPOSITORY) == {SUBJECT}


@pytest.mark.parametrize(
    ("name", "is_one"), [("example@12/suite@34", True), ("a/b", True), ("a/b:c", False), ("a", False)]
)
def test_both_templates_take_the_name_of_a_repository_with_ids(name: str, is_one: bool) -> None:
    """New, renamed and moved ones have them in the subject."""
    cloudformation = re.findall(r'GitHubRepository:\n +Type: String\n +AllowedPattern: "(.+)"', ENVIRONMENT)
    [terraform] = re.findall(
        r'regex\("\^(.+)\$", var\.github_repository\)', (FILES / "variables.tf").read_text("utf-8")
    )
    assert {bool(re.fullmatch(pattern, name)) for pattern in (*cloudformation, terraform)} == {is_one}


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
    assert glue.get_database(Name="default")["Database"]["Name"] == "default"


def as_user_with_the_policies_of(cloud: Cloud, role: str) -> Any:
    iam = cloud.client("iam")
    iam.create_user(UserName="prober")
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        iam.put_user_policy(UserName="prober", PolicyName=name, PolicyDocument=json.dumps(document))
    return session_of(cloud, "prober")


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
