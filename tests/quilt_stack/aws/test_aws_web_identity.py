"""AssumeRoleWithWebIdentity: only whom the identity provider and the role's trust policy let in gets credentials."""

from __future__ import annotations

import itertools
import json
from typing import Any

import boto3
import jwt
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from quilt_stack.aws.cloud import Cloud
from quilt_stack.clock import Clock

ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:example/suite:environment:live"
_numbers = itertools.count(1)


def token(clock: Clock, **claims: Any) -> str:
    usual = {"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": SUBJECT, "exp": clock.now().timestamp() + 300}
    return jwt.encode({**usual, **claims}, "k" * 32)


def assume(cloud: Cloud, role: str, web_identity_token: str) -> dict[str, Any]:
    """As a job does it: with its token, and no keys."""
    config = Config(signature_version=UNSIGNED, proxies={})
    sts: Any = boto3.Session().client("sts", region_name="us-east-1", endpoint_url=cloud.url, config=config)
    answer = sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="job", WebIdentityToken=web_identity_token)
    return dict(answer["Credentials"])


@pytest.fixture(scope="module")
def provider(cloud: Cloud) -> str:
    answer = cloud.client("iam").create_open_id_connect_provider(Url=ISSUER, ClientIDList=["sts.amazonaws.com"])
    return str(answer["OpenIDConnectProviderArn"])


@pytest.fixture(scope="module")
def role(cloud: Cloud, provider: str) -> str:
    name = ISSUER.removeprefix("https://")
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{name}:aud": "sts.amazonaws.com", f"{name}:sub": SUBJECT}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = cloud.client("iam").create_role(RoleName=f"job-{next(_numbers)}", AssumeRolePolicyDocument=document)
    return str(made["Role"]["Arn"])


def test_whom_the_role_trusts_gets_credentials_that_work(cloud: Cloud, clock: Clock, role: str) -> None:
    keys = assume(cloud, role, token(clock))

    session: Any = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
    who = session.client("sts", endpoint_url=cloud.url, config=Config(proxies={})).get_caller_identity()
    assert who["Arn"].endswith("/job")
    assert role.rpartition("/")[2] in who["Arn"]


@pytest.mark.parametrize(
    ("claims", "code", "message"),
    [
        ({"sub": "repo:example/suite:ref:refs/heads/main"}, "AccessDenied", "Not authorized to perform sts:AssumeRole"),
        ({"sub": "repo:other/suite:environment:live"}, "AccessDenied", "Not authorized to perform sts:AssumeRole"),
        ({"aud": "another"}, "InvalidIdentityToken", "Incorrect token audience"),
        ({"iss": "https://other.example"}, "InvalidIdentityToken", "No OpenIDConnect provider found in your account"),
        ({"exp": 1}, "ExpiredTokenException", "Token expired"),
    ],
)
def test_others_are_refused(
    cloud: Cloud, clock: Clock, role: str, claims: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(ClientError) as refusal:
        assume(cloud, role, token(clock, **claims))

    assert refusal.value.response["Error"]["Code"] == code
    assert message in refusal.value.response["Error"]["Message"]


def test_what_is_no_token_is_refused(cloud: Cloud, role: str) -> None:
    with pytest.raises(ClientError, match="InvalidIdentityToken"):
        assume(cloud, role, "no token")


def test_a_role_that_is_not_there_tells_nothing(cloud: Cloud, clock: Clock, role: str) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        assume(cloud, f"{role}-that-is-not-there", token(clock))
