"""No service answers who does not sign, or signs wrongly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from aws_callers import new_client
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from quilt_stack.aws.cloud import Cloud

DAYS = {"TimePeriod": {"Start": "2026-11-01", "End": "2026-11-02"}, "Granularity": "DAILY", "Metrics": ["BlendedCost"]}
READING: dict[str, tuple[str, dict[str, Any]]] = {
    "athena": ("list_work_groups", {}),
    "budgets": ("describe_budgets", {"AccountId": "123456789012"}),
    "ce": ("get_cost_and_usage", DAYS),
    "cloudformation": ("list_stacks", {}),
    "cloudwatch": ("describe_alarms", {}),
    "events": ("list_rules", {}),
    "glue": ("get_databases", {}),
    "iam": ("list_users", {}),
    "logs": ("describe_log_groups", {}),
    "s3": ("list_buckets", {}),
    "secretsmanager": ("list_secrets", {}),
    "sns": ("list_topics", {}),
    "sqs": ("list_queues", {}),
    "ssm": ("describe_parameters", {}),
    "sts": ("get_caller_identity", {}),
}


@pytest.mark.slow
@pytest.mark.parametrize("service", READING)
def test_nobody_is_answered_without_a_signature(cloud: Cloud, service: str) -> None:
    operation, arguments = READING[service]
    config = Config(signature_version=UNSIGNED, proxies={})
    whole: Any = boto3.client
    unsigned = whole(service, region_name="us-east-1", endpoint_url=cloud.url, config=config)
    wrong = new_client(cloud, service, cloud.operator_access_key_id, "wrong")
    unknown = new_client(cloud, service, "AKIAIOSFODNN7EXAMPLE", "wrong")

    assert status(lambda: getattr(cloud.client(service), operation)(**arguments)) == 200
    for client in (unsigned, wrong, unknown):
        assert 400 <= status(lambda client=client: getattr(client, operation)(**arguments)) < 500


def status(call: Callable[[], dict[str, Any]]) -> int:
    try:
        answer = call()
    except ClientError as error:
        answer = dict(error.response)
    return int(answer["ResponseMetadata"]["HTTPStatusCode"])
