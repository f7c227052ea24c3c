"""A live test environment for rehearsals: a deployment that is stood up from nothing, as infra/README.md says.

The deployment opens with one administrator alone. Its AWS side comes from the CloudFormation template, its buckets are
added to the catalog over the admin API, its users made by ``acceptance users``. The suite knows it by settings alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import yaml
from typer.testing import CliRunner

from environment.arrangement.mutations import must_be_done
from environment.embedded import lifecycle
from environment.embedded.blueprint import Blueprint, UserBlueprint
from environment.embedded.lifecycle import RunningDeployment
from environment.embedded.settings import DeploymentSettings
from environment.observers.registry import RegistryObserver
from environment.settings import REMOTE_REGION, ROOT, Accounts, Buckets
from environment.targets.marks import PURPOSE, TAG
from infra.templates.cloudformation import TEMPLATES
from infra.users_command import users

ACCOUNT = "123456789012"
FOUNDER = "founder"
STACK = "quilt-mcp-test"
LIMIT_SECONDS = 240
_ADD_BUCKET = "mutation ($input: BucketAddInput!) { bucketAdd(input: $input) { __typename } }"
_BUCKETS = Buckets.model_construct()
_ACCOUNTS = Accounts.model_construct()


@dataclass
class LiveEnvironment:
    """A deployment, and the environment variables by which the suite finds it."""

    running: RunningDeployment
    variables: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def found(cls, directory: Path) -> LiveEnvironment:
        """Start a deployment whose registry has one administrator and whose S3 has no bucket of a test environment."""
        blueprint = Blueprint(
            users=[UserBlueprint(name=FOUNDER, email="founder@test.com", role="ReadWriteQuiltBucket", admin=True)]
        )
        directory.mkdir(exist_ok=True)
        path = directory / "blueprint.yaml"
        path.write_text(yaml.safe_dump(blueprint.model_dump(mode="json")), encoding="utf-8")
        running = lifecycle.start(DeploymentSettings(state_directory=directory / "state"), path, owned=True)
        founded = cls(running)
        founded.variables = {
            "QUILT_TEST_CATALOG_URL": running.catalog_url,
            "QUILT_TEST_ADMIN_JWT_TOKEN": running.control.issue_token(FOUNDER),
            "QUILT_TEST_AWS_ENDPOINT_URL": running.aws_url,
            "QUILT_TEST_ALLOWED_CATALOGS": str(urlsplit(running.catalog_url).hostname),
            "QUILT_TEST_ALLOWED_ACCOUNTS": ACCOUNT,
            "AWS_ACCESS_KEY_ID": running.operator_access_key_id,
            "AWS_SECRET_ACCESS_KEY": running.operator_secret_access_key,
            "AWS_REGION": "us-east-1",
        }
        return founded

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """An AWS client with the operator's keys."""
        session: Any = boto3.Session(
            aws_access_key_id=self.running.operator_access_key_id,
            aws_secret_access_key=self.running.operator_secret_access_key,
        )
        return session.client(service, region_name=region, endpoint_url=self.running.aws_url)

    def create_aws_side(self) -> None:
        """Create the stack of the template, and the two buckets that only the suite's own scenarios want."""
        self.client("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=(TEMPLATES / "test-environment.yaml").read_text(encoding="utf-8"),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": "GitHubRepository", "ParameterValue": "example/suite"}],
        )
        for bucket, region in ((_BUCKETS.restricted, None), (_BUCKETS.remote, REMOTE_REGION)):
            s3 = self.client("s3", region or "us-east-1")
            place = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region else {}
            s3.create_bucket(Bucket=bucket, **place)
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
            s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": TAG, "Value": PURPOSE}]})

    def add_buckets_to_catalog(self) -> None:
        """What an administrator does in the catalog."""
        registry = self.registry()
        for bucket in (_BUCKETS.data, _BUCKETS.scratch, _BUCKETS.packages, _BUCKETS.restricted, _BUCKETS.remote):
            given = {"name": bucket, "title": bucket, "browsable": True}
            must_be_done(f"Added {bucket}", registry.ask(_ADD_BUCKET, input=given)["bucketAdd"], "BucketAddSuccess")

    def create_users(self, *arguments: str) -> str:
        """Run ``acceptance users create``; what it printed."""
        return self.command(users, "create", "--target", "live", *arguments)

    def take_tokens(self) -> None:
        """Sign everybody in, and write their tokens into the settings, as somebody would with a browser."""
        names = {"": "user", "ADMIN_": "admin", "READONLY_": "readonly", "SERVICE_": "service"}
        for word, account in names.items():
            token = self.running.control.issue_token(_ACCOUNTS.user_name(account))
            self.variables[f"QUILT_TEST_{word}JWT_TOKEN"] = token

    def stand_up(self) -> LiveEnvironment:
        """All of it, as infra/README.md says."""
        self.create_aws_side()
        self.add_buckets_to_catalog()
        self.create_users()
        self.take_tokens()
        return self

    def registry(self) -> RegistryObserver:
        """The registry, asked as its first administrator."""
        return RegistryObserver(f"{self.running.registry_url}/graphql", self.running.control.issue_token(FOUNDER))

    def command(self, application: Any, *arguments: str, code: int = 0, given: str | None = None) -> str:
        """Run a command in this process; what it printed. An error for people is raised."""
        result = CliRunner(env={**self.variables, "COLUMNS": "300"}).invoke(application, arguments, input=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return str(result.output)

    def run_features(self, state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run features in a process of their own, on this environment."""
        return run_features(state, *arguments, "--target", "live", variables=self.variables)

    def stop(self) -> None:
        """Take it down."""
        self.running.stop()


def run_features(
    state: Path, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run pytest on the features as a person would, without anything of this machine's own AWS and Quilt settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "QUILT_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**own, **(variables or {}), "QUILT_ACCEPTANCE_STATE": str(state)},
        capture_output=True,
        timeout=LIMIT_SECONDS,
        text=True,
        check=False,
    )
