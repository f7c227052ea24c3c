"""The embedded deployment as a target: started by the run that needs it, or the one that ``acceptance up`` started."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import requests
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed
from typing_extensions import override

import quilt_stack
from environment.clients.registry import RegistryClient
from environment.clients.users import UserArranger
from environment.errors import SuiteError
from environment.secrecy.redaction import register_secret
from environment.settings import Accounts, Buckets
from environment.targets.starting import begin
from environment.targets.target import Target
from environment.undo.log import UndoLog
from quilt_stack import LOG_FILE, SETTINGS_FILE, DeploymentSettings

if TYPE_CHECKING:
    from quilt_stack import RunningDeployment

_INDEXING_LIMIT_SECONDS = 10.0
_INDEXED_SECONDS = 1.0
"""How long a search may still miss what the index has: clients may ask anew."""


class EmbeddedTarget(Target):
    """A deployment on this machine; ``state_directory`` tells which."""

    kind = "embedded"

    def __init__(self, running: RunningDeployment, state_directory: Path, *, owned: bool) -> None:
        super().__init__(Buckets.model_construct(), Accounts.model_construct())
        self._running = running
        self._owned = owned
        self._tokens: dict[str, str] = {}
        self._blueprint = running.blueprint
        self.state_directory = state_directory
        self.catalog_url = running.catalog_url
        self.aws_endpoint_url = running.aws_url
        self.start_seconds = running.start_seconds
        self.control = running.control
        passwords = [user.password.get_secret_value() for user in self._blueprint.users if user.password]
        register_secret(running.operator_secret_access_key, running.control.token, *passwords)
        if running.ca_bundle is not None:
            # From now on: whatever this process asks over TLS, and the product's processes, trust the deployment, too.
            os.environ.update(running.client_environment)

    @classmethod
    def start(cls, settings: DeploymentSettings, *, owned: bool = True) -> EmbeddedTarget:
        """Start a deployment of the suite's shape; an owned one ends with this process.

        Raises:
            DeploymentError: if it does not come up; it says what was tried and where the log is.
            SuiteError: if its state directory cannot be used.
        """
        return cls(begin(settings, owned=owned).wait(), settings.state_directory, owned=owned)

    @classmethod
    def attach(cls, state_directory: Path) -> EmbeddedTarget | None:
        """The deployment whose state is there, if it runs."""
        running = quilt_stack.attach(state_directory)
        return None if running is None else cls(running, state_directory, owned=False)

    @classmethod
    def wait_and_attach(cls, state_directory: Path, limit_seconds: float) -> EmbeddedTarget | None:
        """Attach as soon as the deployment answers; None if it does not within the limit."""
        waiting = Retrying(
            retry=retry_if_result(lambda found: found is None),
            stop=stop_after_delay(limit_seconds),
            wait=wait_fixed(0.05),
            retry_error_callback=lambda _: None,
        )
        return waiting(cls.attach, state_directory)

    @property
    def serves_pages(self) -> bool:
        """Whether the catalog's URLs open the web catalog, and no placeholder."""
        return DeploymentSettings.load(self.state_directory / SETTINGS_FILE).catalog_bundle is not None

    @override
    def token(self, account: str) -> str:
        if account not in self._tokens:
            self._tokens[account] = self.new_token(account)
        return self._tokens[account]

    def new_token(self, account: str) -> str:
        """Sign the account's user in and return the JWT that the registry answers with.

        Raises:
            SuiteError: if it answers with anything else.
        """
        user_name = self.user_name(account)
        password = next(user.password for user in self._blueprint.users if user.name == user_name)
        if password is None:
            token = self._running.control.issue_token(user_name)
        else:
            token = self._sign_in(user_name, password.get_secret_value())
        register_secret(token)
        return token

    def _sign_in(self, user_name: str, password: str) -> str:
        address = f"{self.registry_url}/api/login"
        try:
            answer = requests.post(address, json={"username": user_name, "password": password}, timeout=10)
            answer.raise_for_status()
            return str(answer.json()["token"])
        except (requests.RequestException, KeyError, TypeError) as error:
            came_back = "an answer without a token" if isinstance(error, (KeyError, TypeError)) else str(error)
            log = self.state_directory / "deployment.log"
            raise SuiteError(f"Signed in as {user_name} at {address}", came_back, f"Look at {log}") from error

    @override
    def expired_token(self, account: str) -> str:
        return self._running.control.issue_token(self.user_name(account), lifetime_seconds=-60)

    @override
    def deactivated_token(self, undo: UndoLog) -> str:
        name = f"leaver_{secrets.token_hex(4)}"
        users = UserArranger(RegistryClient(self.graphql_endpoint, self.token("admin")))
        undo.book("user", f"the user {name}", name=name)
        users.create(name, f"{name}@test.com", "user")
        token = self._running.control.issue_token(name)
        users.deactivate(name)
        return token

    @property
    @override
    def identity(self) -> str:
        return f"{self.state_directory}#{self._running.pid}"

    @property
    @override
    def shared_directory(self) -> Path:
        return self.state_directory

    @override
    @contextmanager
    def time_passed(self, seconds: float) -> Iterator[None]:
        self._running.control.advance_clock(seconds)
        try:
            yield
        finally:
            self._running.control.reset_clock()

    @override
    def mirror(self, undo_log: Path) -> None:
        """It ends with its machine: there is nothing to keep."""

    @override
    def wait_until_indexed(self) -> float:
        self._running.control.wait_until_indexed(_INDEXING_LIMIT_SECONDS)
        return _INDEXED_SECONDS

    @override
    def operator(self) -> boto3.Session:
        return self._operator

    @cached_property
    def _operator(self) -> boto3.Session:
        return boto3.Session(
            aws_access_key_id=self._running.operator_access_key_id,
            aws_secret_access_key=self._running.operator_secret_access_key,
        )

    @override
    def ended(self) -> str | None:
        if not self._running.has_ended():
            return None
        return f"the embedded deployment ended during the run; its log: {self.state_directory / LOG_FILE}"

    @override
    def close(self) -> None:
        if self._owned:
            self._running.stop(keep_log=self._running.has_ended())
