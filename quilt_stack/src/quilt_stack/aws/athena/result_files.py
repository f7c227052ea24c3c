"""The files that Athena leaves in the output location: the rows as CSV (or plain text), and their description."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import ClientError

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.s3_objects import split_uri


def csv_content(names: Iterable[str], rows: Iterable[Iterable[str | None]]) -> bytes:
    """A query's rows with a header; every value in quotes, null as nothing at all (unlike an empty text)."""
    out = io.StringIO()
    out.write(_line(names))
    out.writelines(map(_line, rows))
    return out.getvalue().encode()


def text_content(rows: Iterable[Iterable[str | None]]) -> bytes:
    """The answer of SHOW and DESCRIBE: fields between tabs, without a header."""
    return "".join("\t".join(value or "" for value in row) + "\n" for row in rows).encode()


def store(client: Callable[..., Any], caller: AWSCaller, location: str, content: bytes) -> None:
    """Store a result with its description beside it.

    Raises:
        QueryFailure: the caller may not write there, or there is no such bucket.
    """
    bucket, key = split_uri(location)
    if not caller.may_write(bucket, key):
        raise failures.QueryFailure(
            f"Access denied when writing output to url: {location} . "
            "Please ensure you are allowed to access the S3 bucket."
        )
    s3 = client("s3")
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="application/octet-stream")
        # Decision: the real description is an undocumented binary form that no client reads; here it is empty.
        s3.put_object(Bucket=bucket, Key=f"{key}.metadata", Body=b"")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise failures.QueryFailure(f"Unable to verify/create output bucket {bucket}: {code}") from error


def _line(values: Iterable[str | None]) -> str:
    return ",".join("" if value is None else '"' + value.replace('"', '""') + '"' for value in values) + "\n"
