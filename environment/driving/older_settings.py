"""Settings that older versions of the product must be given and newer ones find out by themselves."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from environment.targets.target import Target


def settings_it_cannot_derive(target: Target) -> dict[str, str]:
    """What a server's environment has to hold besides the catalog's address.

    Up to 0.21 the product demands the registry's address. Since 0.22 it reads it from the catalog's configuration, but
    not if it is given; so it is given only to a product that cannot find it out.
    """
    if hasattr(import_module("quilt_mcp.utils.common"), "resolve_registry_url"):
        return {}
    return {"QUILT_REGISTRY_URL": target.registry_url}
