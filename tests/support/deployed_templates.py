"""Stacks of the CloudFormation templates, really deployed onto the embedded AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from template_tables.cloudformation import TEMPLATES

from quilt_stack import DeploymentSettings
from quilt_stack.aws.cloud import Cloud
from quilt_stack.aws.cloudformation import when_first_used
from quilt_stack.clock import Clock

ACCOUNT, REGION = "123456789012", "us-east-1"
ENVIRONMENT = (TEMPLATES / "test-environment.yaml").read_text()
REPOSITORY = {
    "GitHubRepository": "example/suite",
    "DeployerArn": f"arn:aws:iam::{ACCOUNT}:user/operator",  # whose keys Cloud.client uses
}


@pytest.fixture(scope="module")
def templated_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
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
def environment(templated_cloud: Cloud) -> Iterator[dict[str, Any]]:
    stack = Stack(templated_cloud, "environment")
    yield stack.create(ENVIRONMENT, **REPOSITORY)
    stack.delete()


def session_of(cloud: Cloud, user: str) -> Any:
    key = cloud.client("iam").create_access_key(UserName=user)["AccessKey"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)


def empty(s3: Any, bucket: str) -> None:
    listed = s3.list_object_versions(Bucket=bucket)
    for item in [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
        s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
