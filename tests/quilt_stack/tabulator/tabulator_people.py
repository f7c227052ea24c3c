"""Tables, packages and people of the deployment that these tests share."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import boto3
import requests
from botocore.config import Config
from stack_wire import OPEN_BUCKET, WireDeployment

from environment.waiting import wait_until

_PUSH = """
mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) { __typename ... on PackagePushSuccess { revision { hash } } }
}
"""
_SET = """
mutation ($bucket: String!, $table: String!, $config: String) {
  bucketSetTabulatorTable(bucketName: $bucket, tableName: $table, config: $config) {
    __typename ... on InvalidInput { errors { path message } }
  }
}
"""
_OPEN = "mutation ($enabled: Boolean!) { admin { setTabulatorOpenQuery(enabled: $enabled) { tabulatorOpenQuery } } }"
CATALOG = "quilt-local-tabulator"
WORKGROUP = "QuiltUserAthena-local-NonManagedRoleWorkgroup"
OPEN_WORKGROUP = "QuiltTabulatorOpenQuery-local"


class Shop:
    """What an administrator and the operator do."""

    def __init__(self, wire: WireDeployment) -> None:
        self.wire = wire
        running = wire.running
        self.operator = _Keys(running.aws_url, running.operator_access_key_id, running.operator_secret_access_key, None)
        self.s3 = self.operator.client("s3")

    def table(self, config: str | None, name: str = "", bucket: str = OPEN_BUCKET) -> str:
        """Store a table under a new name (or a given one); returns the name."""
        table = name or f"t_{uuid.uuid4().hex[:8]}"
        result = self.wire.graphql(_SET, bucket=bucket, table=table, config=config)["bucketSetTabulatorTable"]
        assert result["__typename"] == "BucketConfig", result
        return table

    def refusal(self, config: str) -> str:
        """Why a configuration is refused."""
        result = self.wire.graphql(_SET, bucket=OPEN_BUCKET, table="refused", config=config)["bucketSetTabulatorTable"]
        assert result["__typename"] == "InvalidInput", result
        return f"{result['errors'][0]['path']}: {result['errors'][0]['message']}"

    def push(self, name: str, files: Mapping[str, bytes], bucket: str = OPEN_BUCKET, of: str = "") -> str:
        """A revision of objects that lie in the bucket ``of`` (the package's own unless given); returns its hash."""
        entries = []
        for key, content in files.items():
            where = of or bucket
            self.s3.put_object(Bucket=where, Key=f"{name}/{key}", Body=content)
            entries.append({"logicalKey": key, "physicalKey": f"s3://{where}/{name}/{key}"})
        params = {"bucket": bucket, "name": name}
        pushed = self.wire.graphql(_PUSH, params=params, src={"entries": entries})["packageConstruct"]
        assert pushed["__typename"] == "PackagePushSuccess", pushed
        return str(pushed["revision"]["hash"])

    def open_query(self, enabled: bool) -> None:
        self.wire.graphql(_OPEN, enabled=enabled)

    def person(self, user: str) -> Analyst:
        """A user with the AWS credentials that the registry issues."""
        answer = requests.get(
            f"{self.wire.running.registry_url}/api/auth/get_credentials", headers=self.wire.headers(user), timeout=30
        ).json()
        keys = [answer[key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
        return Analyst(_Keys(self.wire.running.aws_url, *keys))

    def outsider(self, *statements: dict[str, Any]) -> Analyst:
        """An IAM user whom the registry does not know."""
        import json

        iam = self.operator.client("iam")
        name = f"outsider-{uuid.uuid4().hex[:8]}"
        iam.create_user(UserName=name)
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Analyst(_Keys(self.wire.running.aws_url, key["AccessKeyId"], key["SecretAccessKey"], None))


class _Keys:
    def __init__(self, url: str, key: str, secret: str, token: str | None) -> None:
        self.values = (key, secret, token)
        self.url = url
        self._session: Any = boto3.Session(key, secret, token, "us-east-1")

    def client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self.url, config=Config(proxies={}))


class Analyst:
    """Queries tables with keys of their own."""

    def __init__(self, keys: _Keys) -> None:
        self.keys = keys
        self.athena = keys.client("athena")

    def query(self, sql: str, bucket: str = OPEN_BUCKET, workgroup: str = WORKGROUP) -> dict[str, Any]:
        """The execution, ended."""
        identifier = self.athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Catalog": CATALOG, "Database": bucket},
            WorkGroup=workgroup,
        )["QueryExecutionId"]

        def ended() -> dict[str, Any] | None:
            found = self.athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
            return None if found["Status"]["State"] in ("QUEUED", "RUNNING") else dict(found)

        return wait_until(ended, limit_seconds=60, what="the query to end") or {}

    def rows(self, sql: str, bucket: str = OPEN_BUCKET, workgroup: str = WORKGROUP) -> list[list[str | None]]:
        """The rows on the first page, without the header of a query."""
        found = self.query(sql, bucket, workgroup)
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"].get("StateChangeReason")
        answer = self.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])
        rows = [[cell.get("VarCharValue") for cell in row["Data"]] for row in answer["ResultSet"]["Rows"]]
        return rows[1:] if found["StatementType"] == "DML" else rows

    def failure(self, sql: str, bucket: str = OPEN_BUCKET, workgroup: str = WORKGROUP) -> str:
        found = self.query(sql, bucket, workgroup)
        assert found["Status"]["State"] == "FAILED", found["Status"]["State"]
        return str(found["Status"]["StateChangeReason"])
