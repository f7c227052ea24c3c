"""Fills a deployment with something of everything that a snapshot has to hold, and changes all of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import requests
from stack_wire import ADMINISTRATOR, CLOSED_BUCKET, OPEN_BUCKET, READER, WRITER, WireDeployment
from state_seen import Seen

from environment.waiting import wait_until

PLAIN_BUCKET = "plain-bucket"
LARGE = b"0123456789abcdef" * 400_000  # more than moto keeps in memory
_TABLE = """
mutation ($config: String) {
  bucketSetTabulatorTable(bucketName: "open-bucket", tableName: "measured", config: $config) { __typename } }"""
_TABULATOR = """\
schema: [{name: a, type: STRING}]
source: {type: quilt-packages, package_name: a, logical_key: b}
parser: {format: csv}
"""
_SSO = 'version: "1.0"\ndefault_role: reader\nmappings: []\n'
_PUSH = """
mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) { __typename ... on PackagePushSuccess { revision { hash } } }
}"""


@dataclass
class Full:
    """A filled deployment, and what its people have in hand."""

    wire: WireDeployment
    seen: Seen
    presigned: str
    readers_s3: Any
    api_key: str

    @property
    def control(self) -> Any:
        return self.wire.running.control


def fill(wire: WireDeployment) -> Full:
    """Put something of everything in."""
    seen = Seen(wire.running, wire.running.control.issue_token(ADMINISTRATOR))
    s3 = seen.s3
    for number in range(3):
        metadata = {"run": str(number)}
        s3.put_object(
            Bucket=OPEN_BUCKET, Key="a/ü b+c.txt", Body=f"{number}".encode(), Metadata=metadata, Tagging="x=y"
        )
    s3.delete_object(Bucket=OPEN_BUCKET, Key="a/ü b+c.txt")
    s3.put_object(
        Bucket=OPEN_BUCKET,
        Key="table.csv",
        Body=b"site,value\nnorth,1\n",
        ContentType="text/csv",
        ChecksumAlgorithm="SHA256",
    )
    s3.put_object(Bucket=OPEN_BUCKET, Key="large.bin", Body=LARGE)
    s3.put_object(Bucket=OPEN_BUCKET, Key="empty", Body=b"")
    s3.create_bucket(Bucket=PLAIN_BUCKET)
    s3.put_object(Bucket=PLAIN_BUCKET, Key="only", Body=b"one")
    s3.put_bucket_tagging(Bucket=PLAIN_BUCKET, Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::plain-bucket/no/*",
    }
    s3.put_bucket_policy(Bucket=PLAIN_BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    upload = s3.create_multipart_upload(Bucket=CLOSED_BUCKET, Key="parts")["UploadId"]
    s3.upload_part(Bucket=CLOSED_BUCKET, Key="parts", UploadId=upload, PartNumber=1, Body=b"part one")
    _finished_upload(s3)
    _package(seen, "lab/first", "table.csv")
    _package(seen, "lab/second", "large.bin")
    _query(seen)
    _iam(seen)
    _registry(seen)
    wire.running.control.advance_clock(120)
    wire.running.control.set_conditions(mail_accepted=True)
    _forget_password(wire, "lee")
    readers_s3 = _s3_of(wire, READER)
    presigned = readers_s3.generate_presigned_url("get_object", Params={"Bucket": OPEN_BUCKET, "Key": "table.csv"})
    created = seen.graphql('mutation { apiKeyCreate(input: {name: "k"}) { ... on APIKeyCreated { secret } } }')
    wire.running.control.wait_until_indexed()
    return Full(wire, seen, presigned, readers_s3, created["apiKeyCreate"]["secret"])


def change_everything(full: Full) -> None:
    """Change what `fill` put in, part by part."""
    seen, control = full.seen, full.control
    s3 = seen.s3
    s3.put_object(Bucket=OPEN_BUCKET, Key="a/ü b+c.txt", Body=b"another")
    s3.put_object(Bucket=OPEN_BUCKET, Key="late.txt", Body=b"late")
    versions = s3.list_object_versions(Bucket=OPEN_BUCKET, Prefix="table.csv")["Versions"]
    s3.delete_object(Bucket=OPEN_BUCKET, Key="table.csv", VersionId=versions[0]["VersionId"])
    s3.delete_bucket_policy(Bucket=PLAIN_BUCKET)
    s3.delete_object(Bucket=PLAIN_BUCKET, Key="only")
    s3.delete_bucket(Bucket=PLAIN_BUCKET)
    s3.create_bucket(Bucket="late-bucket")
    s3.put_bucket_versioning(Bucket=OPEN_BUCKET, VersioningConfiguration={"Status": "Suspended"})
    for upload in s3.list_multipart_uploads(Bucket=CLOSED_BUCKET)["Uploads"]:
        s3.abort_multipart_upload(Bucket=CLOSED_BUCKET, Key=upload["Key"], UploadId=upload["UploadId"])
    _package(seen, "lab/first", "late.txt")
    seen.glue.delete_table(DatabaseName="lake", Name="measured")
    seen.glue.create_database(DatabaseInput={"Name": "late"})
    seen.iam.delete_user_policy(UserName="somebody", PolicyName="reads")
    seen.iam.create_user(UserName="late")
    seen.graphql(_TABLE, config=None)
    seen.graphql(
        'mutation { admin { user { create(input: {name: "late", email: "late@example.org", role: "reader"}) {'
        " __typename } } } }"
    )
    seen.graphql('mutation { admin { user { mutate(name: "lee") { setActive(active: false) { __typename } } } } }')
    _ask(seen, "SELECT 2")
    _forget_password(full.wire, "dana")
    control.revoke_tokens(WRITER)
    control.expire_session_credentials()
    control.advance_clock(7200)
    control.set_conditions(mail_accepted=False)
    control.wait_until_indexed()


def _forget_password(wire: WireDeployment, user: str) -> None:
    body = {"email": f"{user}@example.org"}
    requests.post(f"{wire.running.registry_url}/api/reset_password", json=body, timeout=10).raise_for_status()


def _s3_of(wire: WireDeployment, user: str) -> Any:
    import boto3
    from botocore.config import Config

    answer = requests.get(
        f"{wire.running.registry_url}/api/auth/get_credentials", headers=wire.headers(user), timeout=10
    ).json()
    return boto3.client(
        "s3",
        endpoint_url=wire.running.aws_url,
        region_name=wire.running.region,
        aws_access_key_id=answer["AccessKeyId"],
        aws_secret_access_key=answer["SecretAccessKey"],
        aws_session_token=answer["SessionToken"],
        config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
    )


def _finished_upload(s3: Any) -> None:
    place = {"Bucket": OPEN_BUCKET, "Key": "joined.bin"}
    upload = s3.create_multipart_upload(**place, Metadata={"m": "1"})["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=body)["ETag"],
        }
        for number, body in enumerate([b"x" * 5 * 1024 * 1024, b"end"], 1)
    ]
    s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})


def _package(seen: Seen, name: str, key: str) -> None:
    source = {"entries": [{"logicalKey": key, "physicalKey": f"s3://{OPEN_BUCKET}/{key}", "meta": {"n": 1}}]}
    params = {"bucket": OPEN_BUCKET, "name": name, "message": "one", "userMeta": {"organ": "liver"}}
    answer = seen.graphql(_PUSH, params=params, src=source)["packageConstruct"]
    assert answer["__typename"] == "PackagePushSuccess", answer


def _query(seen: Seen) -> None:
    storage = {
        "Location": f"s3://{OPEN_BUCKET}/lake/",
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "Columns": [{"Name": "site", "Type": "string"}, {"Name": "value", "Type": "int"}],
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            "Parameters": {"field.delim": ","},
        },
    }
    seen.s3.put_object(Bucket=OPEN_BUCKET, Key="lake/rows.csv", Body=b"north,1\nsouth,2\n")
    seen.glue.create_database(DatabaseInput={"Name": "lake"})
    seen.glue.create_table(DatabaseName="lake", TableInput={"Name": "measured", "StorageDescriptor": storage})
    for sql in ("SELECT site, sum(value) FROM measured GROUP BY site ORDER BY site", "SHOW TABLES", "SELECT nothing"):
        _ask(seen, sql)


def _ask(seen: Seen, sql: str) -> None:
    query = seen.athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": "lake"},
        WorkGroup="QuiltUserAthena-local-NonManagedRoleWorkgroup",
    )["QueryExecutionId"]

    def ended() -> bool:
        state = seen.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"]
        return state in ("SUCCEEDED", "FAILED")

    wait_until(ended, limit_seconds=60, what="the query to end")


def _iam(seen: Seen) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
    seen.iam.create_user(UserName="somebody")
    seen.iam.put_user_policy(UserName="somebody", PolicyName="reads", PolicyDocument=json.dumps(policy))
    seen.iam.create_access_key(UserName="somebody")


def _registry(seen: Seen) -> None:
    assert seen.graphql(_TABLE, config=_TABULATOR)["bucketSetTabulatorTable"]["__typename"] == "BucketConfig"
    seen.graphql("mutation ($c: String) { admin { setSsoConfig(config: $c) { __typename } } }", c=_SSO)
    seen.graphql("mutation { admin { setTabulatorOpenQuery(enabled: true) { tabulatorOpenQuery } } }")
