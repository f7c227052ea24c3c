"""What AWS refuses, in words: what came back and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from environment.errors import SuiteError

_RENEW = "Sign in to AWS anew (aws sso login, or new keys), or set AWS_PROFILE to another profile"
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_WRONG = frozenset(
    {
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
        "AuthFailure",
    }
)
_CLOCK = frozenset({"RequestTimeTooSkewed"})
FORBIDDEN = frozenset({"AccessDenied", "AccessDeniedException", "403", "UnauthorizedOperation"})
NO_SUCH_BUCKET = "NoSuchBucket"
CREATE_BUCKET = "Create it (infra/README.md), or set its QUILT_TEST_BUCKET_… name"
_MISSING_KEYS = (NoCredentialsError, PartialCredentialsError)
_SIGNED_OUT = (TokenRetrievalError, UnauthorizedSSOTokenError)
_UNREACHABLE = (EndpointConnectionError, ConnectTimeoutError, ReadTimeoutError)


@contextmanager
def aws_refusals_in_words(tried: str) -> Iterator[None]:
    """Turn what boto3 raises inside into an error for people.

    Args:
        tried: what is done inside, as "Asked AWS whose keys these are".

    Raises:
        SuiteError: instead of botocore's exceptions; it never holds a key.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "an error without a code"))
        raise SuiteError(tried, f"AWS answered {code}", _advice(code)) from error
    except _MISSING_KEYS as error:
        raise SuiteError(tried, "there are no AWS credentials", "Set AWS_PROFILE, or sign in to AWS") from error
    except _SIGNED_OUT as error:
        raise SuiteError(tried, "the AWS sign-in has ended", _RENEW) from error
    except _UNREACHABLE as error:
        raise SuiteError(
            tried, f"AWS did not answer ({type(error).__name__})", "Check the network, AWS_REGION and the endpoint"
        ) from error
    except BotoCoreError as error:
        raise SuiteError(tried, str(error), "Check the AWS configuration") from error


def _advice(code: str) -> str:
    if code in _EXPIRED:
        return f"The credentials are past their end. {_RENEW}"
    if code in _WRONG:
        return f"The credentials are wrong. {_RENEW}"
    if code in _CLOCK:
        return "Set this machine's clock"
    if code == NO_SUCH_BUCKET:
        return CREATE_BUCKET
    if code in FORBIDDEN:
        return (
            "These credentials may not do that. Runs need what the test role of infra/README.md may; to set up "
            "(users, data) use those that deployed the template"
        )
    return "Look the code up in AWS's documentation"
