"""The marks of a test environment, without which the live target is not touched.

A bucket is marked by its tag (Purpose=QuiltMCP-E2E-Testing, rule 14) or by the settings; an account and a
catalog, which carry no tags, by the settings alone. So ``--target live`` is not enough: somebody has to write down,
beside the addresses, that these may be worked on.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from environment.errors import SuiteError
from environment.settings import DESCRIBED_IN
from environment.targets.aws_failures import CREATE_BUCKET, NO_SUCH_BUCKET, aws_refusals_in_words
from environment.targets.tag import PURPOSE, TAG

_NO_TAGS = "NoSuchTagSet"


class MissingBucketError(SuiteError):
    """There is no such bucket, which is a matter of setting up, not of marks."""


def must_be_test_catalog(url: str, allowed: Collection[str]) -> None:
    """Refuse a catalog that QUILT_TEST_ALLOWED_CATALOGS does not name by its host.

    Raises:
        SuiteError: if it is not marked.
    """
    host = str(urlsplit(url).hostname)
    if host not in allowed:
        raise _unmarked(f"the catalog {host}", f"add {host} to QUILT_TEST_ALLOWED_CATALOGS")


def must_be_test_account(account: str, allowed: Collection[str]) -> None:
    """Refuse an AWS account that QUILT_TEST_ALLOWED_ACCOUNTS does not name by its number.

    Raises:
        SuiteError: if it is not marked.
    """
    if account not in allowed:
        raise _unmarked(f"the AWS account {account}", f"add {account} to QUILT_TEST_ALLOWED_ACCOUNTS")


def must_be_test_bucket(s3: Any, bucket: str, allowed: Collection[str]) -> None:
    """Refuse a bucket that has neither the tag nor a place in QUILT_TEST_ALLOWED_BUCKETS.

    Raises:
        MissingBucketError: if there is no such bucket.
        SuiteError: if it is not marked, or AWS refuses to say.
    """
    tags = _tags(s3, bucket)
    if tags.get(TAG) != PURPOSE and bucket not in allowed:
        raise _unmarked(
            f"the bucket {bucket}", f"tag it {TAG}={PURPOSE}, or add {bucket} to QUILT_TEST_ALLOWED_BUCKETS"
        )


def account_of(sts: Any) -> tuple[str, str]:
    """Number of the AWS account, and the ARN of whoever has the keys.

    Raises:
        SuiteError: if AWS refuses the keys or does not answer.
    """
    with aws_refusals_in_words("Asked AWS whose keys these are"):
        identity = sts.get_caller_identity()
    return str(identity["Account"]), str(identity["Arn"])


def _tags(s3: Any, bucket: str) -> dict[str, str]:
    tried = f"Read the tags of the bucket {bucket}"
    with aws_refusals_in_words(tried):
        try:
            found = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == NO_SUCH_BUCKET:
                raise MissingBucketError(tried, "there is no such bucket", CREATE_BUCKET) from error
            if code != _NO_TAGS:
                raise
            found = []
    return {tag["Key"]: tag["Value"] for tag in found}


def _unmarked(what: str, how: str) -> SuiteError:
    return SuiteError(
        "Opened the live target",
        f"{what} is not marked as a test environment, and nothing was done there",
        f"If it is one, {how}; {DESCRIBED_IN} describes it",
    )
