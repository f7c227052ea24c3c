"""What the report shows of the wire, step by step, and where the time is said to have gone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from environment.evidence.calls import WireCall

FEATURE = """
Feature: Evidence
  Scenario: Publish and look
    Given nothing is asked
    When Dana publishes
    And Dana is refused
    Then the registry has it

  Scenario: Break
    When Dana publishes
    Then it breaks
"""

STEPS = """
import time
import pytest, requests
from environment.product.calling import Sender
from environment.targets.answers import JOURNAL, JournalRecord
from environment.product.outcome import attempt
from pytest_bdd import given, scenarios, then, when

SERVER = {server!r}
scenarios("evidence.feature")

@pytest.fixture(autouse=True)
def arranged():
    requests.get(SERVER + "/arranged", timeout=5)
    yield
    requests.delete(SERVER + "/arranged", timeout=5)

@given("nothing is asked")
def nothing(): ...

@when("Dana publishes", target_fixture="outcome")
def publish():
    def call():
        time.sleep(0.05)
        body = {{"operationName": "packageConstruct", "query": "…", "password": "hunter"}}
        return requests.post(SERVER + "/graphql?X-Amz-Signature=abc", json=body, timeout=5).json()
    return attempt(call)

@when("Dana is refused")
def refused():
    def call():
        requests.get(SERVER + "/missing", timeout=5).raise_for_status()
    attempt(call).refusal(requests.HTTPError)

@then("the registry has it")
def has(outcome):
    requests.get(SERVER + "/observed", timeout=5)
    assert outcome.value

@then("it breaks")
def breaks():
    requests.post(SERVER + "/seen-before-it-broke", json={{"looked": "here"}}, timeout=5)
    assert False
"""

CONFTEST = """
from environment.evidence.calls import CALLS
from environment.targets.answers import JOURNAL, JournalRecord

def pytest_configure(config):
    def ask(port, started):
        assert port and started
        return [JournalRecord("GET", "/missing", 404, '{"message": "not here", "token": "abcdefgh"}')]
    config.stash[JOURNAL] = ask

TOLD = {}

def pytest_runtest_logreport(report):
    if report.when == "teardown":
        TOLD[report.nodeid] = dict(report.user_properties)

def pytest_runtest_makereport(item, call):
    if call.when == "teardown":
        for each in item.stash[CALLS]:
            print("CALL", item.name, each.model_dump_json())

def pytest_terminal_summary(terminalreporter):
    import json
    terminalreporter.write_line("TOLD " + json.dumps(TOLD))
"""


class Run:
    """A run of the small suite."""

    def __init__(self, pytester: pytest.Pytester, server: str) -> None:
        self.pytester = pytester
        plugins = (
            "-p environment.evidence.plugin -p environment.session -p allure_pytest_bdd.plugin -p pytest_bdd.plugin"
        )
        pytester.makeini(f"[pytest]\naddopts = {plugins}\nfilterwarnings = error")
        pytester.makefile(".feature", evidence=FEATURE)
        pytester.makeconftest(CONFTEST)
        pytester.makepyfile(STEPS.format(server=server))

    def with_options(self, *options: str) -> dict[str, dict[str, float]]:
        """The user properties of each scenario."""
        result = self.result = self.pytester.runpytest_subprocess(*options)
        result.assert_outcomes(passed=1, failed=1)
        (told,) = [line for line in result.outlines if line.startswith("TOLD ")]
        properties: dict[str, dict[str, float]] = json.loads(told.removeprefix("TOLD "))
        return {nodeid.rpartition("::test_")[2]: values for nodeid, values in properties.items()}

    def calls(self, scenario: str) -> list[WireCall]:
        """The calls of a scenario of a run with `-s`, as data."""
        beginning = f"CALL test_{scenario} "
        lines = [line.partition(beginning)[2] for line in self.result.outlines if beginning in line]
        return [WireCall.model_validate_json(line) for line in lines]

    @property
    def results(self) -> dict[str, Any]:
        """Allure's result of each scenario, by its name."""
        files = (self.pytester.path / "results").glob("*-result.json")
        return {result["name"]: result for result in (json.loads(path.read_text()) for path in files)}

    def lines(self, step: dict[str, Any]) -> list[str]:
        """What stands below a step."""
        return [each["name"] for each in step["steps"]]

    def texts(self, attached_to: dict[str, Any]) -> dict[str, str]:
        """The attachments of a scenario or a step, by their names."""
        return {
            attachment["name"]: (Path(self.pytester.path) / "results" / attachment["source"]).read_text()
            for attachment in attached_to.get("attachments", [])
        }


@pytest.fixture
def run(pytester: pytest.Pytester, server: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Run(pytester, server)


def test_each_step_carries_what_it_sent(run: Run) -> None:
    run.with_options("--alluredir=results")
    scenario = run.results["Publish and look"]
    nothing, publish, refused, look, _ = (run.texts(step) for step in scenario["steps"])
    assert nothing == {}
    assert publish == look == {}
    [sent], [looked] = (run.lines(scenario["steps"][number]) for number in (1, 3))
    assert re.match(r"product POST packageConstruct: 200 in [\d.]+ ms, \d+ bytes sent, \d+ received, http://", sent)
    assert sent.endswith("/graphql?X-Amz-Signature=[redacted]")
    assert looked.startswith("suite ")

    # a refusal that the step asked for still shows what was said
    assert "GET" in refused["network (step)"]
    assert 'received: {"message": "not here", "token": "[redacted]"}' in refused["network (step)"]
    around = run.texts(scenario)
    assert "/arranged" in around["network (set-up)"]
    *_, tear_down = scenario["steps"]
    assert tear_down["name"] == "Tear-down"
    assert "DELETE" in run.lines(tear_down)[0]


def test_a_failed_step_carries_bodies(run: Run) -> None:
    run.with_options("--alluredir=results")
    publish, breaks = (run.texts(step) for step in run.results["Break"]["steps"][:2])
    assert publish == {}
    assert 'sent: {"looked": "here"}' in breaks["network (step)"]


def test_a_failed_scenario_shows_what_the_product_was_asked_and_answered(run: Run) -> None:
    run.with_options("--alluredir=results")
    text = run.texts(run.results["Break"])["What the product was asked"]
    assert text.startswith("call() returned ")
    assert 'sent: {"operationName": "packageConstruct"' in text
    assert "received: " in text
    assert "hunter" not in text
    assert "/seen-before-it-broke" not in text, "the suite's own calls are not the product's"
    assert "What the product was asked" not in run.texts(run.results["Publish and look"])
    printed = run.result.stdout.str().partition("What the product was asked")[2]
    assert 'sent: {"operationName": "packageConstruct"' in printed and "received: " in printed


def test_calls_are_kept_as_data_by_step_without_secrets(run: Run) -> None:
    run.with_options("-s")
    calls = run.calls("publish_and_look")
    assert [(each.who.value, each.step, each.method, each.status) for each in calls] == [
        ("suite", None, "GET", 200),
        ("product", 1, "POST", 200),
        ("product", 2, "GET", 404),
        ("suite", 3, "GET", 200),
        ("suite", None, "DELETE", 204),
    ]
    assert calls[1].operation == "packageConstruct"
    assert calls[1].url.endswith("/graphql?X-Amz-Signature=[redacted]")
    assert all(each.seconds and each.sent and each.received is not None for each in calls)


@pytest.mark.parametrize("workers", [[], ["-p", "xdist", "-n", "1"]], ids=["one process", "with a worker"])
def test_times_are_told_apart_with_and_without_a_report(run: Run, workers: list[str]) -> None:
    times = run.with_options(*workers)["publish_and_look"]
    assert times["exchanges"] == 5
    assert times["product_seconds"] >= 0.05
    assert 0 < times["network_seconds"] < times["product_seconds"]
    assert times["suite_network_seconds"] > 0
    assert times["suite_seconds"] == pytest.approx(times["wall_seconds"] - times["product_seconds"], abs=0.001)
