"""The headless browser that tests of pages look with.

Needs a Chromium or Chrome that the system brings; no browser is downloaded. GitHub's machines have one, and there its
absence is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless browser; the tests that use it are skipped where the system has none."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        skip_or_fail(f"no browser on the path; install one of {', '.join(BROWSERS)} to look at pages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


def skip_or_fail(reason: str) -> None:
    """Skip a test for what the machine lacks; on GitHub's machines, which have it, fail."""
    if os.environ.get("GITHUB_ACTIONS"):
        pytest.fail(reason)
    pytest.skip(reason)
