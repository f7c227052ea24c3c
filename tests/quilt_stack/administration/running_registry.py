"""A running deployment as the tests of administration use it: raw GraphQL, REST, and S3 as somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import boto3
import requests
from botocore.config import Config

from quilt_stack.running import RunningDeployment


@dataclass
class Person:
    """Somebody with a token."""

    deployment: RunningDeployment
    name: str
    token: str
    api_key: str = field(default="", repr=False)

    def post(self, query: str, **variables: object) -> requests.Response:
        """The whole answer to a GraphQL request."""
        return requests.post(
            f"{self.deployment.registry_url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )

    def graphql(self, query: str, **variables: object) -> Any:
        """The data of a GraphQL answer without errors."""
        answer = self.post(query, **variables).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def credentials(self) -> requests.Response:
        """The answer of get_credentials."""
        return requests.get(
            f"{self.deployment.registry_url}/api/auth/get_credentials",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )

    def s3(self) -> Any:
        """S3 with the credentials that the registry gives."""
        answer = self.credentials()
        assert answer.status_code == 200, answer.text
        return s3_client(self.deployment, answer.json())

    def use_quilt3(self) -> None:
        """Let quilt3 act for this person; the key is kept in memory alone."""
        if not self.api_key:
            created = self.graphql(
                'mutation { apiKeyCreate(input: {name: "tests"}) { ... on APIKeyCreated { secret } } }'
            )
            self.api_key = created["apiKeyCreate"]["secret"]
        # Imported late: the folder's conftest imports quilt3 first, with the warnings of its dependencies set aside.
        import quilt3.session

        quilt3.session.login_with_api_key(self.api_key)


def s3_client(deployment: RunningDeployment, credentials: dict[str, str]) -> Any:
    """S3 of the deployment with these credentials."""
    return boto3.client(
        "s3",
        endpoint_url=deployment.aws_url,
        region_name=deployment.region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )


def operator_client(deployment: RunningDeployment, service: str) -> Any:
    """A client with the operator's keys, to look from another side; one for each service, they are slow to make."""
    return _operator_client(
        deployment.aws_url,
        deployment.region,
        deployment.operator_access_key_id,
        deployment.operator_secret_access_key,
        service,
    )


@lru_cache
def _operator_client(url: str, region: str, key: str, secret: str, service: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )
