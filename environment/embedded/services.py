"""The parts of a deployment that its request handlers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from environment.embedded.conditions import StackConditions
from environment.embedded.identity_provider import IdentityProvider

if TYPE_CHECKING:
    from environment.embedded.aws.cloud import Cloud
    from environment.embedded.clock import Clock
    from environment.embedded.mailbox import Mailbox
    from environment.embedded.registry.database import Database
    from environment.embedded.registry.packages.store import PackageStore
    from environment.embedded.registry.search.index import SearchIndex
    from environment.embedded.settings import DeploymentSettings


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
