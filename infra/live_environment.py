"""The live test environment as the doctor sees it: settings first, everything else asked for when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import boto3
import jwt
import requests

from environment.errors import CERTIFICATES, SuiteError
from environment.secrecy.redaction import SHORTEST_SECRET, register_secret
from environment.settings import Accounts, Buckets, LiveSettings, token_variable
from environment.targets.aws_profile import open_profile

ACCOUNTS = ("user", "admin", "readonly", "service")
_LIMIT_SECONDS = 20
_ME = "query { me { name email isAdmin } }"
_BUCKETS = "query { bucketConfigs { name } }"
_NO_CATALOG = "QUILT_TEST_CATALOG_URL is not the address of a Quilt catalog"
_SILENT = "Check the network, that the stack is up, and QUILT_TEST_REGISTRY_URL and _GRAPHQL_ENDPOINT if set"


class LiveEnvironment:
    """What the settings describe. Every method raises `SuiteError` if it gets no proper answer."""

    def __init__(self, settings: LiveSettings, buckets: Buckets, accounts: Accounts) -> None:
        self.settings = settings
        self.buckets = buckets
        self.accounts = accounts
        self._people: dict[str, dict[str, Any]] = {}

    @property
    def catalog_url(self) -> str:
        """Origin of the catalog."""
        return self.settings.catalog()

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """The catalog's config.json."""
        url = f"{self.catalog_url}/config.json"
        return _json(self._configuration_file(), f"Read {url}", _NO_CATALOG, ("registryUrl", "region"))

    @property
    def registry_url(self) -> str:
        """Origin of the registry's API."""
        return (self.settings.registry_url or str(self.configuration["registryUrl"])).rstrip("/")

    @property
    def graphql_endpoint(self) -> str:
        """URL of the registry's GraphQL."""
        return self.settings.graphql_endpoint or f"{self.registry_url}/graphql"

    def token(self, account: str) -> str:
        """The JWT of an account, as the settings have it."""
        token = self.settings.token(account)
        if len(token) >= SHORTEST_SECRET:  # a shorter one is no token, which its own check says
            register_secret(token)
        return token

    def claims(self, account: str) -> dict[str, Any]:
        """What the account's JWT says, its signature and end unchecked."""
        try:
            return dict(jwt.decode(self.token(account), options={"verify_signature": False, "verify_exp": False}))
        except jwt.InvalidTokenError as error:
            raise SuiteError(f"Read {token_variable(account)}", "it is no JWT", renew(account)) from error

    def me(self, account: str) -> dict[str, Any]:
        """Name, email and isAdmin of whoever the registry's GraphQL takes the account's token for."""
        if account not in self._people:
            tried = f"Asked {self.graphql_endpoint} whose {token_variable(account)} is"
            answer = _called(
                "POST",
                self.graphql_endpoint,
                renew(account),
                json={"query": _ME},
                headers={"Authorization": f"Bearer {self.token(account)}"},
            )
            found = (_json(answer, tried, "Check QUILT_TEST_GRAPHQL_ENDPOINT").get("data") or {}).get("me")
            if not found:
                raise SuiteError(tried, "it knows nobody by this token", renew(account))
            self._people[account] = dict(found)
        return self._people[account]

    def registered_buckets(self) -> list[str]:
        """The buckets that the catalog has, as its administrator sees them."""
        advice = renew("admin")
        headers = {"Authorization": f"Bearer {self.token('admin')}"}
        answer = _called("POST", self.graphql_endpoint, advice, json={"query": _BUCKETS}, headers=headers)
        found = _json(answer, "Asked the catalog for its buckets", "Check QUILT_TEST_GRAPHQL_ENDPOINT", ("data",))
        return [str(bucket["name"]) for bucket in found["data"]["bucketConfigs"]]

    def exchange_token(self, account: str) -> None:
        """Do what quilt3 does to sign in with a token (registry facts 1.3)."""
        url = f"{self.registry_url}/api/token"
        answer = _called("POST", url, renew(account), data={"refresh_token": self.token(account)})
        found = _json(answer, f"Signed in at {url}", "Check QUILT_TEST_REGISTRY_URL")
        for name in ("access_token", "refresh_token"):
            if name in found:
                register_secret(str(found[name]))

    def user_credentials(self, account: str) -> boto3.Session:
        """An AWS session with the credentials that the registry gives to the account's user."""
        url = f"{self.registry_url}/api/auth/get_credentials"
        headers = {"Authorization": f"Bearer {self.token(account)}"}
        answer = _called("GET", url, renew(account), headers=headers)
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        found = _json(answer, f"Read {url}", "Look at the registry's log", names)
        key_id, secret, token = (str(found[name]) for name in names)
        register_secret(secret, token)
        return boto3.Session(key_id, secret, token)

    def client(self, service: str, region: str | None = None) -> Any:
        """An AWS client with the suite's own credentials."""
        session: Any = self._operator
        return session.client(
            service,
            region_name=region or self.settings.aws_region,
            endpoint_url=self.settings.aws_endpoint_url,
        )

    @cached_property
    def _operator(self) -> boto3.Session:
        return open_profile(self.settings.aws_profile, self.settings.aws_region)

    def remote_time(self) -> datetime:
        """What the catalog's server has for the time."""
        answer = self._configuration_file()
        date = answer.headers.get("Date")
        if date is None:
            raise SuiteError(f"Read {answer.url}", "the answer has no Date", "Compare this machine's clock by hand")
        return parsedate_to_datetime(date).astimezone(UTC)

    def _configuration_file(self) -> requests.Response:
        advice = "Check QUILT_TEST_CATALOG_URL, the network, and that the catalog is up"
        return _called("GET", f"{self.catalog_url}/config.json", advice, silent=advice)


def renew(account: str) -> str:
    """What to do about a token that is not good."""
    return f"Sign in to the catalog as that user, and set {token_variable(account)} anew (docs/authentication.md)"


def _called(method: str, url: str, refused: str, silent: str = _SILENT, **arguments: Any) -> requests.Response:
    """What was answered; ``refused`` and ``silent`` are what to do if the answer is an error, or if none comes."""
    tried = f"{method} {url}"
    try:
        answer = requests.request(method, url, timeout=_LIMIT_SECONDS, **arguments)
    except requests.RequestException as error:
        advice = CERTIFICATES if isinstance(error, requests.exceptions.SSLError) else silent
        raise SuiteError(tried, f"no answer ({type(error).__name__})", advice) from error
    if answer.status_code >= 500:
        raise SuiteError(
            tried, f"the answer was {answer.status_code}", "It is out of order: look at the stack's health"
        )
    if not answer.ok:
        raise SuiteError(tried, f"the answer was {answer.status_code}", refused)
    return answer


def _json(answer: requests.Response, tried: str, advice: str, needed: Sequence[str] = ()) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError as error:
        raise SuiteError(tried, "the answer is no JSON", advice) from error
    if not isinstance(found, dict):
        raise SuiteError(tried, "the answer is no JSON object", advice)
    for name in needed:
        if not found.get(name):
            raise SuiteError(tried, f"it has no '{name}'", advice)
    return found
