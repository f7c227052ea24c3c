"""What the doctor looks at beyond what is needed at once: credentials, registration, how buckets are kept, Glue."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from environment.errors import SuiteError
from environment.modes import Mode
from environment.settings import REMOTE_REGION
from environment.targets.aws_failures import FORBIDDEN, NO_SUCH_BUCKET, aws_refusals_in_words
from environment.targets.marks import account_of
from infra.doctor import Check
from infra.glue_table import differences
from infra.live_environment import LiveEnvironment

_TEMPLATE = "Deploy the template of infra/README.md again"


def _credentials(live: LiveEnvironment) -> str:
    number, who = account_of(live.client("sts"))
    if who.endswith(":root"):
        raise SuiteError("Asked whose credentials these are", f"they are the root user's of {number}", _OWN_ROLE)
    try:
        live.client("iam").list_users(MaxItems=1)
    except ClientError as error:
        if error.response["Error"]["Code"] not in FORBIDDEN:
            raise
        return f"{who} may not look at the account's users, as it should be for runs"
    raise SuiteError(
        "Asked what these credentials may", f"{who} may list the account's users, which no run needs", _OWN_ROLE
    )


_OWN_ROLE = "Set AWS_PROFILE to one of the template's role for runs; to set the environment up it is right"


def _registration(live: LiveEnvironment) -> str:
    names = [live.buckets.data, live.buckets.scratch, live.buckets.packages]
    missing = sorted(set(names) - set(live.registered_buckets()))
    if missing:
        raise SuiteError(
            "Asked the catalog for its buckets",
            f"it does not have {', '.join(missing)}",
            "First add them in the catalog's admin settings, then run 'acceptance users create --target live'",
        )
    return "the catalog has the data, scratch and packages buckets"


def _analytics_bucket(live: LiveEnvironment) -> str:
    if not live.configuration.get("analyticsBucket"):
        raise SuiteError(
            f"Read {live.catalog_url}/config.json",
            "it names no analyticsBucket, from which quilt-mcp takes the stack's name",
            "Tabulator's scenarios will fail in multiuser mode; update the stack",
        )
    return f"the catalog names its analytics bucket, {live.configuration['analyticsBucket']}"


def _protection(live: LiveEnvironment) -> str:
    wrong = [f"{bucket} {what}" for bucket, region in _regions(live).items() for what in _lacking(live, bucket, region)]
    if wrong:
        raise SuiteError("Looked at how the buckets are kept", "; ".join(wrong), _TEMPLATE)
    return "buckets are encrypted, closed to the public and to plain HTTP, and clean up by themselves"


def _regions(live: LiveEnvironment) -> dict[str, str]:
    """The region of each bucket."""
    names = live.buckets
    here = dict.fromkeys((names.data, names.scratch, names.packages, names.restricted), live.settings.aws_region)
    return {names.remote: REMOTE_REGION, **here}


def _lacking(live: LiveEnvironment, bucket: str, region: str) -> list[str]:
    """What a bucket lacks, in words; nothing of one that is not there, as its own check says that."""
    s3 = live.client("s3", region)
    found: list[str] = []
    for what, is_so in _PROTECTIONS.items():
        try:
            so = is_so(s3, bucket)
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            if code == NO_SUCH_BUCKET:
                return []
            if code in FORBIDDEN:
                return [*found, "may not be looked at with these credentials"]
            if not (code.startswith("NoSuch") or code.endswith("NotFoundError")):  # what is not configured is not so
                raise
            so = False
        if not so:
            found.append(what)
    return found


def _refuses_plain_http(s3: Any, bucket: str) -> bool:
    statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    return any(
        each["Effect"] == "Deny" and each.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false"
        for each in statements
    )


_PROTECTIONS: dict[str, Callable[[Any, str], bool]] = {
    "is not encrypted": lambda s3, bucket: bool(s3.get_bucket_encryption(Bucket=bucket)),
    "is open to the public": lambda s3, bucket: all(
        s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()
    ),
    "takes plain HTTP": _refuses_plain_http,
    "has no lifecycle": lambda s3, bucket: any(
        rule["Status"] == "Enabled" for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    ),
}


def _glue(live: LiveEnvironment) -> str:
    database, table = live.settings.database, live.settings.table
    tried = f"Looked at the Glue table {database}.{table}"
    with aws_refusals_in_words(tried):
        try:
            # By its name: lists of databases, and of tables in others than its own, are not the role's to ask for.
            found = live.client("glue").get_table(DatabaseName=database, Name=table)["Table"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityNotFoundException":
                raise
            advice = f"{_TEMPLATE}, or set QUILT_TEST_DATABASE and QUILT_TEST_TABLE to its names"
            raise SuiteError(tried, "there is none", advice) from error
    if differing := differences(found, live.buckets.data):
        raise SuiteError(tried, "; ".join(differing), _TEMPLATE)
    return f"the table {database}.{table} is as the template declares it"


AWS_CHECKS: tuple[Check[LiveEnvironment], ...] = (
    Check("credentials", _credentials, needs=("AWS",), required=False),
    Check("registration", _registration, needs=("administrator",), modes=frozenset({Mode.MULTIUSER})),
    Check("analytics bucket", _analytics_bucket, frozenset({Mode.MULTIUSER}), needs=("catalog",), required=False),
    Check("protection", _protection, needs=("data bucket", "scratch bucket", "packages bucket"), required=False),
    Check("Glue", _glue, needs=("AWS", "region"), required=False),
)
"""In the order in which people put things right."""
