"""A deployment with the web catalog and packages in it, and a browser page of somebody who is signed in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from catalog_shop import CatalogShop, fill
from headless_browser import browser, skip_or_fail
from page_watch import PageWatch
from playwright.sync_api import Browser, Page, expect
from stack_wire import ADMINISTRATOR, READER, WRITER, WireDeployment, wire_blueprint

from quilt_stack import DeploymentSettings, bundle, lifecycle

__all__ = ["browser"]

LIMIT_MILLISECONDS = 30_000


@pytest.fixture(scope="session")
def catalog_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled web catalog: the one that is installed, or else installed now from PyPI, once for a machine."""
    try:
        return bundle.installed_catalog() or bundle.install()
    except bundle.BundleError as error:
        skip_or_fail(f"no web catalog: {error}")


@pytest.fixture(scope="session")
def shop(catalog_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogShop]:
    """A deployment that serves the web catalog; its packages are those of `catalog_shop`."""
    passwords = {user: secrets.token_urlsafe(16) for user in (ADMINISTRATOR, WRITER, READER)}
    settings = DeploymentSettings(state_directory=tmp_path_factory.mktemp("web"), catalog_bundle=catalog_bundle)
    running = lifecycle.start(settings, wire_blueprint(passwords), owned=True)
    try:
        yield fill(WireDeployment(running, passwords, running.start_seconds))
    finally:
        running.stop()


@pytest.fixture
def anybody(browser: Browser, shop: CatalogShop) -> Iterator[Page]:
    """A page of a browser in which nobody is signed in; afterwards, everything went as it should."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(LIMIT_MILLISECONDS)
    expect.set_options(timeout=LIMIT_MILLISECONDS)
    page = context.new_page()
    watch = PageWatch(page)
    yield page
    context.close()
    assert watch.complaints == []


@pytest.fixture
def page(anybody: Page, shop: CatalogShop) -> Page:
    """A page of the administrator's."""
    shop.sign_in(anybody, ADMINISTRATOR)
    return anybody
