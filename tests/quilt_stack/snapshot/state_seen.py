"""A deployment's state as real clients see it: boto3, gql, quilt3's search, the mailbox."""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any

import boto3
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from gql import Client, GraphQLRequest
from gql.transport.requests import RequestsHTTPTransport

from quilt_stack.running import RunningDeployment

_REGISTRY = """{
  roles { __typename ... on ManagedRole { id name arn policies { id } permissions { bucket { name } level } }
    ... on UnmanagedRole { id name arn } }
  defaultRole { ... on ManagedRole { name } }
  policies { id title arn managed permissions { bucket { name } level } }
  bucketConfigs { name title description tags relevanceScore browsable prefixes
    tabulatorTables { name config } }
  admin { ssoConfig { text timestamp } tabulatorOpenQuery
    user { list { name email dateJoined lastLogin isActive isAdmin isService
      role { ... on ManagedRole { name } ... on UnmanagedRole { name } }
      extraRoles { ... on ManagedRole { name } ... on UnmanagedRole { name } } } }
    apiKeys { list { id name fingerprint createdAt expiresAt } } }
  searchObjects { ... on ObjectsSearchResultSet { total
    firstPage(size: 1000) { hits { id key version size deleted modified } } } }
  searchPackages { ... on PackagesSearchResultSet { total
    firstPage(size: 1000) { hits { id name pointer hash size modified comment meta } } } }
}"""


class Seen:
    """What clients that were made once see; they outlive what happens to the state."""

    def __init__(self, running: RunningDeployment, token: str) -> None:
        self.running = running
        self.token = token
        self._gql = Client(
            transport=RequestsHTTPTransport(
                f"{running.registry_url}/graphql", headers={"Authorization": f"Bearer {token}"}, timeout=30
            )
        )

    def aws(self, service: str) -> Any:
        """A client of the operator."""
        return boto3.client(service, **self.running.boto3_arguments, config=Config(s3={"addressing_style": "path"}))  # type: ignore[call-overload]

    @cached_property
    def s3(self) -> Any:
        return self.aws("s3")

    @cached_property
    def iam(self) -> Any:
        return self.aws("iam")

    @cached_property
    def glue(self) -> Any:
        return self.aws("glue")

    @cached_property
    def athena(self) -> Any:
        return self.aws("athena")

    def graphql(self, query: str, **variables: object) -> dict[str, Any]:
        """The data that a GraphQL client gets."""
        return dict(self._gql.execute(GraphQLRequest(query, variable_values=variables)))

    def all(self) -> dict[str, Any]:
        """Everything."""
        return {
            "buckets": self.buckets(),
            "iam": self._iam(),
            "glue": self._glue(),
            "athena": self._athena(),
            "registry": _sorted(self.graphql(_REGISTRY)),
            "elastic": self._elastic(),
            "mails": self.running.control.mails(),
            "conditions": self.running.control.conditions(),
            "clock": round(self.running.control.clock() - time.time()),
        }

    def buckets(self) -> dict[str, Any]:
        """All versions of all objects with their bytes, and the buckets' settings."""
        return {bucket["Name"]: self._bucket(bucket["Name"]) for bucket in self.s3.list_buckets()["Buckets"]}

    def _bucket(self, name: str) -> dict[str, Any]:
        pages = list(self.s3.get_paginator("list_object_versions").paginate(Bucket=name))
        versions = [version for page in pages for version in page.get("Versions", [])]
        uploads = self.s3.list_multipart_uploads(Bucket=name).get("Uploads", [])
        return {
            "versioning": self.s3.get_bucket_versioning(Bucket=name).get("Status"),
            "policy": self._or_none("get_bucket_policy", "Policy", name),
            "tags": self._or_none("get_bucket_tagging", "TagSet", name),
            "notifications": _without_metadata(self.s3.get_bucket_notification_configuration(Bucket=name)),
            "versions": [(version, self._object(name, version)) for version in versions],
            "markers": [marker for page in pages for marker in page.get("DeleteMarkers", [])],
            "uploads": [(each, self._parts(name, each)) for each in uploads],
        }

    def _object(self, bucket: str, version: dict[str, Any]) -> dict[str, Any]:
        place = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
        if version["StorageClass"] == "GLACIER":  # nobody can read it before it has come back; moto hides its tags, too
            return _without_metadata(self.s3.head_object(**place, ChecksumMode="ENABLED"))
        answer = self.s3.get_object(**place, ChecksumMode="ENABLED")
        body = answer.pop("Body").read()
        return {"body": body, "tags": self.s3.get_object_tagging(**place)["TagSet"], **_without_metadata(answer)}

    def _parts(self, bucket: str, upload: dict[str, Any]) -> list[Any]:
        answer = self.s3.list_parts(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        return list(answer.get("Parts", []))

    def _or_none(self, operation: str, part: str, bucket: str) -> Any:
        try:
            return getattr(self.s3, operation)(Bucket=bucket)[part]
        except ClientError:
            return None

    def _iam(self) -> Any:
        details = _without_metadata(self.iam.get_account_authorization_details())
        keys = {
            user["UserName"]: self.iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]
            for user in details["UserDetailList"]
            # Who looks uses the operator's key, and IAM writes down when.
            if user["UserName"] != "operator"
        }
        return details, keys

    def _glue(self) -> Any:
        databases = self.glue.get_databases()["DatabaseList"]
        return {
            each["Name"]: (each, self.glue.get_tables(DatabaseName=each["Name"])["TableList"]) for each in databases
        }

    def _athena(self) -> Any:
        workgroups = [each["Name"] for each in self.athena.list_work_groups()["WorkGroups"]]
        found: dict[str, Any] = {}
        for workgroup in workgroups:
            for query in self.athena.list_query_executions(WorkGroup=workgroup)["QueryExecutionIds"]:
                execution = self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
                done = execution["Status"]["State"] == "SUCCEEDED"
                rows = self.athena.get_query_results(QueryExecutionId=query)["ResultSet"] if done else None
                found[query] = execution, rows
        return workgroups, found

    def _elastic(self) -> Any:
        answer = requests.get(
            f"{self.running.registry_url}/api/search",
            params={"index": "open-bucket,open-bucket_packages", "action": "search", "query": "*", "size": "1000"},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return sorted((hit["_id"], str(hit["_source"])) for hit in answer.json()["hits"]["hits"])


def _without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(each) for name, each in value.items()}
    return sorted(map(_sorted, value), key=str) if isinstance(value, list) else value
