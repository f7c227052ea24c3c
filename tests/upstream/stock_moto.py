"""What the libraries do that are repaired, without the repairs: in a process of its own, one JSON object of answers.

Each probe answers in words; the tests know which words the stock library says, and which a mended one would.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable
from typing import Any
from unittest.mock import PropertyMock, patch

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

REGION = "us-east-1"
PARTS = (b"a" * (5 << 20), b"b")
ANYBODY = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


def client(service: str, **keys: str) -> Any:
    whole: Any = boto3.client
    return whole(service, region_name=REGION, config=Config(signature_version=None), **keys)


def bucket(name: str = "stock", *, versioned: bool = False) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket=name)
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return s3


def code(call: Callable[[], Any]) -> str:
    """The code of an AWS error, or "accepted"."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "accepted"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def services() -> str:
    from moto.backends import list_of_moto_modules

    with patch("os.listdir", wraps=os.listdir) as listing:
        list(list_of_moto_modules()), list(list_of_moto_modules())
    return f"{listing.call_count} listings"


def dates() -> str:
    from botocore.utils import parse_timestamp
    from moto.core import serialize

    with patch("botocore.utils.parse_timestamp", wraps=parse_timestamp) as parsing:
        [serialize.parse_to_aware_datetime("2026-01-01T00:00:00Z") for _ in range(2)]
    return f"{parsing.call_count} parsings"


def versions() -> str:
    from moto.s3.models import FakeKey

    s3 = bucket(versioned=True)
    s3.put_object(Bucket="stock", Key="a", Body=b"x")
    with patch.object(FakeKey, "__getstate__", autospec=True, side_effect=FakeKey.__getstate__) as copying:
        s3.list_object_versions(Bucket="stock")
    return "copies" if copying.call_count else "no copies"


def announcements() -> str:
    s3 = bucket(versioned=True)
    sqs = client("sqs")
    queue = sqs.create_queue(QueueName="stock")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    wanted = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(Bucket="stock", NotificationConfiguration=wanted)
    s3.put_object(Bucket="stock", Key="a", Body=b"x")
    bodies = [
        json.loads(each["Body"]) for each in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    ]
    [described] = [record["s3"]["object"] for body in bodies for record in body.get("Records", [])]
    return "with a version" if "versionId" in described else "without"


def part_of_a_body() -> str:
    """Whether moto takes a whole body in hand to answer with one byte of it."""
    from moto.s3.models import FakeKey

    s3 = bucket()
    s3.put_object(Bucket="stock", Key="a", Body=b"xyz")
    with patch.object(FakeKey, "value", new_callable=PropertyMock, return_value=b"xyz") as read:
        answer = s3.get_object(Bucket="stock", Key="a", Range="bytes=0-0")["Body"].read()
    if answer != b"x":
        raise LookupError(f"moto answers {answer!r}")
    return "the whole" if read.call_count else "a part"


def resetting() -> str:
    import moto
    import moto.backends
    import moto.moto_api

    public = [name for module in (moto, moto.backends, moto.moto_api) for name in vars(module) if name[0] != "_"]
    return "a public name" if any("reset" in name for name in public) else "no public name"


def multipart() -> str:
    s3 = bucket()
    upload = s3.create_multipart_upload(Bucket="stock", Key="a", ChecksumAlgorithm="SHA256")["UploadId"]
    parts = []
    for number, body in enumerate(PARTS, 1):
        sent = {"PartNumber": number, "Body": body, "ChecksumAlgorithm": "SHA256"}
        answer = s3.upload_part(Bucket="stock", Key="a", UploadId=upload, **sent)
        parts.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": answer["ChecksumSHA256"]})
    done = s3.complete_multipart_upload(Bucket="stock", Key="a", UploadId=upload, MultipartUpload={"Parts": parts})
    return "a checksum" if "ChecksumSHA256" in done else "none"


def wrong_checksum() -> str:
    wrong = base64.b64encode(bytes(32)).decode()
    s3 = bucket()
    return code(lambda: s3.put_object(Bucket="stock", Key="a", Body=b"x", ChecksumSHA256=wrong))


def marker() -> str:
    s3 = bucket(versioned=True)
    s3.put_object(Bucket="stock", Key="a", Body=b"x")
    version = s3.delete_object(Bucket="stock", Key="a")["VersionId"]
    return code(lambda: s3.get_object(Bucket="stock", Key="a", VersionId=version))


def quiet() -> str:
    s3 = bucket()
    s3.put_object(Bucket="stock", Key="a", Body=b"x")
    answer = s3.delete_objects(Bucket="stock", Delete={"Objects": [{"Key": "a"}], "Quiet": True})
    return "what was deleted" if answer.get("Deleted") else "nothing"


def suspended() -> str:
    s3 = bucket(versioned=True)
    s3.put_object(Bucket="stock", Key="a", Body=b"x")
    s3.put_bucket_versioning(Bucket="stock", VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket="stock", Key="a", Body=b"y")
    return f"{len(s3.list_object_versions(Bucket='stock')['Versions'])} versions"


def restoring() -> str:
    s3 = bucket()
    s3.put_object(Bucket="stock", Key="a", Body=b"x", StorageClass="GLACIER")
    s3.restore_object(Bucket="stock", Key="a", RestoreRequest={"Days": 1})
    return code(lambda: s3.get_object(Bucket="stock", Key="a"))


def pages() -> str:
    s3 = bucket()
    s3.create_bucket(Bucket="second")
    return "a token" if "ContinuationToken" in s3.list_buckets(MaxBuckets=1) else "no token"


def glue_pages() -> str:
    glue = client("glue")
    for name in ("one", "two"):
        glue.create_database(DatabaseInput={"Name": name})
    return "a token" if "NextToken" in glue.get_databases(MaxResults=1) else "no token"


def stranger(service: str) -> Any:
    iam = client("iam")
    iam.create_user(UserName="stranger")
    made = iam.create_access_key(UserName="stranger")["AccessKey"]
    whole: Any = boto3.client
    keys = {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
    return whole(service, region_name=REGION, **keys)


def json_refusal() -> str:
    glue = stranger("glue")
    with_authorization = set_initial_no_auth_action_count(0)
    return str(with_authorization(lambda: code(glue.get_databases))())


def condition() -> str:
    bucket()
    s3 = stranger("s3")
    resource = ["arn:aws:s3:::stock"]
    other = {"StringLike": {"s3:prefix": "other/*"}}
    allowed = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": resource, "Condition": other}
    client("iam").put_user_policy(UserName="stranger", PolicyName="p", PolicyDocument=policy(allowed))
    with_authorization = set_initial_no_auth_action_count(0)
    return str(with_authorization(lambda: code(lambda: s3.list_objects_v2(Bucket="stock", Prefix="mine/")))())


def ended_session() -> str:
    from datetime import datetime

    from moto.sts.models import sts_backends

    bucket()
    everything = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam = client("iam")
    role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=policy(ANYBODY))["Role"]["Arn"]
    iam.put_role_policy(RoleName="role", PolicyName="p", PolicyDocument=everything)
    made = client("sts").assume_role(RoleArn=role, RoleSessionName="someone")["Credentials"]
    for backends in sts_backends.values():
        for session in backends["aws"].assumed_roles:
            session.expiration = datetime(1970, 1, 1)
    whole: Any = boto3.client
    s3 = whole(
        "s3",
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
        region_name=REGION,
    )
    with_authorization = set_initial_no_auth_action_count(0)
    return str(with_authorization(lambda: code(lambda: s3.list_objects_v2(Bucket="stock")))())


def web_identity() -> str:
    role = client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=policy(ANYBODY))["Role"]["Arn"]
    sts = client("sts")
    return code(
        lambda: sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="job", WebIdentityToken="no token")
    )


def athena() -> str:
    bucket()
    query = client("athena")
    started = query.start_query_execution(
        QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "s3://stock/results/"}
    )
    rows = query.get_query_results(QueryExecutionId=started["QueryExecutionId"])["ResultSet"]["Rows"]
    return f"{len(rows)} rows"


def stack(kind: str, properties: dict[str, Any]) -> str:
    template = json.dumps({"Resources": {"Thing": {"Type": kind, "Properties": properties}}})
    cloudformation = client("cloudformation")
    return code(lambda: cloudformation.create_stack(StackName="stock", TemplateBody=template))


def unknown_type() -> str:
    return stack("AWS::Nothing::Thing", {})


def budget() -> str:
    limit = {"Amount": 1, "Unit": "USD"}
    stack("AWS::Budgets::Budget", {"Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit}})
    found = client("budgets").describe_budgets(AccountId="123456789012").get("Budgets", [])
    return f"{len(found)} budgets"


def change_set() -> str:
    cloudformation = client("cloudformation")
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "one"}}
    template = {"Resources": {"One": topic}, "Outputs": {"One": {"Value": {"Ref": "One"}}}}
    cloudformation.create_change_set(
        StackName="reviewed", ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=json.dumps(template)
    )
    cloudformation.execute_change_set(StackName="reviewed", ChangeSetName="one")
    (found,) = cloudformation.describe_stacks(StackName="reviewed")["Stacks"]
    return f"{len(found.get('Outputs', []))} outputs"


def drift() -> str:
    stack("AWS::SNS::Topic", {"TopicName": "one"})
    try:
        return code(lambda: client("cloudformation").detect_stack_drift(StackName="one"))
    except NotImplementedError:
        return "not implemented"


def costs() -> str:
    answer = client("ce").get_cost_and_usage(
        TimePeriod={"Start": "2026-11-01", "End": "2026-11-03"}, Granularity="DAILY", Metrics=["UnblendedCost"]
    )
    return f"{len(answer['ResultsByTime'])} days"


MOTO = (
    *(services, dates, versions, announcements, multipart, wrong_checksum, marker, quiet, json_refusal),
    *(suspended, pages, restoring, glue_pages),
    *(condition, ended_session, web_identity, athena, unknown_type, budget),
    *(change_set, drift, costs, part_of_a_body, resetting),
)


def main() -> None:
    answers = {}
    for probe in MOTO:
        with mock_aws():
            answers[probe.__name__] = probe()
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main()
