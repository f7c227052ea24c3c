"""A stand-in for a live test environment: a deployment that is stood up from nothing, as infra/README.md says.

The deployment opens with one administrator alone. Its AWS side comes from the CloudFormation templates, its buckets are
added to the catalog over the admin API, its users made by ``acceptance users``. The suite knows it by settings alone:
an ``.env.test`` and an AWS profile, which is the template's role, assumed as the nightly job assumes it: by a web
identity token with the subject that GitHub gives that job.
"""

from __future__ import annotations

import os
import secrets
from configparser import ConfigParser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import jwt
from botocore import UNSIGNED
from botocore.config import Config
from typer.testing import CliRunner

import quilt_stack
from data.data_command import data
from environment.clients.mutations import must_be_done
from environment.clients.users import UserArranger
from environment.errors import SuiteError
from environment.observers.registry import RegistryObserver
from environment.settings import REMOTE_REGION, SETTINGS_VARIABLE, Accounts, Buckets
from infra.users_command import users
from quilt_stack import Blueprint, DeploymentSettings, RunningDeployment, UserBlueprint

TEMPLATES = Path(__file__).parents[1] / "cloudformation"
ACCOUNT = "123456789012"
FOUNDER = "founder"
STACK = "quilt-mcp-test"
REGION = "us-east-1"
ROLE = "quilt-mcp-test-role"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
RUNNER = "rehearsal"
"""AWS profile of the runs: the template's role."""
REPOSITORY = "example/suite"
SUBJECT = f"repo:{REPOSITORY}:environment:live"
"""Subject of the tokens that GitHub gives the jobs of the workflow ``live``; a test holds it against the workflow."""
_ADD_BUCKET = "mutation ($input: BucketAddInput!) { bucketAdd(input: $input) { __typename } }"
_NEVER = 4102444800  # the year 2100
_BUCKETS = Buckets.model_construct()
_ACCOUNTS = Accounts.model_construct()


@dataclass
class StandIn:
    """A deployment, and the settings by which the suite finds it.

    Attributes:
        variables: settings as environment variables, with the administrator's AWS keys: for commands in this process.
    """

    running: RunningDeployment
    directory: Path
    variables: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def found(cls, directory: Path) -> StandIn:
        """Start a deployment whose registry has one administrator and whose S3 has no bucket of a test environment."""
        blueprint = Blueprint(
            users=[UserBlueprint(name=FOUNDER, email="founder@test.com", role="ReadWriteQuiltBucket", admin=True)]
        )
        directory.mkdir(exist_ok=True, parents=True)
        running = quilt_stack.start(DeploymentSettings(state_directory=directory / "state"), blueprint, owned=True)
        founded = cls(running, directory)
        founded.variables = {
            "QUILT_TEST_CATALOG_URL": running.catalog_url,
            "QUILT_TEST_ADMIN_JWT_TOKEN": running.control.issue_token(FOUNDER),
            "QUILT_TEST_AWS_ENDPOINT_URL": running.aws_url,
            "QUILT_TEST_ALLOWED_CATALOGS": str(urlsplit(running.catalog_url).hostname),
            "QUILT_TEST_ALLOWED_ACCOUNTS": ACCOUNT,
            "AWS_ACCESS_KEY_ID": running.operator_access_key_id,
            "AWS_SECRET_ACCESS_KEY": running.operator_secret_access_key,
            "AWS_REGION": REGION,
        }
        return founded

    def client(self, service: str, region: str = REGION) -> Any:
        """An AWS client with the administrator's keys."""
        session: Any = boto3.Session(
            aws_access_key_id=self.running.operator_access_key_id,
            aws_secret_access_key=self.running.operator_secret_access_key,
        )
        return session.client(service, region_name=region, endpoint_url=self.running.aws_url)

    def create_aws_side(self) -> None:
        """Create the stacks of the templates, the two of the further buckets with them; no costs are watched."""
        administrator = self.client("sts").get_caller_identity()["Arn"]
        given = {"GitHubRepository": REPOSITORY, "DeployerArn": administrator}
        self._create_stack(STACK, "test-environment.yaml", REGION, **given)
        for bucket, kind, region in (
            (_BUCKETS.restricted, "Restricted", REGION),
            (_BUCKETS.remote, "Remote", REMOTE_REGION),
        ):
            name = f"{STACK}-{kind.lower()}"
            self._create_stack(name, "further-bucket.yaml", region, BucketName=bucket, DataType=kind)

    def _create_stack(self, name: str, template: str, region: str, **parameters: str) -> None:
        cloudformation = self.client("cloudformation", region)
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=(TEMPLATES / template).read_text(encoding="utf-8"),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        if status != "CREATE_COMPLETE":
            raise SuiteError(f"Created the stack {name} of {template}", f"it is in {status}", "Look at its events")

    def add_buckets_to_catalog(self) -> None:
        """What an administrator does in the catalog."""
        registry = self.registry()
        for bucket in (_BUCKETS.data, _BUCKETS.scratch, _BUCKETS.packages, _BUCKETS.restricted, _BUCKETS.remote):
            given = {"name": bucket, "title": bucket, "browsable": True}
            must_be_done(f"Added {bucket}", registry.ask(_ADD_BUCKET, input=given)["bucketAdd"], "BucketAddSuccess")

    def create_users(self, *arguments: str) -> str:
        """Run ``acceptance users create``; what it printed."""
        return self.command(users, "create", "--target", "live", *arguments)

    def upload_data(self, *names: str) -> str:
        """Run ``acceptance data upload``, of all datasets unless some are named; what it printed."""
        return self.command(data, "upload", *names, "--target", "live")

    def take_tokens(self) -> None:
        """Sign everybody in, and write their tokens into the settings, as somebody would with a browser."""
        names = {"": "user", "ADMIN_": "admin", "READONLY_": "readonly", "SERVICE_": "service"}
        control = self.running.control
        for word, account in names.items():
            self.variables[f"QUILT_TEST_{word}JWT_TOKEN"] = control.issue_token(_ACCOUNTS.user_name(account))
        expired = control.issue_token(_ACCOUNTS.user_name("user"), lifetime_seconds=-60)
        self.variables["QUILT_TEST_EXPIRED_JWT_TOKEN"] = expired
        self.variables["QUILT_TEST_DEACTIVATED_JWT_TOKEN"] = self._token_of_one_who_left()

    def web_identity_token(self, subject: str = SUBJECT) -> str:
        """A token as GitHub gives it to a job; nobody verifies its signature (`quilt_stack.aws.sts_web_identity`)."""
        claims = {"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com", "sub": subject}
        return jwt.encode({**claims, "exp": _NEVER}, secrets.token_hex(32))

    def runner_keys(self, subject: str = SUBJECT) -> dict[str, str]:
        """Variables with the role's keys, as the workflow's step that signs in to AWS leaves them to those after it.

        Raises:
            botocore.exceptions.ClientError: if the role does not trust jobs with that subject.
        """
        session: Any = boto3.Session()
        unsigned = Config(signature_version=UNSIGNED)
        sts = session.client("sts", region_name=REGION, endpoint_url=self.running.aws_url, config=unsigned)
        keys = sts.assume_role_with_web_identity(
            RoleArn=ROLE_ARN, RoleSessionName="rehearsal", WebIdentityToken=self.web_identity_token(subject)
        )["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }

    def write_settings(self, **more: str) -> dict[str, str]:
        """Write ``.env.test`` and an AWS profile; the environment variables of a process that is to use them.

        Args:
            more: further settings.
        """
        settings = {name: value for name, value in self.variables.items() if name.startswith("QUILT_")}
        settings |= {"AWS_PROFILE": RUNNER, "AWS_REGION": REGION, **more}
        file = self.directory / ".env.test"
        _write_privately(file, "".join(f"{name}='{value}'\n" for name, value in settings.items()))
        token = self.directory / "web-identity-token"
        _write_privately(token, self.web_identity_token())
        profiles = ConfigParser()
        profiles[f"profile {RUNNER}"] = {
            "role_arn": ROLE_ARN,
            "web_identity_token_file": str(token),
            "endpoint_url": self.running.aws_url,
            "region": REGION,
        }
        configuration = self.directory / "aws-config"
        _write_privately(configuration, "")
        with configuration.open("w", encoding="utf-8") as stream:
            profiles.write(stream)
        return {SETTINGS_VARIABLE: str(file), "AWS_CONFIG_FILE": str(configuration)}

    def stand_up(self) -> StandIn:
        """All of it, as infra/README.md says; without data, which scenarios upload if need be."""
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
        if result.exit_code != code:
            raise SuiteError(f"Ran {' '.join(arguments)}", f"it ended with {result.exit_code}", result.output)
        return str(result.output)

    def stop(self) -> None:
        """Take it down."""
        self.running.stop()

    def _token_of_one_who_left(self) -> str:
        name = f"leaver_{secrets.token_hex(4)}"
        people = UserArranger(self.registry())
        people.create(name, f"{name}@test.com", "user")
        token = self.running.control.issue_token(name)
        people.deactivate(name)
        return token


def _write_privately(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
