"""An AWS identity that the registry does not know: an IAM user with permissions of its own."""

from __future__ import annotations

import json
from typing import Any

import boto3
from botocore.exceptions import ClientError

from environment.secrecy.redaction import register_secret
from environment.targets.target import Target, UnavailableHereError
from environment.waiting import wait_until

_POLICY = "queries"
_NEW_KEY_LIMIT_SECONDS = 30.0


class OutsiderArranger:
    """Makes and removes IAM users in the account of one target."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._iam = target.client("iam")

    def must_be_allowed(self, name: str) -> None:
        """Ask whether the suite may make such a user, before it is booked.

        Raises:
            UnavailableHereError: if AWS says no, as it does to the test role of a live environment.
        """
        try:
            self._iam.list_access_keys(UserName=name)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "AccessDenied":
                raise UnavailableHereError(
                    "Made an IAM user",
                    "AWS does not allow it to the suite's role",
                    "Run this scenario with an AWS_PROFILE that may make IAM users",
                ) from error
            if code != "NoSuchEntity":
                raise

    def create(self, name: str, readable_bucket: str, results_location: str) -> Any:
        """Create a user who may query with Athena and read one bucket; returns an Athena client with the user's key."""
        self._iam.create_user(UserName=name)
        document = _document(readable_bucket, results_location)
        self._iam.put_user_policy(UserName=name, PolicyName=_POLICY, PolicyDocument=document)
        key = self._iam.create_access_key(UserName=name)["AccessKey"]
        register_secret(key["SecretAccessKey"])
        session: Any = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])
        place = {"region_name": self._target.region, "endpoint_url": self._target.aws_endpoint_url}
        identity = session.client("sts", **place)
        # A new key takes a while until AWS knows it everywhere.
        wait_until(lambda: _is_known(identity), limit_seconds=_NEW_KEY_LIMIT_SECONDS, what="the new key to be known")
        return session.client("athena", **place)

    def delete(self, name: str) -> None:
        """Delete a user with its keys and policy, as far as they are there."""
        try:
            for key in self._iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
                self._iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
            for policy in self._iam.list_user_policies(UserName=name)["PolicyNames"]:
                self._iam.delete_user_policy(UserName=name, PolicyName=policy)
            self._iam.delete_user(UserName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchEntity":
                raise


def _is_known(identity: Any) -> bool:
    try:
        identity.get_caller_identity()
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidClientTokenId":
            raise
        return False
    return True


def _document(readable_bucket: str, results_location: str) -> str:
    results = f"arn:aws:s3:::{results_location.removeprefix('s3://')}"
    readable = f"arn:aws:s3:::{readable_bucket}"
    places = [readable, f"{readable}/*", results.partition("/")[0], f"{results}*"]
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": ["athena:*", "glue:Get*", "lambda:InvokeFunction"], "Resource": "*"},
                {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": places},
                {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"{results}*"},
            ],
        }
    )
