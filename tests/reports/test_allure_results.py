"""The results that Allure gets, as the sample run writes them."""

from __future__ import annotations

from typing import Any

from made_runs import altered
from sample_runs import SampleRun

from environment.evidence.calls import WireCall
from environment.gherkin.records import ScenarioStep
from environment.product.calling import Sender
from reports.allure_results import ResultContent
from reports.allure_results import labels as allure_labels
from reports.capabilities import capability_rows
from reports.failing_calls import failure_message
from reports.outcomes import RunRecord


def labels(result: dict[str, Any], name: str) -> list[str]:
    return [label["value"] for label in result["labels"] if label["name"] == name]


def test_every_scenario_has_one_result(sample_run: SampleRun) -> None:
    results = sample_run.results()
    assert len(results) == len({each["name"] for each in results}) == 22
    assert len({each["historyId"] for each in results}) == 22


def test_result_belongs_to_capability_feature_and_rule(sample_run: SampleRun) -> None:
    result = sample_run.result("Find a package by name [local]")
    for level, name in (("epic", "Packages"), ("feature", "Finding packages"), ("story", "What exists is found")):
        assert labels(result, level) == [name]
    assert labels(result, "severity") == ["critical"]
    assert labels(result, "owner") == ["packages"]
    assert labels(result, "tag") == ["DISC-1", "smoke"]
    assert labels(sample_run.result("Everything is listed [local]"), "owner") == ["quilt-mcp maintainers"]
    assert labels(result, "host") == []
    assert result["fullName"] == "features/packages/discovery.feature::Find a package by name"
    assert result["description"] == "People find what others published by its name."


def test_a_journey_is_under_journeys_wherever_it_lies(run_record: RunRecord) -> None:
    walked = altered(run_record.scenarios[0], feature_path="features/packages/a.feature", tags=("journey",))
    epics = [each.value for each in allure_labels(ResultContent(walked.scenario, "embedded")) if each.name == "epic"]
    assert epics == [row.name for row in capability_rows([walked])] == ["Journeys"]


def test_result_links_to_its_requirement_and_defect(sample_run: SampleRun) -> None:
    result = sample_run.result("Capitals make no difference [local]")
    assert result["links"] == [
        {"type": "link", "url": "../requirements.html#DISC-2", "name": "DISC-2"},
        {"type": "issue", "url": "../known-defects.html#QO-001", "name": "QO-001"},
    ]


def test_result_names_who_acts(sample_run: SampleRun) -> None:
    assert labels(sample_run.result("Everything is listed [local]"), "persona") == ["Dana"]


def test_modes_and_rows_are_parameters(sample_run: SampleRun) -> None:
    result = sample_run.result("Refuse a malformed name (two slashes) [multiuser]")
    assert {each["name"]: each["value"] for each in result["parameters"]} == {
        "mode": "multiuser",
        "target": "unknown",
        "case": "two slashes",
        "name": "a/b/c",
        "result": 'the search fails saying "it was not refused"',
    }


def test_known_defect_is_a_known_failure_that_says_what_was_promised(sample_run: SampleRun) -> None:
    result = sample_run.result("Capitals make no difference [multiuser]")
    assert result["status"] == "failed"
    assert result["statusDetails"]["known"] is True
    assert result["statusDetails"]["message"].splitlines() == [
        "QO-001: Search cares for capitals",
        "Promised: upper or lower case makes no difference (docstring of QuiltOps.search_packages)",
        "Observed: A query in capitals finds nothing at all.",
        "Since 0.22.0. This run: AssertionError: the search did not do what was promised",
        "caused by Refusal: found 0 packages",
    ]


def test_other_failure_of_a_ledgered_scenario_is_not_known(sample_run: SampleRun) -> None:
    for name, beginning in (
        ("Wildcards work [multiuser]", "QO-004 fails differently than the ledger says."),
        ("The details are complete [local]", "QO-003 no longer occurs here"),
    ):
        result = sample_run.result(name)
        assert result["status"] == "failed"
        assert result["statusDetails"]["message"].startswith(beginning)
        assert "known" not in result["statusDetails"]


def test_scenarios_that_never_started_appear(sample_run: SampleRun) -> None:
    skipped = sample_run.result("Dana shares [local]")
    assert (skipped["status"], skipped["statusDetails"]["message"]) == ("skipped", "waits for the new registry")
    assert [(step["name"], step["status"]) for step in skipped["steps"]] == [
        ("Given Dana is signed in", "skipped"),
        ("Then all is well", "skipped"),
    ]
    broken = sample_run.result("Lee follows [multiuser]")
    assert broken["status"] == "broken"
    assert broken["statusDetails"]["message"].splitlines() == [
        "RuntimeError: the port 4711 is in use",
        "This looks like QO-005: The registry cannot be reached by new users",
    ]
    assert "while setting up" in broken["statusDetails"]["trace"]
    assert broken["start"] <= broken["stop"]
    known = sample_run.result("Ada comes on board [local]")
    assert (known["status"], known["statusDetails"]["known"]) == ("failed", True)


def test_failing_tear_down_breaks_the_result(sample_run: SampleRun) -> None:
    result = sample_run.result("Nothing is left [multiuser]")
    assert result["status"] == "broken"
    assert result["statusDetails"]["message"] == "After the scenario: RuntimeError: the package is still there"


def test_steps_show_the_values_of_their_sentences_alone(sample_run: SampleRun) -> None:
    given, when, then = sample_run.result("Find a package by name [local]")["steps"]
    assert "parameters" not in given
    assert when["parameters"] == [{"name": "text", "value": "nested"}]
    assert [each["name"] for each in then["attachments"]] == ["Data table"]


def test_failed_step_tells_the_failure_in_its_own_words(sample_run: SampleRun) -> None:
    result = sample_run.result("Everything is listed [local]")
    *_, failed = result["steps"]
    assert failed["statusDetails"] == result["statusDetails"]
    assert failed["statusDetails"]["message"].startswith(f"Promised: {failed['name']}\nWhat happened: ")
    assert "site-packages" not in failed["statusDetails"]["trace"]
    assert failed["statusDetails"]["trace"].startswith("features/packages/discovery.feature:34: Then ")
    assert "raised at" not in failed["statusDetails"]["trace"], "a place in the suite, which -v tells"


def test_a_failure_begins_with_the_promise_and_ends_with_the_products_calls() -> None:
    texts = (("when", "she lists the buckets"), ("then", "she sees one"))
    steps = [
        ScenarioStep(type=kind, keyword=kind.capitalize(), text=text, written=text, line=line)
        for line, (kind, text) in enumerate(texts)
    ]
    asked = {"method": "GET", "sent": 1107, "received": 990, "status": 200, "seconds": 0.02}
    of_suite = WireCall(who=Sender.SUITE, step=0, url="http://127.0.0.1:1/config.json", **asked)
    of_product = WireCall(who=Sender.PRODUCT, step=0, url="http://127.0.0.1:2/", operation="s3:ListBuckets", **asked)
    in_thread = of_product.model_copy(update={"thread": "worker_0", "operation": None})
    later = of_suite.model_copy(update={"step": 1})
    outside = of_product.model_copy(update={"step": None})
    message = failure_message(
        "Then she sees one", "AssertionError: she sees two", steps, [of_suite, of_product, in_thread, later, outside]
    )
    assert message.splitlines() == [
        "Promised: Then she sees one",
        "What happened: AssertionError: she sees two",
        "The product's calls in “When she lists the buckets” (method, operation, status, ms, sent, received, URL):",
        "  GET s3:ListBuckets 200 20.0 1107 990 http://127.0.0.1:2/",
        "  (worker_0) GET 200 20.0 1107 990 http://127.0.0.1:2/",
    ]
    many = failure_message("Then she sees one", "it did not", steps, [of_product] * 7)
    assert "“When she lists the buckets”, the last 5 of 7 (" in many


def test_nothing_that_the_run_wrote_shows_an_object(sample_run: SampleRun) -> None:
    for path in sample_run.build.rglob("*"):
        if path.is_file():
            assert "planted-secret" not in path.read_text(encoding="utf-8"), path.name
