"""Those who call AWS in these tests, and the policies that they get."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from quilt_stack.aws.cloud import Cloud
from quilt_stack.settings import DeploymentSettings

Statement = dict[str, Any]

_loader = Loader()  # parsing botocore's service descriptions is what takes the time of a new client


def settings(state_directory: Path, **values: Any) -> DeploymentSettings:
    return DeploymentSettings(state_directory=state_directory, **values)


class Session:
    """Credentials of an assumed role, and clients that use them."""

    def __init__(self, cloud: Cloud, role_arn: str, credentials: dict[str, Any]) -> None:
        self.role_arn = role_arn
        self.credentials = credentials
        self._cloud = cloud

    def client(self, service: str, region: str = "us-east-1", **config: Any) -> Any:
        keys = [self.credentials[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
        return new_client(self._cloud, service, *keys, region=region, **config)


def new_client(
    cloud: Cloud,
    service: str,
    key: str,
    secret: str,
    token: str | None = None,
    region: str = "us-east-1",
    **config: Any,
) -> Any:
    """A client as a user of the deployment would make it."""
    core = botocore.session.get_session()
    core.register_component("data_loader", _loader)
    session: Any = boto3.Session(key, secret, token, region, botocore_session=core)
    return session.client(service, endpoint_url=cloud.url, config=Config(proxies={}, **config))


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any, **more: Any) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any, **more: Any) -> Statement:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def refused(call: Callable[[], Any]) -> str:
    """The error code of a call that must be refused."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])
