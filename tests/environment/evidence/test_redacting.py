"""Planted secrets reach no artefact of a run: terminal, JUnit file, Allure results, logs, with and without workers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from secret_search import find_secrets

PASSWORD = 'correct/horse+battery "staple"'
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImRhbmEifQ.c2lnbmF0dXJlLW9mLXRoaXM"
API_KEY = "qk_AbCdEf123456"
SECRETS = [PASSWORD, TOKEN, API_KEY]

FEATURE = """
Feature: Secrets
  Scenario: Planted everywhere
    Given a step that logs, prints and attaches
    When a step gets the password
    Then it fails with all of them
"""

STEPS = """
import json, logging, sys, urllib.parse, warnings
import allure, pytest
from pytest_bdd import given, parsers, scenarios, then, when
from environment.secrecy.redaction import register_secret

PASSWORD, TOKEN, API_KEY = json.loads({secrets!r})
register_secret(PASSWORD)
scenarios("secrets.feature")

@pytest.fixture
def password():
    return PASSWORD

@given("a step that logs, prints and attaches")
def plant(record_property, tmp_path):
    logging.getLogger("product").warning("signed in with %s", PASSWORD)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logging.getLogger("product").exception("refused")
    print("printed", urllib.parse.quote(PASSWORD, safe=""))
    print("printed", API_KEY, file=sys.stderr)
    allure.attach(json.dumps({{"password": PASSWORD}}), name="body", attachment_type=allure.attachment_type.JSON)
    allure.attach(f"Authorization: Bearer {{TOKEN}}".encode(), name="head")
    (tmp_path / "file.txt").write_text(API_KEY)
    allure.attach.file(str(tmp_path / "file.txt"), name="file")
    with allure.step(f"nested {{API_KEY}}"):
        pass
    record_property("key", API_KEY)
    warnings.warn(f"do not use {{API_KEY}}", UserWarning)

@when("a step gets the password")
def use(password):
    pass

@then("it fails with all of them")
def fail(password):
    local = {{"token": TOKEN}}
    raise AssertionError(f"{{PASSWORD}} {{TOKEN}} {{API_KEY}} " + urllib.parse.quote(PASSWORD))

def test_that_cannot_be_set_up(broken):
    pass

@pytest.fixture
def broken():
    raise RuntimeError(json.dumps(PASSWORD))

def test_exception_group():
    raise ExceptionGroup("several " + API_KEY, [ValueError(TOKEN)])

@pytest.mark.skip(reason="because of " + API_KEY)
def test_skipped():
    pass
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [[], ["-p", "xdist", "-n", "1"]], ids=["one process", "with a worker"])
def test_no_planted_secret_reaches_an_artefact(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: list[str]
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    plugins = "-p environment.secrecy.redacting -p allure_pytest_bdd.plugin -p pytest_bdd.plugin"
    pytester.makeini(f"[pytest]\naddopts = {plugins}\nlog_file_level = DEBUG\nlog_level = DEBUG\njunit_family = xunit1")
    pytester.makefile(".feature", secrets=FEATURE)
    pytester.makepyfile(STEPS.format(secrets=json.dumps(SECRETS)))
    (pytester.path / "out").mkdir()
    options = "--showlocals -vv -rA --alluredir=out/allure --junitxml=out/junit.xml --log-file=out/log.txt"
    result = pytester.runpytest_subprocess(*options.split(), *workers)
    result.assert_outcomes(failed=2, errors=1, skipped=1, warnings=1)
    (pytester.path / "out" / "terminal.txt").write_text(result.stdout.str() + result.stderr.str(), encoding="utf-8")

    artefacts = list((pytester.path / "out").rglob("*"))
    kinds = {path.name.rpartition("-")[2] for path in artefacts}
    assert {"result.json", "attachment.json", "junit.xml", "terminal.txt"} <= kinds
    assert find_secrets([pytester.path / "out"], SECRETS) == []
    for name in ("terminal.txt", "junit.xml"):
        text = (pytester.path / "out" / name).read_text()
        assert "[redacted]" in text
        assert "AssertionError" in text


def test_secrets_in_collection_errors_are_redacted(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(f"raise RuntimeError({API_KEY!r})")
    result = pytester.runpytest_subprocess("-p", "environment.secrecy.redacting")
    result.assert_outcomes(errors=1)
    output = tmp_path / "output"
    output.write_text(result.stdout.str())
    assert "RuntimeError: [redacted]" in output.read_text()
    # the line of source that raised it is part of the report, too
    assert find_secrets([output], SECRETS) == []
