"""Things that a call of quilt3's GraphQL client needs, made when asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from quilt3._graphql_client import (
    APIKeyCreateInput,
    BucketAddInput,
    Client,
    ManagedPolicyInput,
    ManagedRoleInput,
    UnmanagedPolicyInput,
    UnmanagedRoleInput,
    UserInput,
)
from running_registry import Person, operator_client

TABLE = """\
schema: [{name: a, type: STRING}]
source: {type: quilt-packages, package_name: a, logical_key: b}
parser: {format: csv}
"""
SSO = 'version: "1.0"\ndefault_role: viewer\nmappings: []\n'


@dataclass
class Made:
    """Things that one call needs, made when asked for."""

    person: Person
    client: Client
    unique: Callable[[str], str]

    def user(self) -> str:
        name = self.unique("user")
        self.client.users_create(UserInput(name=name, email=f"{name}@example.com", role="viewer"))
        return name

    def role(self) -> Any:
        return self.client.role_create_managed(ManagedRoleInput(name=self.unique("Role"), policies=[])).role

    def unmanaged_role(self) -> Any:
        arn = "arn:aws:iam::123456789012:role/x"
        return self.client.role_create_unmanaged(UnmanagedRoleInput(name=self.unique("Role"), arn=arn)).role

    def policy(self) -> Any:
        return self.client.policy_create_managed(
            ManagedPolicyInput(
                title=self.unique("Policy"),
                permissions=[{"bucket": "archive", "level": "READ"}],
                roles=[self.role().id],
            )
        )

    def detached_policy(self) -> Any:
        title = self.unique("Policy")
        return self.client.policy_create_managed(ManagedPolicyInput(title=title, permissions=[], roles=[]))

    def policy_arn(self) -> str:
        document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
        iam = operator_client(self.person.deployment, "iam")
        answer = iam.create_policy(PolicyName=self.unique("own"), PolicyDocument=document)
        return str(answer["Policy"]["Arn"])

    def unmanaged_policy(self) -> Any:
        return self.client.policy_create_unmanaged(
            UnmanagedPolicyInput(title=self.unique("Policy"), arn=self.policy_arn(), roles=[])
        )

    def s3_bucket(self) -> str:
        name = self.unique("bucket").replace("_", "-")
        operator_client(self.person.deployment, "s3").create_bucket(Bucket=name)
        return name

    def bucket(self) -> str:
        name = self.s3_bucket()
        self.client.bucket_add(BucketAddInput(name=name, title="Title"))
        return name

    def table(self) -> str:
        name = self.unique("table")
        self.client.bucket_tabulator_table_set("archive", name, TABLE)
        return name

    def api_key(self) -> Any:
        return self.client.api_key_create(APIKeyCreateInput(name=self.unique("key"))).api_key
