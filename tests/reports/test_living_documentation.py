"""The features as they are written, with what became of each sentence, row and scenario in both modes."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from sample_runs import SAMPLE

from environment.modes import Mode
from reports.known_defects import Ledger
from reports.living_documentation import DocumentedFeature, DocumentedScenario, documented_features
from reports.outcomes import RunRecord, Status
from reports.pages import Background, write_pages
from reports.trace import trace


@pytest.fixture(scope="module")
def features(run_record: RunRecord) -> list[DocumentedFeature]:
    return documented_features(run_record.scenarios, [SAMPLE / "features"], SAMPLE)


def scenario(features: list[DocumentedFeature], name: str) -> DocumentedScenario:
    return next(each for feature in features for each in feature.scenarios if each.block.name == name)


def test_every_scenario_row_and_sentence_is_there_journeys_first(
    features: list[DocumentedFeature], run_record: RunRecord
) -> None:
    assert features[0].capability == "Journeys"
    outcomes = [outcome for feature in features for each in feature.scenarios for outcome in each.outcomes]
    assert sorted(each.nodeid for each in outcomes) == sorted(each.nodeid for each in run_record.scenarios)


def test_each_sentence_has_its_own_result_in_each_mode(
    features: list[DocumentedFeature], run_record: RunRecord
) -> None:
    for mode in Mode:
        outcome = next(
            each
            for each in run_record.scenarios
            if each.scenario.name == "Two promises are broken" and each.scenario.mode is mode
        )
        found = scenario(features, "Two promises are broken")
        own = {step.line: ended.status for step, ended in outcome.judged}
        assert [each.results[mode] for each in found.sentences] == [own[each.step.line] for each in found.sentences]
        assert found.results[mode] is outcome.status
    assert Status.KNOWN in {each.results[Mode.LOCAL] for each in found.sentences}


def test_what_did_not_run_claims_nothing() -> None:
    for feature in documented_features((), [SAMPLE / "features"], SAMPLE):
        assert set(feature.results.values()) == {None}
        assert all(row.outcomes == {} for each in feature.scenarios for row in each.rows)


def test_a_page_reads_like_the_feature_and_links_what_it_names(
    features: list[DocumentedFeature], run_record: RunRecord, sample_ledger: Ledger, tmp_path: Path
) -> None:
    background = Background(trace((), (), run_record), {}, documented=features)
    written = write_pages(tmp_path, run_record, sample_ledger, background)
    for feature in features:
        page = tmp_path / feature.page
        assert page in written
        text = unescape(" ".join(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")).split()))
        position = 0
        for each in feature.scenarios:
            position = text.index(each.block.name, position)
            for sentence in each.sentences:
                position = text.index(sentence.step.text, position)
    index = (tmp_path / "features.html").read_text(encoding="utf-8")
    for address, anchor in re.findall(r'href="(features/[^"#]+)#([^"]+)"', index):
        assert f'id="{anchor}"' in (tmp_path / address).read_text(encoding="utf-8")
    for link in re.findall(r'href="(\.\./[^"#]+)', (tmp_path / features[0].page).read_text(encoding="utf-8")):
        assert (tmp_path / "features" / link).resolve().is_file(), link


def test_a_mode_that_a_scenario_is_not_for_is_told_from_one_that_did_not_run(
    sample_ledger: Ledger, run_record: RunRecord, tmp_path: Path
) -> None:
    """On its own page, on the list of features, and on the board of journeys."""
    feature = tmp_path / "features" / "journeys" / "a.feature"
    feature.parent.mkdir(parents=True)
    feature.write_text("Feature: A\n  @journey @multiuser_mode\n  Scenario: Dana shares a <package>\n    When x\n")
    documented = documented_features((), [tmp_path / "features"], tmp_path)
    assert scenario(documented, "Dana shares a <package>").results == {Mode.MULTIUSER: None}
    report = tmp_path / "report"
    write_pages(report, run_record, sample_ledger, Background(trace((), (), run_record), {}, documented=documented))
    for page in (report / "features.html", report / documented[0].page):
        text = page.read_text(encoding="utf-8")
        assert 'title="local mode: not for this mode"' in text
        assert 'title="multiuser mode: not run"' in text
        assert "Dana shares a <em>package</em>" in text
    row = (report / "index.html").read_text(encoding="utf-8").partition('<th scope="row">Dana shares a')[2]
    assert "not for local mode" in row.partition("</tr>")[0]
