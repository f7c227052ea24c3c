"""What Allure does not let a plugin do. A test that passes unexpectedly says that `secrecy.redacting` can use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger

not_yet = pytest.mark.xfail(strict=True, raises=AssertionError, reason="Allure's writer is told after the suite")


class FirstPlugin:
    """Hands on another text than it is told, by its answer; results it could change in place."""

    @allure_commons.hookimpl(tryfirst=True)
    def report_attached_data(self, body: str, file_name: str) -> str:
        return "redacted"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """What Allure wrote of an attachment, which a plugin before its writer wanted otherwise."""
    manager = allure_commons.plugin_manager
    before = manager.get_plugins()
    plugins = [AllureFileLogger(str(tmp_path)), FirstPlugin()]  # type: ignore[no-untyped-call]
    for each in before:
        manager.unregister(each)
    for each in plugins:
        manager.register(each)
    try:
        manager.hook.report_attached_data(body="secret", file_name="attachment.txt")
    finally:
        for each in plugins:
            manager.unregister(each)
        for each in before:
            manager.register(each)
    yield tmp_path


@not_yet
def test_a_plugin_changes_an_attachment_before_it_is_written(folder: Path) -> None:
    (written,) = (each.read_text(encoding="utf-8") for each in folder.glob("*attachment*"))
    if written not in ("secret", "redacted"):
        raise LookupError(f"Allure wrote {written}")
    assert written == "redacted"
