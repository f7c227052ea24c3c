"""The web catalog's pages in runs: shown in reports where a machine has what that takes, and needed for no verdict."""

from __future__ import annotations

import shutil
from functools import cache
from importlib.util import find_spec

from quilt_stack import DeploymentSettings, installed_catalog

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@cache
def browser() -> str | None:
    """The browser that can look at pages, if there is one and what drives it (Playwright, for developers)."""
    try:
        driven = find_spec("playwright") is not None
    except ModuleNotFoundError:  # so says an import hook that hides it
        driven = False
    return next(filter(None, map(shutil.which, BROWSERS)), None) if driven else None


def with_web_catalog(settings: DeploymentSettings) -> DeploymentSettings:
    """The settings of a deployment that serves the web catalog, if it is installed and can be looked at.

    Raises:
        DeploymentError: the one that is installed is of an unknown version.
    """
    if settings.catalog_bundle is not None or browser() is None:
        return settings
    return settings.model_copy(update={"catalog_bundle": installed_catalog()})
