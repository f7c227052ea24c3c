"""Those who query in these tests, through boto3, and the tables that they query."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as arrow_parquet
from botocore.config import Config

from environment.waiting import wait_until
from quilt_stack.aws.cloud import Cloud

DATABASE = "lake"
RESULTS_WORKGROUP = "analysts"
TABLE_1 = {"id": "int", "name": "string", "value": "double", "timestamp": "timestamp"}
"""Columns of ``test_table_1`` of the test environment."""


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Lake:
    """Objects in a bucket and Glue tables over them."""

    data, results = "lake-data", "lake-results"

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        for bucket in (self.data, self.results):
            cloud.client("s3").create_bucket(Bucket=bucket)
        cloud.client("glue").create_database(DatabaseInput={"Name": DATABASE})
        cloud.client("athena").create_work_group(
            Name=RESULTS_WORKGROUP,
            Configuration={
                "ResultConfiguration": {"OutputLocation": f"s3://{self.results}/enforced/"},
                "EnforceWorkGroupConfiguration": True,
            },
        )

    def put(self, key: str, content: bytes) -> None:
        self.cloud.client("s3").put_object(Bucket=self.data, Key=key, Body=content)

    def csv_table(self, name: str, content: str, columns: Mapping[str, str], **storage: Any) -> None:
        """A table over one CSV file with a header, read as OpenCSVSerde does."""
        self.put(f"{name}/part-0.csv", content.encode())
        serde = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"}
        self.table(name, columns, {"SerdeInfo": serde, **storage}, {"skip.header.line.count": "1"})

    def parquet_table(self, name: str, rows: pa.Table, columns: Mapping[str, str]) -> None:
        """A table over one Parquet file."""
        self.put(f"{name}/part-0.parquet", parquet(rows))
        self.table(name, columns, {"SerdeInfo": {"SerializationLibrary": PARQUET}})

    def table(
        self,
        name: str,
        columns: Mapping[str, str],
        storage: Mapping[str, Any],
        parameters: Mapping[str, str] | None = None,
        partition_keys: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """A table over what lies below its name in the data bucket."""
        described = [{"Name": column, "Type": type_} for column, type_ in columns.items()]
        place = {"Columns": described, "Location": f"s3://{self.data}/{name}/", **storage}
        self.cloud.client("glue").create_table(
            DatabaseName=DATABASE,
            TableInput={
                "Name": name,
                "StorageDescriptor": place,
                "Parameters": dict(parameters or {}),
                "PartitionKeys": list(partition_keys),
            },
        )


PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


def parquet(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    arrow_parquet.write_table(rows, out)
    return out.getvalue()


class Analyst:
    """Queries under keys of their own."""

    def __init__(self, cloud: Cloud, key: str, secret: str, token: str | None = None) -> None:
        self.keys = (key, secret, token)
        self._session: Any = boto3.Session(key, secret, token, "us-east-1")
        self._url = cloud.url
        self.athena = self.client("athena")

    def client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._url, config=Config(proxies={}))

    def start(self, sql: str, **options: Any) -> str:
        settings = {
            "WorkGroup": RESULTS_WORKGROUP,
            "QueryExecutionContext": {"Database": DATABASE},
            **options,
        }
        return str(self.athena.start_query_execution(QueryString=sql, **settings)["QueryExecutionId"])

    def execution(self, identifier: str) -> dict[str, Any]:
        return dict(self.athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"])

    def finished(self, identifier: str) -> dict[str, Any]:
        """The execution once it has ended."""

        def ended() -> dict[str, Any] | None:
            found = self.execution(identifier)
            return None if found["Status"]["State"] in ("QUEUED", "RUNNING") else found

        return wait_until(ended, limit_seconds=30, what="the query to end") or {}

    def rows(self, sql: str, **options: Any) -> list[list[str | None]]:
        """A query's rows without the header; it has to succeed."""
        found = self.finished(self.start(sql, **options))
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"].get("StateChangeReason")
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=found["QueryExecutionId"])
        rows = [
            [cell.get("VarCharValue") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]
        ]
        return rows[1:] if found["StatementType"] == "DML" else rows

    def failure(self, sql: str, **options: Any) -> str:
        """Why a query fails; it has to."""
        found = self.finished(self.start(sql, **options))
        assert found["Status"]["State"] == "FAILED", found["Status"]["State"]
        return str(found["Status"]["StateChangeReason"])
