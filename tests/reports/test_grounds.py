"""What a check rests on: by the requests of the product, the facts' marks, recordings and decisions."""

from __future__ import annotations

from typing import Any

import pytest
from made_runs import made_outcome

from environment.evidence.calls import WireCall
from environment.modes import Mode
from environment.product.calling import Sender
from environment.product.graphql_operations import operations_of
from reports.documents import InvalidDocumentError
from reports.grounds import GROUNDS_FILE, Grounds, load_grounds
from reports.outcomes import ScenarioOutcome, Status
from reports.parity import LiveResult, Parity, RecordedAnswer, key_of

RECORDED = RecordedAnswer(what="Hyphens are allowed", source="a stack", when="2026", facts=("9.2",))


def call(operation: str | None, url: str = "http://127.0.0.1/graphql", who: Sender = Sender.PRODUCT) -> WireCall:
    return WireCall(who=who, method="POST", url=url, operation=operation, sent=1)


def check(*calls: WireCall, **fields: Any) -> ScenarioOutcome:
    return made_outcome("A check", Mode.LOCAL, Status.PASSED, calls=calls, **fields)


@pytest.fixture(scope="module")
def grounds() -> Grounds:
    return load_grounds(Parity(recorded={"table-name-with-hyphens": RECORDED}))


def numbers(grounds: Grounds, *calls: WireCall) -> list[str]:
    return [section.number for section in grounds.of(calls)]


def test_every_operation_of_the_clients_is_placed(grounds: Grounds) -> None:
    names = {str(each.name) for package in ("quilt_mcp", "quilt3") for each in operations_of(package)}
    assert {name for name in names if not grounds.places(name)} == set()


def test_a_request_leads_to_its_sections(grounds: Grounds) -> None:
    assert numbers(grounds, call("SetTabulatorTable")) == ["3.6", "9.1", "9.2"]
    assert numbers(grounds, call(None, "http://127.0.0.1:1/api/search?index=a")) == ["1.5", "8.3"]
    assert numbers(grounds, call("athena:StartQueryExecution")) == ["9.3", "9.5"]
    assert numbers(grounds, call("s3:PutObject"), call(None, "http://127.0.0.1/unknown")) == []


def test_a_recording_that_needs_other_settings_counts_for_nothing() -> None:
    other = RECORDED.model_copy(update={"settings": {"directory_sizes": False}})
    assert load_grounds(Parity(recorded={"other": other})).sections["9.2"].recorded == ()


def test_what_the_suite_asks_counts_for_nothing(grounds: Grounds) -> None:
    assert numbers(grounds, call("SetTabulatorTable", who=Sender.SUITE)) == []


def test_it_is_told_in_words(grounds: Grounds) -> None:
    words = grounds.in_words([check(call("SetTabulatorTable"))])
    assert words.startswith("rests on facts 3.6, 9.1, 9.2 (1 recorded answer, published, ")
    assert words.endswith(" decisions)")
    assert grounds.in_words([check()]) == ""


def test_checks_are_counted_by_what_they_rest_on(grounds: Grounds) -> None:
    checks = [check(call("SetTabulatorTable")), check(call(None, "http://127.0.0.1/config.json")), check()]
    counted = grounds.count([*checks, made_outcome("Skipped", Mode.LOCAL, Status.SKIPPED)])
    assert (counted.checks, counted.recorded, counted.unknown, counted.live) == (3, 1, 1, 0)
    assert counted.decided >= 1
    by_section = {section.number: found for section, found in grounds.checks_by_section(checks)}
    assert (by_section["9.2"], by_section["1.1"], by_section["7.7"]) == (1, 1, 0)


def test_what_asks_aws_alone_rests_on_what_aws_publishes(grounds: Grounds) -> None:
    asked = check(call("s3:PutObject"), call(None, "http://127.0.0.1/unknown"))
    standing = grounds.count([asked, check(call("s3:PutObject", who=Sender.SUITE)), check()])
    assert (standing.aws, standing.published, standing.unknown) == (1, 0, 2)
    assert grounds.in_words([asked]) == "rests on AWS's published behaviour"
    both = check(call("s3:PutObject"), call("athena:StartQueryExecution"))
    assert grounds.count([both]).aws == 0


def test_a_section_that_is_only_open_is_not_published(grounds: Grounds) -> None:
    only_open = {number for number, each in grounds.sections.items() if not each.published}
    assert only_open >= {f"10.{number}" for number in range(1, 7)}
    assert not only_open & {"1.1", "1.5", "3.3", "5", "7.5", "8.3", "9.1", "11"}
    open_alone = Grounds(grounds.sections, {"Ask": ("10.2",)}, Parity())
    assert open_alone.in_words([check(call("Ask"))]).startswith("rests on facts 10.2 (")
    assert "published" not in open_alone.in_words([check(call("Ask"))])
    assert open_alone.count([check(call("Ask"))]).published == 0


def test_what_was_validated_live_counts_as_such() -> None:
    mine = check(call("SetTabulatorTable"))
    result = LiveResult(on="2026-01-01", result=Status.PASSED, product="quilt-mcp 0.22.0", platform="1.70.0")
    grounds = load_grounds(Parity(validated={key_of(mine.scenario): result}))
    assert grounds.count([mine]).live == 1


def test_a_section_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    path = tmp_path / GROUNDS_FILE.name
    path.write_text('- {facts: ["77.1"], requests: [SetTabulatorTable]}\n', encoding="utf-8")
    monkeypatch.setattr("reports.grounds.GROUNDS_FILE", path)
    with pytest.raises(InvalidDocumentError, match=r"grounds\.yaml: .*registry\.md has no section 77\.1"):
        load_grounds(Parity())
