"""What the doctor looks at beyond what is needed at once: credentials, registration, how buckets are kept, Glue."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from environment.errors import SuiteError
from environment.modes import Mode
from environment.targets.aws_failures import aws_refusals_in_words
from environment.targets.marks import account_of
from infra.doctor import Check, Note
from infra.live_environment import LiveEnvironment

_TEMPLATE = "Deploy the template of infra/README.md again"
_NOT_ALLOWED = frozenset({"AccessDenied", "AccessDeniedException"})


def _credentials(live: LiveEnvironment) -> str:
    number, who = account_of(live.client("sts"))
    if who.endswith(":root"):
        raise Note("Asked whose credentials these are", f"they are the root user's of {number}", _OWN_ROLE)
    try:
        live.client("iam").list_users(MaxItems=1)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_ALLOWED:
            raise
        return f"{who} may not look at the account's users, as it should be for runs"
    raise Note("Asked what these credentials may", f"{who} may list the account's users, which no run needs", _OWN_ROLE)


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
        raise Note(
            f"Read {live.catalog_url}/config.json",
            "it names no analyticsBucket, from which quilt-mcp takes the stack's name",
            "Tabulator's scenarios will fail in multiuser mode; update the stack",
        )
    return f"the catalog names its analytics bucket, {live.configuration['analyticsBucket']}"


def _protection(live: LiveEnvironment) -> str:
    s3 = live.client("s3")
    wrong = [
        f"{bucket} {what}"
        for bucket in (live.buckets.data, live.buckets.scratch, live.buckets.packages)
        for what, is_so in _PROTECTIONS.items()
        if not _so(is_so, s3, bucket)
    ]
    if wrong:
        raise Note("Looked at how the buckets are kept", "; ".join(wrong), _TEMPLATE)
    return "buckets are encrypted, closed to the public and to plain HTTP, and clean up by themselves"


def _so(is_so: Callable[[Any, str], bool], s3: Any, bucket: str) -> bool:
    """Whether a bucket is kept so; what is not configured at all is not so."""
    try:
        return is_so(s3, bucket)
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        if code in _NOT_ALLOWED:
            raise Note(
                f"Looked at how {bucket} is kept", "these credentials may not see it", "Ask again as who deployed it"
            ) from error
        if code.startswith("NoSuch") or code.endswith("NotFoundError"):
            return False
        raise


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
    glue = live.client("glue")
    tried = "Looked for a Glue table over the data bucket"
    with aws_refusals_in_words(tried):
        databases = [each["Name"] for each in glue.get_databases()["DatabaseList"]]
        for database in databases:
            for table in glue.get_tables(DatabaseName=database)["TableList"]:
                place = str(table.get("StorageDescriptor", {}).get("Location", ""))
                if place.startswith(f"s3://{live.buckets.data}/"):
                    return f"the table {database}.{table['Name']} lies in {place}"
    raise Note(tried, f"none of the databases {', '.join(databases) or '(there are none)'} has one", _TEMPLATE)


AWS_CHECKS: tuple[Check[LiveEnvironment], ...] = (
    Check("credentials", _credentials, needs=("AWS",)),
    Check("registration", _registration, needs=("administrator",), modes=frozenset({Mode.MULTIUSER})),
    Check("analytics bucket", _analytics_bucket, frozenset({Mode.MULTIUSER}), needs=("catalog",)),
    Check("protection", _protection, needs=("data bucket", "scratch bucket", "packages bucket")),
    Check("Glue", _glue, needs=("AWS", "region")),
)
"""In the order in which people put things right."""
