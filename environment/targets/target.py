"""A deployment as the suite sees it, whatever stands behind it."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import requests

from environment.errors import SuiteError
from environment.gherkin.tags import EMBEDDED_ONLY
from environment.product.outcome import current_outcomes
from environment.settings import REMOTE_REGION, Accounts, Buckets
from environment.targets.own_hosts import OwnHosts
from environment.undo.log import UndoLog
from environment.undo.records import TargetReference

if TYPE_CHECKING:
    import boto3

    from quilt_stack import ControlClient

_OWN_ADDRESSES = ("registryUrl", "s3Proxy", "apiGatewayEndpoint")


class NotOnThisTargetError(SuiteError):
    """A scenario needs what this kind of target does not have."""


class UnavailableHereError(NotOnThisTargetError):
    """This very deployment, or what the suite may do there, lacks something; the run skips with this reason."""


class Target(ABC):
    """Where scenarios run.

    Attributes:
        kind: ``embedded`` or ``live``.
        catalog_url: origin of the catalog, without a trailing slash.
        buckets: names of the data, scratch and packages buckets.
        aws_endpoint_url: where AWS answers; None means AWS itself.
        control: the control port of an embedded deployment, else None.
        start_seconds: how long it took until the deployment could be used.
        taken: the positions of the sentences that asked for what no live deployment has.
    """

    kind: str
    catalog_url: str
    aws_endpoint_url: str | None = None
    control: ControlClient | None = None
    start_seconds: float = 0.0

    def __init__(self, buckets: Buckets | None = None, accounts: Accounts | None = None) -> None:
        self.buckets = buckets or Buckets()
        self.accounts = accounts or Accounts()
        self.taken: list[int] = []
        self._clients: dict[tuple[str, str], Any] = {}

    def ended(self) -> str | None:
        """Why nothing can be judged here any more, in one line; None as long as it lives, or nobody can tell."""
        return None

    @property
    def registry(self) -> str:
        """The package registry that scenarios write to, ``s3://bucket``."""
        return f"s3://{self.buckets.packages}"

    @cached_property
    def catalog_configuration(self) -> dict[str, Any]:
        """What the catalog's config.json says."""
        answer = requests.get(f"{self.catalog_url}/config.json", timeout=10)
        answer.raise_for_status()
        return dict(answer.json())

    @property
    def registry_url(self) -> str:
        """Origin of the registry's API, without a trailing slash."""
        return str(self.catalog_configuration["registryUrl"])

    @property
    def graphql_endpoint(self) -> str:
        """URL of the registry's GraphQL API."""
        return f"{self.registry_url}/graphql"

    @property
    def region(self) -> str:
        """Region of the deployment."""
        return str(self.catalog_configuration["region"])

    def region_of(self, bucket: str) -> str:
        """Region of one of the test environment's buckets."""
        return REMOTE_REGION if bucket == self.buckets.remote else self.region

    @property
    def catalog_name(self) -> str:
        """Host name of the catalog, by which people call it."""
        return str(urlsplit(self.catalog_url).hostname)

    @property
    def platform_version(self) -> str:
        """Version of the Quilt stack, as the catalog gives it (registry facts 1.1: ``stackVersion``)."""
        return str(self.catalog_configuration.get("stackVersion") or "unknown")

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the catalog is on the loopback interface, as an embedded deployment's is."""
        if self.catalog_name == "localhost":
            return True
        try:
            return ip_address(self.catalog_name).is_loopback
        except ValueError:
            return False

    @property
    def tabulator_data_catalog(self) -> str:
        """Athena data catalog of Tabulator, derived from the analytics bucket's name (registry facts 1.2)."""
        analytics: str = self.catalog_configuration["analyticsBucket"]
        prefix, found, _ = analytics.lower().partition("-analyticsbucket")
        stack = analytics[: len(prefix)] if found else analytics.split("-")[0]
        return f"quilt-{stack}-tabulator"

    @cached_property
    def own_hosts(self) -> OwnHosts:
        """Where tokens and signatures of this deployment belong."""
        said = self.catalog_configuration
        aws = None if self.aws_endpoint_url is None else urlsplit(self.aws_endpoint_url).netloc
        addresses = (self.catalog_url, *(str(said.get(name) or "") for name in _OWN_ADDRESSES))
        web = frozenset(urlsplit(each).netloc for each in addresses) - {aws, ""}
        control = None if self.control is None else urlsplit(self.control.url).netloc
        return OwnHosts(web, aws, control)

    @property
    def reference(self) -> TargetReference:
        """How the undo log refers to this target."""
        kind: Literal["embedded", "live"] = "embedded" if self.kind == "embedded" else "live"
        return TargetReference(kind=kind, url=self.catalog_url, identity=self.identity)

    @property
    @abstractmethod
    def identity(self) -> str:
        """What tells this deployment from another one at the same address; empty for a live one."""

    @property
    @abstractmethod
    def shared_directory(self) -> Path:
        """A directory that all workers of all runs on this deployment share, for locks."""

    @abstractmethod
    def time_passed(self, seconds: float) -> AbstractContextManager[None]:
        """Inside the context this much time has passed for the deployment; for an `exclusive` scenario only.

        Raises:
            UnavailableHereError: if the target cannot let so much time pass.
        """

    @abstractmethod
    def wait_until_indexed(self) -> float:
        """Return when search knows what was written so far, and for how many more seconds a search may miss it.

        A target that cannot tell returns at once.
        """

    def require_control(self, purpose: str) -> ControlClient:
        """The control port, for what only a deployment can do that the suite commands.

        Args:
            purpose: what it is wanted for, as "Break the registry's answers".

        Raises:
            NotOnThisTargetError: if this is a live deployment, which has none.
        """
        if self.control is None:
            raise NotOnThisTargetError(
                purpose, "a live deployment has no control port", f"Tag the scenario @{EMBEDDED_ONLY}"
            )
        register = current_outcomes()
        self.taken.append(register.step if register is not None else 0)
        return self.control

    def user_name(self, account: str) -> str:
        """The registry's user of an account: admin, user, readonly or service."""
        return self.accounts.user_name(account)

    def set_client_environment(self) -> None:
        """Tell the product's AWS clients where AWS is; nothing to tell when it is AWS itself."""
        if self.aws_endpoint_url is not None:
            os.environ["AWS_ENDPOINT_URL"] = self.aws_endpoint_url

    @abstractmethod
    def token(self, account: str) -> str:
        """A JWT that the registry issued to the user of this account.

        Raises:
            SuiteError: if there is none to be had.
        """

    @abstractmethod
    def expired_token(self, account: str) -> str:
        """A JWT of the account's user that the registry issued and that is past its end.

        Raises:
            SuiteError: if there is none to be had.
        """

    @abstractmethod
    def deactivated_token(self, undo: UndoLog) -> str:
        """A JWT of a user who was deactivated after it was issued; who is made for it is booked for undoing.

        Raises:
            SuiteError: if there is none to be had.
        """

    @abstractmethod
    def operator(self) -> boto3.Session:
        """An AWS session with the suite's own keys, for observers and arrangements; never the product's."""

    @abstractmethod
    def mirror(self, undo_log: Path) -> None:
        """Make a copy of an undo log, that outlives this machine if the target does, what the file is: also gone.

        Raises:
            SuiteError: if it cannot be kept.
        """

    @abstractmethod
    def close(self) -> None:
        """End the use of the deployment; stops what ``open`` started."""

    def workgroups(self) -> list[str]:
        """Athena workgroups whose results the suite clears away: all of a deployment that is its own."""
        return [str(each["Name"]) for each in self.client("athena").list_work_groups()["WorkGroups"]]

    def client(self, service: str, region: str | None = None) -> Any:
        """An AWS client of the suite's own, made once per service and region (the deployment's unless given)."""
        place = region or self.region
        if (service, place) not in self._clients:
            session: Any = self.operator()
            self._clients[service, place] = session.client(
                service, region_name=place, endpoint_url=self.aws_endpoint_url
            )
        return self._clients[service, place]
