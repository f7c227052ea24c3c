"""Settings of the suite: which target, and what a live target needs.

Values come from the process environment, then from ``.env.test`` in the project's root; ``.env.test.example`` explains
each one. The embedded target needs none of them. ``QUILT_ACCEPTANCE_SETTINGS`` names another file, so that one
checkout can know several test environments.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from environment.errors import SuiteError

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("QUILT_ACCEPTANCE_BUILD") or ROOT / "build").absolute()
STATE_VARIABLE = "QUILT_ACCEPTANCE_STATE"
SETTINGS_VARIABLE = "QUILT_ACCEPTANCE_SETTINGS"
ENVIRONMENT_FILE = Path(os.environ.get(SETTINGS_VARIABLE) or ROOT / ".env.test").absolute()
DESCRIBED_IN = ".env.test.example"
REMOTE_REGION = "eu-west-1"
# What is empty counts as not set: so are lines of the template, and what a workflow takes from a missing variable.
_SOURCES = SettingsConfigDict(env_file=ENVIRONMENT_FILE, env_ignore_empty=True, extra="ignore")


def state_directory(root: Path = ROOT) -> Path:
    """What the suite keeps between its commands: the standing deployment, undo logs of runs and their directories.

    ``QUILT_ACCEPTANCE_STATE`` names another one, as `QUILT_ACCEPTANCE_BUILD` does for results; so two checkouts can
    share a deployment, and one checkout can run twice.
    """
    return Path(os.environ.get(STATE_VARIABLE) or root / ".acceptance").absolute()


class Buckets(BaseSettings):
    """The three S3 buckets of a test environment (rule 14), and two that show where a user's world ends.

    ``restricted`` is registered and readable with the admin role alone; ``remote`` lies in `REMOTE_REGION`, and the
    user role reads and writes it.
    """

    model_config = SettingsConfigDict(env_prefix="QUILT_TEST_BUCKET_", **_SOURCES)

    data: str = "quilt-mcp-test-data"
    scratch: str = "quilt-mcp-test-scratch"
    packages: str = "quilt-mcp-test-packages"
    restricted: str = "quilt-mcp-test-restricted"
    remote: str = "quilt-mcp-test-remote"


class Accounts(BaseSettings):
    """User names and e-mail addresses of the four users of the test catalog.

    Names with a hyphen are outside the registry's rule (registry facts 3.3), hence the underscores.
    """

    model_config = SettingsConfigDict(env_prefix="QUILT_TEST_", **_SOURCES)

    admin_user: str = "test_admin"
    admin_email: str = "admin@test.com"
    user: str = "test_user"
    user_email: str = Field(default="user@test.com", validation_alias="QUILT_TEST_USER_EMAIL")
    readonly_user: str = "test_readonly"
    readonly_email: str = "readonly@test.com"
    service_user: str = "test_service"
    service_email: str = "service@test.com"

    def user_name(self, account: str) -> str:
        """User name of an account: admin, user, readonly or service."""
        return str(getattr(self, "user" if account == "user" else f"{account}_user"))

    def email(self, account: str) -> str:
        """E-mail address of an account: admin, user, readonly or service."""
        return str(getattr(self, f"{account}_email"))


class LiveSettings(BaseSettings):
    """What the live target needs to know."""

    model_config = SettingsConfigDict(env_prefix="QUILT_TEST_", **_SOURCES)

    catalog_url: str | None = None
    registry_url: str | None = None
    graphql_endpoint: str | None = None
    jwt_token: SecretStr | None = None
    admin_jwt_token: SecretStr | None = None
    readonly_jwt_token: SecretStr | None = None
    service_jwt_token: SecretStr | None = None
    expired_jwt_token: SecretStr | None = None
    deactivated_jwt_token: SecretStr | None = None
    aws_profile: str | None = Field(default=None, validation_alias="AWS_PROFILE")
    aws_region: str = Field(default="us-east-1", validation_alias="AWS_REGION")
    aws_endpoint_url: str | None = Field(default=None, description="only for a rehearsal on an embedded deployment")
    allowed_accounts: str = Field(default="", description="AWS accounts that are test environments, by commas")
    allowed_catalogs: str = Field(default="", description="hosts of catalogs that are test environments, by commas")
    allowed_buckets: str = Field(default="", description="untagged buckets that are test environments, by commas")
    workgroup: str = Field(default="quilt-mcp-test-workgroup", description="Athena workgroup of the template")
    database: str = Field(default="quilt_mcp_test_db", description="Glue database of the template")
    table: str = Field(default="test_table_1", description="sample table of the template")
    monthly_budget: Decimal = Field(default=Decimal(30), gt=0, description="USD a month, as the template's budget")
    longest_wait_seconds: float = Field(default=600, ge=0, description="what a scenario may wait for time to pass")
    secret_store: str | None = Field(default=None, description="prefix of the users' secrets in AWS Secrets Manager")
    run: str | None = Field(default=None, description="name of the run of which machines with the same run parts")

    def allowed(self, kind: Literal["accounts", "catalogs", "buckets"]) -> frozenset[str]:
        """What the settings mark as test environments, by kind."""
        names = str(getattr(self, f"allowed_{kind}")).split(",")
        return frozenset(name.strip() for name in names if name.strip())

    def catalog(self) -> str:
        """Origin of the catalog, without a trailing slash.

        Raises:
            SuiteError: if it is not set, or has another scheme than http and https, or no host.
        """
        url = self.require("catalog_url").rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SuiteError(
                f"Read QUILT_TEST_CATALOG_URL '{url}'",
                "that is no http or https address",
                f"Copy it from the browser's address bar; {DESCRIBED_IN} describes it",
            )
        return url

    def require(self, name: str) -> str:
        """A value that the live target cannot do without.

        Raises:
            SuiteError: if it is not set; it names the variable and where it is described.
        """
        value = getattr(self, name)
        if value is None or not str(value.get_secret_value() if isinstance(value, SecretStr) else value).strip():
            variable = f"QUILT_TEST_{name.upper()}"
            raise SuiteError(
                "Opened the live target",
                f"{variable} is not set",
                f"Set it in .env.test or in the environment; {DESCRIBED_IN} describes it",
            )
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

    def token(self, account: str) -> str:
        """The JWT of one of the four accounts.

        Raises:
            SuiteError: if it is not set.
        """
        return self.require(_token_setting(account))


def token_variable(account: str) -> str:
    """The variable that holds the JWT of an account: admin, user, readonly or service."""
    return f"QUILT_TEST_{_token_setting(account).upper()}"


def _token_setting(account: str) -> str:
    return "jwt_token" if account == "user" else f"{account}_jwt_token"
