"""Passwords of the test users in AWS Secrets Manager: a secret for each user, below the prefix of the settings.

A new password waits as AWSPENDING until the registry took it, as in AWS's own rotations; so a step that fails leaves
the password that is in force where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from environment.settings import DESCRIBED_IN
from environment.targets.aws_failures import aws_refusals_in_words
from environment.targets.tag import PURPOSE, TAG

DEFAULT_PREFIX = "quilt-mcp-test/users"
_CURRENT, _PENDING = "AWSCURRENT", "AWSPENDING"


class SecretStore:
    """The secrets below one prefix. Every method raises `SuiteError` if AWS refuses or does not answer."""

    def __init__(self, client: Any, prefix: str = DEFAULT_PREFIX) -> None:
        """``client`` is boto3's for ``secretsmanager``."""
        self._client = client
        self._prefix = prefix.rstrip("/")

    def name(self, user_name: str) -> str:
        """Name of a user's secret."""
        return f"{self._prefix}/{user_name}"

    def password(self, user_name: str) -> str | None:
        """The password in force; None if none was stored."""
        with aws_refusals_in_words(f"Read the secret {self.name(user_name)}"):
            try:
                content = self._client.get_secret_value(SecretId=self.name(user_name), VersionStage=_CURRENT)[
                    "SecretString"
                ]
            except self._client.exceptions.ResourceNotFoundException:
                return None
        found = json.loads(content).get("password")
        return None if found is None else str(found)

    @contextmanager
    def replacing(self, user_name: str, password: str) -> Iterator[None]:
        """Store a password that comes into force when the block ends without an error."""
        name = self.name(user_name)
        with aws_refusals_in_words(f"Stored a secret as {name} (QUILT_TEST_SECRET_STORE in {DESCRIBED_IN})"):
            self._make(name, user_name)
            content = json.dumps({"username": user_name, "password": password})
            version = self._client.put_secret_value(SecretId=name, SecretString=content, VersionStages=[_PENDING])
        yield
        with aws_refusals_in_words(f"Made the new version of {name} the current one"):
            self._client.update_secret_version_stage(
                SecretId=name,
                VersionStage=_CURRENT,
                MoveToVersionId=version["VersionId"],
                RemoveFromVersionId=self._current_version(name),
            )

    def _make(self, name: str, user_name: str) -> None:
        try:
            self._client.describe_secret(SecretId=name)
        except self._client.exceptions.ResourceNotFoundException:
            self._client.create_secret(
                Name=name,
                SecretString=json.dumps({"username": user_name}),
                Tags=[{"Key": TAG, "Value": PURPOSE}],
            )

    def _current_version(self, name: str) -> str:
        versions = self._client.describe_secret(SecretId=name)["VersionIdsToStages"]
        return next(str(version) for version, stages in versions.items() if _CURRENT in stages)
