"""The picture of the page at which a journey ends, or a line that says why there is none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import allure
import pytest
from playwright.sync_api import Browser

from environment.targets import web_catalog
from reports import page_pictures

pytestmark = pytest.mark.slow

PAGE = """<body><script>
  const { token } = JSON.parse(localStorage.getItem("TOKENS"))
  const { current_user } = JSON.parse(localStorage.getItem("USER"))
  document.body.append(`${current_user} with ${token}`)
</script></body>"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def page(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def attached(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """What is attached to the report: content and type."""
    found: list[tuple[Any, Any]] = []
    monkeypatch.setattr(allure, "attach", lambda body, name, attachment_type: found.append((body, attachment_type)))
    return found


def asked(page: str, **changed: str) -> dict[str, str]:
    executable = web_catalog.browser()
    assert executable is not None
    return {"page": page, "shown": "dana with a.b.c", "user": "dana", "token": "a.b.c", "browser": executable} | changed


def test_somebody_who_is_signed_in_sees_the_page(browser: Browser, page: str, attached: list[tuple[Any, Any]]) -> None:
    assert page_pictures._attach(asked(page))

    [(picture, kind)] = attached
    assert kind is allure.attachment_type.PNG and picture.startswith(b"\x89PNG")


def test_a_picture_that_cannot_be_taken_is_said(browser: Browser, page: str, attached: list[tuple[Any, Any]]) -> None:
    assert not page_pictures._attach(asked(page, browser="/no/such/browser"))

    [(text, kind)] = attached
    assert kind is allure.attachment_type.TEXT
    assert text.startswith(f"There is no picture of {page}: ") and "a.b.c" not in text


@pytest.mark.parametrize(
    ("chosen", "asked_for", "wanted"),
    [
        ([], False, True),
        (["-m 'not slow and not large'"], False, True),
        (["-m smoke"], False, False),
        (["features/journeys"], False, False),
        (["features/journeys"], True, True),
    ],
)
def test_a_run_of_a_part_takes_pictures_only_if_asked_to(chosen: list[str], asked_for: bool, wanted: bool) -> None:
    hook = SimpleNamespace(pytest_chosen_scenarios=lambda config: [chosen])
    config: Any = SimpleNamespace(hook=hook, option=SimpleNamespace(pictures=asked_for))
    assert page_pictures.are_wanted(config) is wanted
    node = SimpleNamespace(config=config, workerinput={})
    page_pictures.pytest_configure_node(node)
    assert page_pictures.are_wanted(node) is wanted  # type: ignore[arg-type]  # a worker's configuration has it, too
