"""Pytest plugin: where a journey ends at a package, a picture of its page in the web catalog is in the report.

Only on an embedded deployment that serves the web catalog, and where a browser is there; in a run of a part only with
`--pictures`, because each takes seconds. A picture that cannot be taken is said in its place, and no other is tried in
that process; it never changes a result.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import allure
import pytest

from environment.running.quick import NOT_CHOSEN, chosen_scenarios
from environment.settings import ROOT
from environment.targets.web_catalog import browser

NAME = "the package in the web catalog"

_LISTED = "per page"
"""Stands over the files of a package, once they are listed."""
_NOT_AGAIN = pytest.StashKey[bool]()
"""In ``config.stash``: a picture could not be taken, and the others would cost as long."""

_LIMIT_SECONDS = 30.0
_WANTED = "pictures_wanted"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that asks for pictures."""
    help_text = "pictures of the pages at which journeys end, also in a run of a part"
    parser.getgroup("acceptance").addoption("--pictures", action="store_true", help=help_text)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand over whether pictures are wanted: a worker of pytest-xdist does not know what was chosen."""
    node.workerinput[_WANTED] = are_wanted(node.config)


def are_wanted(config: pytest.Config) -> bool:
    """Whether a run takes pictures."""
    if hasattr(config, "workerinput"):
        return bool(config.workerinput[_WANTED])
    return bool(config.option.pictures) or chosen_scenarios(config) in NOT_CHOSEN


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """Look at the page of the package that a journey spoke of last, while it is still there."""
    if request.node.get_closest_marker("journey") is None or not are_wanted(request.config):
        return
    executable = browser()
    if executable is None:
        return
    # Late, because a run begins its deployment before it loads these.
    from environment.driving.packages import Package
    from environment.targets.embedded import EmbeddedTarget

    mentioned = request.getfixturevalue("world").mentioned("package")
    if mentioned is None or not isinstance(mentioned.value, Package):
        return
    target = request.getfixturevalue("target")
    if not isinstance(target, EmbeddedTarget):
        return
    if target.serves_pages and target.control is not None and _NOT_AGAIN not in request.config.stash:
        package = mentioned.value
        user = target.user_name("user")
        asked = {
            "page": f"{target.catalog_url}/b/{package.bucket}/packages/{package.name}",
            "shown": _LISTED,
            "user": user,
            "token": target.control.issue_token(user),
            "browser": executable,
        }
        if not _attach(asked):
            request.config.stash[_NOT_AGAIN] = True


def _attach(asked: dict[str, str]) -> bool:
    """Attach the picture, or why there is none; returns whether there is one."""
    # A process of its own: Playwright's event loop would be in the way of the product's.
    command = [sys.executable, "-m", "reports.page_picture_process"]
    try:
        taken = subprocess.run(
            command, input=json.dumps(asked).encode(), capture_output=True, timeout=_LIMIT_SECONDS, check=True, cwd=ROOT
        )
    except subprocess.SubprocessError as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip().splitlines()
        text = f"There is no picture of {asked['page']}: {said[-1] if said else error}"
        allure.attach(text, name=NAME, attachment_type=allure.attachment_type.TEXT)
        return False
    allure.attach(taken.stdout, name=NAME, attachment_type=allure.attachment_type.PNG)
    return True
