"""The IAM side of roles and policies: what the registry writes into the stack's AWS account (registry facts 4).

Decision: each managed role is an IAM role of its own below ``/quilt/`` and each managed policy an IAM managed policy
that is attached to it, so that IAM itself forms the union over a role's policies. IAM names carry the id of the role
or policy, because IAM cannot rename: a renamed role keeps its ARN (a stack's roles share one: registry facts 4).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from quilt_stack.blueprint import Permission
from quilt_stack.registry.access import READ_ROLE, READ_WRITE_ROLE

if TYPE_CHECKING:
    from quilt_stack.aws.cloud import Cloud
    from quilt_stack.settings import DeploymentSettings

_PATH = "/quilt/"
_LONGEST_SESSION_SECONDS = 12 * 3600
_STACK_BUCKETS = "StackBuckets"
_EVERYBODY = "Everybody"

_LIST_ACTIONS = (
    "s3:GetBucketLocation",
    "s3:GetBucketVersioning",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
)
_READ_ACTIONS = (
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectVersionTagging",
)
_WRITE_ACTIONS = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
    "s3:PutObjectTagging",
)
_ATHENA_LIST_ACTIONS = ("athena:ListDataCatalogs", "athena:ListEngineVersions", "athena:ListWorkGroups")
_ATHENA_ACTIONS = (
    "athena:BatchGet*",
    "athena:CreateNamedQuery",
    "athena:DeleteNamedQuery",
    "athena:Get*",
    "athena:List*",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)


class Iam:
    """Writes roles and policies with the operator's rights.

    Every method raises botocore's ClientError when IAM refuses; the caller's transaction is rolled back with it.
    """

    def __init__(self, cloud: Cloud, settings: DeploymentSettings) -> None:
        self._client = cloud.client("iam")
        self._settings = settings

    def create_role(self, role_id: str, name: str) -> str:
        """Create the IAM role of a managed role; returns its ARN."""
        iam_name = f"{name[:24]}-{role_id.replace('-', '')}"
        return self._create_role(iam_name, f"Managed role {name}")

    def delete_role(self, arn: str, policy_arns: Iterable[str]) -> None:
        """Delete the IAM role of a managed role, with what is attached to it."""
        name = _resource_name(arn)
        for policy_arn in policy_arns:
            self._client.detach_role_policy(RoleName=name, PolicyArn=policy_arn)
        self._client.delete_role_policy(RoleName=name, PolicyName=_EVERYBODY)
        self._client.delete_role(RoleName=name)

    def attach(self, role_arn: str, policy_arn: str) -> None:
        """Attach a policy to the IAM role of a managed role."""
        self._client.attach_role_policy(RoleName=_resource_name(role_arn), PolicyArn=policy_arn)

    def detach(self, role_arn: str, policy_arn: str) -> None:
        """Detach a policy from the IAM role of a managed role."""
        self._client.detach_role_policy(RoleName=_resource_name(role_arn), PolicyArn=policy_arn)

    def policy_exists(self, arn: str) -> bool:
        """Whether IAM knows a policy."""
        try:
            self._client.get_policy(PolicyArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchEntity":
                return False
            raise
        return True

    def create_policy(self, policy_id: str, permissions: Mapping[str, Permission]) -> str:
        """Create the IAM policy of a managed policy; returns its ARN."""
        answer = self._client.create_policy(
            PolicyName=f"policy-{policy_id.replace('-', '')}", Path=_PATH, PolicyDocument=_bucket_document(permissions)
        )
        return str(answer["Policy"]["Arn"])

    def rewrite_policy(self, arn: str, permissions: Mapping[str, Permission]) -> None:
        """Put other permissions in force; IAM keeps five versions at most, so the ones before are dropped."""
        self._client.create_policy_version(
            PolicyArn=arn, PolicyDocument=_bucket_document(permissions), SetAsDefault=True
        )
        self._drop_old_versions(arn)

    def delete_policy(self, arn: str) -> None:
        """Delete the IAM policy of a managed policy."""
        self._drop_old_versions(arn)
        self._client.delete_policy(PolicyArn=arn)

    def create_stack_role(self, name: str) -> str:
        """Create the IAM role behind one of the reserved roles; returns its ARN."""
        return self._create_role(f"{self._settings.stack_prefix}-{name}", f"Role {name} of the stack")

    def write_stack_roles(self, buckets: Iterable[str]) -> None:
        """Give the reserved roles the registered buckets, to read and to read and write."""
        names = list(buckets)
        for role, level in ((READ_ROLE, Permission.READ), (READ_WRITE_ROLE, Permission.READ_WRITE)):
            self._client.put_role_policy(
                RoleName=f"{self._settings.stack_prefix}-{role}",
                PolicyName=_STACK_BUCKETS,
                PolicyDocument=_bucket_document(dict.fromkeys(names, level)),
            )

    def _create_role(self, iam_name: str, description: str) -> str:
        answer = self._client.create_role(
            RoleName=iam_name,
            Path=_PATH,
            Description=description,
            MaxSessionDuration=_LONGEST_SESSION_SECONDS,
            AssumeRolePolicyDocument=_document(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{self._settings.account_id}:root"},
                    "Action": "sts:AssumeRole",
                }
            ),
        )
        self._client.put_role_policy(
            RoleName=iam_name, PolicyName=_EVERYBODY, PolicyDocument=_everybody_document(self._settings)
        )
        return str(answer["Role"]["Arn"])

    def _drop_old_versions(self, arn: str) -> None:
        for version in self._client.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                self._client.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])


def _everybody_document(settings: DeploymentSettings) -> str:
    """What every role may do: query in the stack's own workgroup, and in no other (registry facts 11).

    What a query reads is still a matter of the role's buckets in S3.
    """
    results = f"arn:aws:s3:::{settings.service_bucket}"
    athena = f"arn:aws:athena:*:{settings.account_id}"
    return _document(
        _allow(("s3:ListAllMyBuckets", "sts:GetCallerIdentity", "glue:Get*", *_ATHENA_LIST_ACTIONS), "*"),
        _allow(_ATHENA_ACTIONS, f"{athena}:workgroup/{settings.athena_workgroup}", f"{athena}:datacatalog/*"),
        _allow(_LIST_ACTIONS, results),
        _allow((*_READ_ACTIONS, *_WRITE_ACTIONS), f"{results}/athena-results/*"),
    )


def _bucket_document(permissions: Mapping[str, Permission]) -> str:
    readable = [f"arn:aws:s3:::{bucket}" for bucket in permissions]
    writable = [f"arn:aws:s3:::{bucket}/*" for bucket, level in permissions.items() if level is Permission.READ_WRITE]
    # IAM wants at least one statement, also when no bucket is named.
    statements = [_allow(("sts:GetCallerIdentity",), "*")]
    if readable:
        statements.append(_allow(_LIST_ACTIONS, *readable))
        statements.append(_allow(_READ_ACTIONS, *(f"{bucket}/*" for bucket in readable)))
    if writable:
        statements.append(_allow(_WRITE_ACTIONS, *writable))
    return _document(*statements)


def _allow(actions: Iterable[str], *resources: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _resource_name(arn: str) -> str:
    return arn.rpartition("/")[2]
