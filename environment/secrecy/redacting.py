"""Pytest plugin: redacts everything that leaves the process through pytest, logging or Allure.

Covered: representations of failures (also of collection and of pytest's own errors), captured sections, user properties
(so the JUnit file and what xdist sends), recorded warnings, log records of every logger, and Allure's results,
containers and attachments; of attachments that are no UTF-8 text, the values that someone registered. Not covered, by
decision: what a test prints while pytest captures nothing (``-s``).
"""

from __future__ import annotations

import logging
import traceback
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger

from environment.secrecy.redaction import redact, redact_bytes, redact_tree
from quilt_stack.patches import Patch

RecordFactory = Callable[..., logging.LogRecord]
_FACTORY = pytest.StashKey[RecordFactory]()
UNWRITTEN: list[OSError] = []
"""Evidence of this process that could not be written; whoever judges scenarios empties it."""
_REPORTERS = pytest.StashKey[list["RedactingReporter"]]()
PATCH = Patch(
    __name__,
    "allure-python-commons",
    reason="Allure writes what it is told, secrets too: its writer is told after they were taken out.",
    bodies={
        "allure_commons.logger:AllureFileLogger.report_result": "55a70462b0c2",
        "allure_commons.logger:AllureFileLogger.report_container": "e1f4fd552c01",
        "allure_commons.logger:AllureFileLogger.report_globals": "ab2f900dd992",
        "allure_commons.logger:AllureFileLogger.report_attached_data": "5ab96702af45",
        "allure_commons.logger:AllureFileLogger.report_attached_file": "4da5ee4b1ee2",
    },
    fence="tests/environment/evidence/test_redacting.py::test_no_planted_secret_reaches_an_artefact",
    until="Allure lets a plugin change an attachment before it is written",
    needed="tests/upstream/test_allure.py::test_a_plugin_changes_an_attachment_before_it_is_written",
)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take log records in hand, and stand between Allure and its files."""
    config.stash[_FACTORY] = logging.getLogRecordFactory()
    logging.setLogRecordFactory(redacting_factory(config.stash[_FACTORY]))
    config.stash[_REPORTERS] = [
        RedactingReporter(plugin)
        for plugin in list(allure_commons.plugin_manager.get_plugins())
        if isinstance(plugin, AllureFileLogger)
    ]
    for reporter in config.stash[_REPORTERS]:
        reporter.take_over()
    # Before Allure's own clean-up, which unregisters the plugin that it registered.
    config.add_cleanup(lambda: _give_back(config))


def _give_back(config: pytest.Config) -> None:
    logging.setLogRecordFactory(config.stash[_FACTORY])
    for reporter in config.stash[_REPORTERS]:
        reporter.give_back()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Redact a test's report before anything but Allure, which has its own way out, sees it."""
    report = yield
    _redact_report(report)
    report.user_properties = redact_tree(report.user_properties)  # type: ignore[assignment]  # same structure
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Redact a collection's report."""
    report = yield
    _redact_report(report)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_internalerror(excrepr: object) -> None:
    """Redact pytest's own errors before they are shown."""
    redact_tree(excrepr)


@pytest.hookimpl(tryfirst=True)
def pytest_warning_recorded(warning_message: warnings.WarningMessage) -> None:
    """Redact warnings before the summary takes them."""
    text = str(warning_message.message)
    redacted = redact(text)
    if redacted != text:
        warning_message.message = warning_message.category(redacted)


def _redact_report(report: pytest.TestReport | pytest.CollectReport) -> None:
    report.longrepr = redact_tree(report.longrepr)  # type: ignore[assignment]  # same structure
    report.sections = redact_tree(report.sections)  # type: ignore[assignment]  # same structure


def redacting_factory(make: RecordFactory) -> RecordFactory:
    """A factory of log records whose message and traceback hold no secret; records without one stay as they are."""

    def make_redacted(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  # a broken call of a logger is reported by logging itself, when it is emitted
            return record
        redacted = redact(message)
        if redacted != message:
            record.msg, record.args = redacted, None
        if record.exc_info and record.exc_info[0] is not None:
            # logging's formatters take this text instead of formatting the traceback themselves
            record.exc_text = redact("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
        return record

    return make_redacted


class RedactingReporter:
    """Stands in for the plugin that writes Allure's files: redacts, then lets it write."""

    def __init__(self, writer: AllureFileLogger) -> None:
        self._writer: Any = writer  # its methods are untyped

    def take_over(self) -> None:
        """Be told instead of the writer."""
        allure_commons.plugin_manager.unregister(self._writer)
        allure_commons.plugin_manager.register(self)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Note what cannot be written, in place of letting a hook fail in the middle of a scenario."""
        try:
            yield
        except OSError as error:
            UNWRITTEN.append(error)

    def give_back(self) -> None:
        """Let the writer be told again."""
        allure_commons.plugin_manager.unregister(self)
        allure_commons.plugin_manager.register(self._writer)

    @allure_commons.hookimpl
    def report_result(self, result: object) -> None:
        """A scenario's result: names, parameters, status details, steps."""
        with self._noting():
            self._writer.report_result(redact_tree(result))

    @allure_commons.hookimpl
    def report_container(self, container: object) -> None:
        """Fixtures around scenarios."""
        with self._noting():
            self._writer.report_container(redact_tree(container))

    @allure_commons.hookimpl
    def report_globals(self, globals_item: object) -> None:
        """Errors and attachments of the whole run."""
        with self._noting():
            self._writer.report_globals(redact_tree(globals_item))

    @allure_commons.hookimpl
    def report_attached_data(self, body: str | bytes, file_name: str) -> None:
        """An attachment given as text or bytes."""
        with self._noting():
            self._writer.report_attached_data(_redacted_body(body), file_name)

    @allure_commons.hookimpl
    def report_attached_file(self, source: str, file_name: str) -> None:
        """An attachment given as a file: redacted if it is text, else copied as it is."""
        with self._noting():
            self._writer.report_attached_data(_redacted_body(Path(source).read_bytes()), file_name)


def _redacted_body(body: str | bytes) -> str | bytes:
    return redact(body) if isinstance(body, str) else redact_bytes(bytes(body))
