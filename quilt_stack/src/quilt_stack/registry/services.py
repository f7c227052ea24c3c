"""The parts of a deployment that its request handlers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quilt_stack.registry.administration.mails import Mails
from quilt_stack.registry.conditions import StackConditions
from quilt_stack.registry.identity_provider import IdentityProvider

if TYPE_CHECKING:
    from quilt_stack.aws.cloud import Cloud
    from quilt_stack.clock import Clock
    from quilt_stack.registry.database import Database
    from quilt_stack.registry.mailbox import Mailbox
    from quilt_stack.registry.packages.store import PackageStore
    from quilt_stack.registry.search.index import SearchIndex
    from quilt_stack.settings import DeploymentSettings


@dataclass(frozen=True)
class Services:
    """Handed to every resolver and endpoint; holds no request state.

    ``catalog_url`` and ``registry_url`` are the origins that clients use, without a trailing slash.
    """

    settings: DeploymentSettings
    clock: Clock
    cloud: Cloud
    database: Database
    mailbox: Mailbox
    packages: PackageStore
    search: SearchIndex
    catalog_url: str
    registry_url: str
    conditions: StackConditions = field(default_factory=StackConditions)
    identity_provider: IdentityProvider = field(default_factory=IdentityProvider)

    @property
    def mails(self) -> Mails:
        """What sends the registry's mails to its users."""
        return Mails(self.mailbox, self.conditions, self.clock, self.catalog_url, self.registry_url)
