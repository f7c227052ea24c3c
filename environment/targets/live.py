"""A real catalog on a real AWS account, described by ``.env.test``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import boto3
import jwt
import requests
from typing_extensions import override

from environment.errors import CERTIFICATES, SuiteError
from environment.running.time_limit import not_counted
from environment.secrecy.redaction import register_secret
from environment.settings import DESCRIBED_IN, Accounts, Buckets, LiveSettings, state_directory, token_variable
from environment.targets.aws_failures import aws_refusals_in_words
from environment.targets.aws_profile import open_profile
from environment.targets.live_lock import LiveLock
from environment.targets.marks import (
    MissingBucketError,
    account_of,
    must_be_test_account,
    must_be_test_bucket,
    must_be_test_catalog,
)
from environment.targets.target import Target, UnavailableHereError
from environment.undo.log import UndoLog
from environment.undo.mirrored import Mirror

_NO_CATALOG = "QUILT_TEST_CATALOG_URL is not the address of a Quilt catalog"
_NEW_TOKEN = f"Sign in and take a new one; {DESCRIBED_IN} describes it"
_INDEXING_LIMIT_SECONDS = 120.0
"""How long search may take to know a package that was just made."""


class LiveTarget(Target):
    """What the settings name; every value that is missing is an error that says which and where it is described."""

    kind = "live"

    def __init__(
        self,
        settings: LiveSettings,
        buckets: Buckets | None = None,
        accounts: Accounts | None = None,
        *,
        account: str = "user",
    ) -> None:
        """Open it, as far as can be told at once, and refuse what is not marked as a test environment.

        ``account`` is the one whose token must be there.

        Raises:
            SuiteError: if a setting is missing or wrong, the catalog or AWS do not answer, or a mark is missing.
        """
        super().__init__(buckets, accounts)
        self._settings = settings
        self._lock: LiveLock | None = None
        self.catalog_url = settings.catalog()
        self.aws_endpoint_url = settings.aws_endpoint_url
        self.token(account)
        must_be_test_catalog(self.catalog_url, settings.allowed("catalogs"))
        self._check_catalog()
        self._check_aws()

    @property
    @override
    def registry_url(self) -> str:
        return (self._settings.registry_url or super().registry_url).rstrip("/")

    @property
    @override
    def graphql_endpoint(self) -> str:
        return self._settings.graphql_endpoint or super().graphql_endpoint

    @override
    def token(self, account: str) -> str:
        token = self._settings.token(account)
        _check_token(token, account)
        register_secret(token)
        return token

    @override
    def expired_token(self, account: str) -> str:
        return self._settings.require("expired_jwt_token")

    @override
    def deactivated_token(self, undo: UndoLog) -> str:
        return self._settings.require("deactivated_jwt_token")

    @property
    @override
    def identity(self) -> str:
        return ""

    @property
    @override
    def shared_directory(self) -> Path:
        # Not in the temporary directory, where others could make it first: the lock of the catalog lets no other state
        # directory's run begin.
        directory = state_directory() / "live" / sha256(self.catalog_url.encode()).hexdigest()[:12]
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return directory

    @override
    @contextmanager
    def time_passed(self, seconds: float) -> Iterator[None]:
        longest = self._settings.longest_wait_seconds
        if seconds > longest:
            raise UnavailableHereError(
                f"Let {seconds:.0f} s pass",
                f"on this live target nobody waits longer than {longest:.0f} s",
                "Set QUILT_TEST_LONGEST_WAIT_SECONDS, or run this scenario on the embedded target",
            )
        with not_counted():
            threading.Event().wait(seconds)
        yield

    @override
    def wait_until_indexed(self) -> float:
        """A live index tells nobody how far it is; scenarios wait for what they search."""
        return _INDEXING_LIMIT_SECONDS

    @override
    def operator(self) -> boto3.Session:
        return self._operator

    @cached_property
    def _operator(self) -> boto3.Session:
        return open_profile(self._settings.aws_profile, self._settings.aws_region)

    @override
    def workgroups(self) -> list[str]:
        # Decision: results of queries in a workgroup of the Quilt stack lie in the stack's bucket, and are the stack's.
        return [self._settings.workgroup]

    def hold(self) -> None:
        """Keep other runs from beginning on it, until it is closed.

        Raises:
            SuiteError: if one runs there.
        """
        lock = LiveLock(self.client("s3"), self.buckets.scratch, self._settings.run)
        with aws_refusals_in_words(f"Took the lock of {self.buckets.scratch}"):
            lock.take()
        self._lock = lock

    @override
    def mirror(self, undo_log: Path) -> None:
        with aws_refusals_in_words(f"Kept an undo log in {self.buckets.scratch}"):
            self.undo_logs.keep(undo_log)

    @cached_property
    def undo_logs(self) -> Mirror:
        """The undo logs of all machines that run here."""
        return Mirror(self.client("s3"), self.buckets.scratch)

    def is_held(self) -> bool:
        """Whether a run holds it, of this machine or another one.

        Raises:
            SuiteError: if AWS does not say.
        """
        with aws_refusals_in_words(f"Looked at the lock of {self.buckets.scratch}"):
            return LiveLock(self.client("s3"), self.buckets.scratch).is_held()

    def close(self) -> None:
        """Let others run on it; a live deployment stays."""
        if self._lock is not None:
            self._lock.release()

    def _check_aws(self) -> None:
        """Refuse what is not marked; AWS's clients so read the environment before the run cleans it."""
        number, _ = account_of(self.client("sts"))
        must_be_test_account(number, self._settings.allowed("accounts"))
        for bucket in (self.buckets.data, self.buckets.scratch, self.buckets.packages):
            must_be_test_bucket(self.client("s3"), bucket, self._settings.allowed("buckets"))
        for bucket in (self.buckets.restricted, self.buckets.remote):
            # Decision: these two serve a few scenarios alone, which say it if there are none.
            with suppress(MissingBucketError):
                must_be_test_bucket(
                    self.client("s3", self.region_of(bucket)), bucket, self._settings.allowed("buckets")
                )

    def _check_catalog(self) -> None:
        tried = f"Read {self.catalog_url}/config.json"
        try:
            configuration = self.catalog_configuration
        except requests.RequestException as error:
            untrusted = isinstance(error, requests.exceptions.SSLError)
            advice = CERTIFICATES if untrusted else "Check QUILT_TEST_CATALOG_URL and the network"
            raise SuiteError(tried, _reason(error), advice) from error
        except (ValueError, TypeError) as error:
            raise SuiteError(tried, "it is no JSON object", _NO_CATALOG) from error
        for field in ("registryUrl", "region"):
            if not configuration.get(field):
                raise SuiteError(tried, f"it has no '{field}'", _NO_CATALOG)


def _reason(error: requests.RequestException) -> str:
    """What came back, in words; never the request itself."""
    if isinstance(error, requests.JSONDecodeError):
        return "it is no JSON object"
    if error.response is not None:
        return f"the answer was {error.response.status_code}"
    return f"no answer ({type(error).__name__})"


def _check_token(token: str, account: str) -> None:
    """Refuse what cannot be an account's JWT before scenarios fail by it; only the registry knows whether it is good.

    Raises:
        SuiteError: if it is no JWT, or past its end.
    """
    tried = f"Read {token_variable(account)}"
    try:
        jwt.decode(token, options={"verify_signature": False, "verify_exp": True})
    except jwt.ExpiredSignatureError as error:
        raise SuiteError(tried, "the token is past its end", _NEW_TOKEN) from error
    except jwt.InvalidTokenError as error:
        raise SuiteError(tried, "it is no JWT", _NEW_TOKEN) from error
