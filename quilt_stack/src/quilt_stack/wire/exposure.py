"""Whether other machines can reach a deployment, which has to be said twice."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from quilt_stack.errors import DeploymentError

if TYPE_CHECKING:
    from quilt_stack.settings import DeploymentSettings


def check_exposure(settings: DeploymentSettings) -> None:
    """Refuse an address that others can reach, unless the settings say it twice.

    Raises:
        DeploymentError: if they do not.
    """
    if not (is_loopback(settings.host) or settings.reachable_by_others):
        raise DeploymentError(
            f"host {settings.host} can be reached from other machines, and whoever reaches a deployment may do all that"
            " its users may. Leave host out, or set reachable_by_others, too."
        )


def is_loopback(host: str) -> bool:
    """Whether an address is one of this machine alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
