"""`acceptance compare`: what counts as newly failing, fixed and different, and what it says about bad input."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from recorded_runs import ended, run, sentence
from typer.testing import CliRunner, Result

from environment.errors import SuiteError
from environment.gherkin.records import ScenarioStep
from reports import compare_command, comparison
from reports.compare_command import compare
from reports.comparison import Change, Ending, behaviour, compare_runs
from reports.known_defects import Ledger
from reports.messages import comparable
from reports.outcomes import ScenarioOutcome, SentenceOutcome, Status, write_run
from reports.verdict import WORST_FIRST

KNOWN = "QO-017: No links\nPromised: a link (docs)\nObserved: none\nSince 0.20.0. This run: BackendError: no get_url"
HAPPENED = "BackendError: no get_url"
REWORDED = KNOWN.replace("Observed: none", "Observed: a failure")
OTHER = "QO-017 fails differently than the ledger says.\nWhat happened in the scenario: BackendError: no link"

PASSED = ended("S", Status.PASSED)
FAILED = ended("S", Status.FAILED, message="AssertionError: 3 files")
MET = ended("S", Status.KNOWN, defect="QO-017", message=KNOWN, happened=HAPPENED)
GONE = ended("S", Status.GONE, defect="QO-017", message="QO-017 no longer occurs")
WORSE = ended("S", Status.KNOWN, defect="QO-017", message=f"{KNOWN} at all", happened=f"{HAPPENED} at all")
DIFFERENT = ended("S", Status.DIFFERENT, defect="QO-017", message=OTHER, happened="BackendError: no link")
BROKEN = ended("S", Status.BROKEN, message="SuiteError: nothing there")
SKIPPED = ended("S", Status.SKIPPED, message="not here")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (PASSED, PASSED, None),
        (PASSED, GONE, None),  # kept in both
        (PASSED, FAILED, Change.FAILING),
        (PASSED, MET, Change.FAILING),  # known or not, it was kept before
        (PASSED, BROKEN, Change.FAILING),
        (GONE, MET, Change.FAILING),
        (MET, DIFFERENT, Change.FAILING),
        (MET, ended("S", Status.KNOWN, defect="QO-017", message=REWORDED, happened=HAPPENED), None),
        (MET, GONE, Change.FIXED),
        (MET, PASSED, Change.FIXED),
        (FAILED, PASSED, Change.FIXED),
        (FAILED, MET, Change.DIFFERENT),
        (FAILED, BROKEN, Change.DIFFERENT),
        (MET, ended("S", Status.KNOWN, defect="QO-018", message=KNOWN, happened=HAPPENED), Change.DIFFERENT),
        (MET, WORSE, Change.DIFFERENT),
        (FAILED, ended("S", Status.FAILED, message="AssertionError: 4 files"), Change.DIFFERENT),
        (PASSED, SKIPPED, Change.DIFFERENT),
        (SKIPPED, FAILED, Change.DIFFERENT),
        (None, FAILED, Change.NEW),
        (FAILED, None, Change.REMOVED),
    ],
)
def test_what_became_of_a_scenario(
    before: ScenarioOutcome | None, after: ScenarioOutcome | None, change: Change | None
) -> None:
    other = ended("T", Status.PASSED)
    found = compare_runs(*(run("embedded", other, *([each] if each else [])) for each in (before, after)))
    assert [each.change for each in found.changed] == ([] if change is None else [change])
    assert found.alike == (2 if change is None else 1)


Sentence = tuple[ScenarioStep, SentenceOutcome]
A_KNOWN = sentence("a", Status.KNOWN, "QO-017", "no get_url")
A_KEPT, A_GONE, A_OPEN = (sentence("a", each) for each in (Status.PASSED, Status.GONE, Status.NOT_JUDGED))
A_LIKE = sentence("a", Status.FAILED, None, "3 files\nThis looks like QO-236: Too many", "3 files")
A_FAILED = sentence("a", Status.FAILED, None, "3 files")
B_KEPT, B_OPEN, B_KNOWN = sentence("b", Status.PASSED), sentence("b", Status.NOT_JUDGED), sentence("b", Status.KNOWN)
B_MOVED = B_KEPT[0].model_copy(update={"line": 12}), B_KEPT[1]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ([A_KNOWN, B_KEPT], [A_KNOWN, B_MOVED], None),
        ([A_KNOWN, B_KEPT], [A_KNOWN, B_KNOWN], Change.FAILING),  # the whole is a known defect in both
        ([A_KNOWN, B_KEPT], [A_KEPT, B_KNOWN], Change.FAILING),  # one goes, another comes
        ([A_KNOWN, B_KNOWN], [A_GONE, B_KNOWN], Change.FIXED),  # in part
        ([A_KNOWN, B_OPEN], [A_KNOWN, B_KNOWN], Change.DIFFERENT),
        ([A_KEPT, B_KEPT], [A_KEPT, B_OPEN], Change.DIFFERENT),
        ([A_FAILED], [A_LIKE], None),  # what the ledger says is not what the product does
        ([A_KEPT, A_KNOWN], [A_KNOWN, A_KEPT], Change.FAILING),  # a sentence that is there twice
    ],
)
def test_each_sentence_is_compared(before: list[Sentence], after: list[Sentence], change: Change | None) -> None:
    def whole(sentences: list[Sentence]) -> ScenarioOutcome:
        outcomes = [outcome for _, outcome in sentences]
        worst = min(
            outcomes, key=lambda each: list(WORST_FIRST).index(each.status) if each.status in WORST_FIRST else 99
        )
        return ended("S", worst.status, defect=worst.defect, message="All of it", sentences=tuple(sentences))

    found = compare_runs(run("embedded", whole(before)), run("embedded", whole(after)))
    assert [each.change for each in found.changed] == ([] if change is None else [change])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("package dana/plots-1a2b3c4d-1 is not there", "package dana/plots-5e6f7a8b-1 is not there"),
        ("package dana/plots-12345678-1 is not there", "package dana/plots-5e6f7a8b-1 is not there"),
        ("test-user/cum-corrupti-1a2b3c4d-1 has 2 files", "test-user/autem-tempore-5e6f7a8b-3 has 2 files"),
        ("package_name='...1a2b3c4d-1', success", "package_name='...6f7a8b9c-1', success"),
        ("it says 'Cum corrupti ipsa.', not", "it says 'Autem tempore quis.', not"),
        ("user ada_1a2b3c4d_2 unknown", "user ada_99aabbcc_2 unknown"),
        (f"revision {'0a' * 32} missing", f"revision {'1b' * 32} missing"),
        ("revision 0a1b2c3d4e missing", "revision 99a1b2c3d4 missing"),
        ("GET http://127.0.0.1:40123/graphql refused", "GET http://127.0.0.1:35001/graphql refused"),
        ("Pool(host='127.0.0.1', port=8012)", "Pool(host='127.0.0.1', port=41234)"),
        ("took 3.21 s, not 2 seconds", "took 4 s, not 12 seconds"),
        ("at 2026-03-09T10:00:01.5Z", "at 2026-03-10T11:10:01Z"),
        ("modified Mon, 09 Mar 2026 10:00:00 GMT", "modified Tue, 10 Mar 2026 11:00:01 GMT"),
        ("expires 1773049200", "expires 1773059213.12"),
        ("no file /tmp/homes-x1/dana/a.csv", "no file /tmp/homes-x2/dana/a.csv"),
        ("version 5f1c63a8-1111-4222-8333-94abcdef0123", "version 00000000-1111-4222-8333-94abcdef0123"),
        (
            "a.csv?versionId=6a1c63a8-1111-4222-8333-94abcdef0123",
            "a.csv?versionId=516a50f1-0d19-411c-8cec-37bc9df3bc6a",
        ),
        ("GET http://localhost:8012/65693108/config.json", "GET http://localhost:8013/9dd83a24/config.json"),
        ("<Package object at 0x7f00aa>", "<Package object at 0x7f00bb>"),
    ],
)
def test_messages_that_differ_only_in_what_changes_from_run_to_run_are_alike(one: str, other: str) -> None:
    assert one != other
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3 files", "4 files"),
        ("no file a.csv", "no file b.csv"),
        ("12345678 bytes", "12345679 bytes"),
        ("HTTP 404", "HTTP 500"),
        ("no file /tmp/homes-x1/a.csv", "no file /tmp/homes-x1/b.csv"),
        ("s3://quilt-mcp-test-data/a/b.csv", "s3://quilt-mcp-test-data/c/b.csv"),
        ("the role defaced", "the role effaced"),
    ],
)
def test_what_the_product_says_stays_different(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


def test_ledger_entries_tell_what_became_of_them(sample_ledger: Ledger) -> None:
    entry = sample_ledger.entries[0].id
    met = [ended(name, Status.KNOWN, defect=entry, message=KNOWN) for name in ("A", "B", "C")]
    now = [ended("A", Status.PASSED), ended("B", Status.FAILED, message="otherwise"), met[2]]
    [found] = compare_runs(run("embedded", *met), run("embedded", *now)).entries(sample_ledger)
    assert (found.id, found.title) == (entry, sample_ledger.entries[0].title)
    assert (found.met_before, found.met_after, found.text) == (3, 1, "1 newly failing, 1 fixed")


def test_many_entries_do_not_make_each_scenario_be_read_again(
    sample_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"QO-{number}" for number in range(100, 130)]
    met = [ended(each, Status.KNOWN, defect=each, message=KNOWN) for each in ids]
    found = compare_runs(run("embedded", *met), run("embedded", *(ended(each, Status.FAILED) for each in ids)))
    read: list[ScenarioOutcome] = []

    def counted(scenario: ScenarioOutcome) -> dict[tuple[str, int], Ending]:
        read.append(scenario)
        return behaviour(scenario)

    monkeypatch.setattr(comparison, "behaviour", counted)
    assert [each.id for each in found.entries(sample_ledger)] == ids
    assert len(read) <= 4 * len(ids)


@pytest.fixture
def build(tmp_path: Path, sample_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compare_command, "load_ledger", lambda: sample_ledger)
    monkeypatch.setattr(compare_command, "BUILD", tmp_path / "build")
    return tmp_path / "build"


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(compare, [str(each) for each in arguments], catch_exceptions=False)


def test_the_command_tells_it_and_writes_a_page(build: Path, tmp_path: Path) -> None:
    write_run(run("embedded", PASSED, version="0.21.0"), tmp_path / "a")
    escaped = ended("S", Status.FAILED, message="AssertionError: <b>3</b> files")
    write_run(run("embedded", escaped), tmp_path / "b")

    worse = command(tmp_path / "a", tmp_path / "b" / "outcomes.json")
    page = (build / "compare" / "index.html").read_text(encoding="utf-8")
    better = command(tmp_path / "b", tmp_path / "a")
    same = command(tmp_path / "a", tmp_path / "a")

    assert (worse.exit_code, better.exit_code, same.exit_code) == (1, 0, 0)
    assert "newly failing: 1\n  S\n    features/a/b.feature:7 [local]\n    before: passed\n" in worse.output
    assert "1 newly failing, 0 fixed, 0 changed in detail, 0 new, 0 removed, 0 as before." in worse.output
    assert "before: quilt-mcp 0.21.0, run of" in worse.output
    assert "1 newly failing, 0 fixed" in page and "&lt;b&gt;3&lt;/b&gt; files" in page and "<b>3" not in page
    assert "0 newly failing, 1 fixed" in better.output


def test_what_cannot_be_compared_is_said_in_one_line(build: Path, tmp_path: Path) -> None:
    write_run(run("embedded", PASSED), tmp_path / "good")
    write_run(run("embedded", PASSED, lost=2), tmp_path / "lost")
    write_run(run("embedded", SKIPPED), tmp_path / "idle")
    content = json.loads((tmp_path / "good" / "outcomes.json").read_text())
    older = [{**each, "verdict": "fine"} for each in content["scenarios"] * 3]
    (tmp_path / "older.json").write_text(json.dumps({**content, "scenarios": older, "colour": "red"}))
    first = {name: value for name, value in content.items() if name != "format"}
    (tmp_path / "first.json").write_text(json.dumps({**first, "scenarios": [{"scenario": "S"}] * 3}))
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "empty").mkdir()

    for name, message in {
        "lost": "2 of its scenarios left no result. Run the features again",
        "idle": "no scenario ran",
        "older.json": "broken, or of another version of the suite (scenarios.0.verdict: is not a field",
        "first.json": "another version of the suite (written in format 1, this version of the suite reads format 3).",
        "broken.json": "broken, or of another version of the suite (",
    }.items():
        with pytest.raises(SuiteError) as refused:
            command(tmp_path / "good", tmp_path / name)
        assert message in str(refused.value)
        assert "\n" not in str(refused.value)


def test_products_are_judged_first_each_in_a_folder_of_its_own_with_one_seed(
    build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands are stood in for: `--product` has tests of its own."""
    calls: list[list[str]] = []

    class Ended:
        returncode = 1

    def start(arguments: list[str], env: dict[str, str], check: bool) -> Ended:
        calls.append(arguments[3:])
        outcome = PASSED if len(calls) == 1 else FAILED
        folder = Path(env["QUILT_ACCEPTANCE_BUILD"])
        write_run(run("embedded", outcome), folder)
        (folder / "report").mkdir()
        return Ended()

    monkeypatch.setattr(compare_command.subprocess, "run", start)

    assert command("0.21.0", "../checkout", "features/a/b.feature", "-m", "smoke").exit_code == 1

    seeds = {each[each.index("--seed") + 1] for each in calls}
    assert len(seeds) == 1
    for product, called in zip(("0.21.0", "../checkout"), calls, strict=True):
        assert called[:3] == ["run", "--product", product]
        assert called[-3:] == ["features/a/b.feature", "-m", "smoke"]
    assert {each.name for each in (build / "compare").iterdir()} == {"before", "after", "index.html"}
    page = (build / "compare" / "index.html").read_text(encoding="utf-8")
    assert 'href="before/report/index.html"' in page
    assert 'href="after/report/index.html"' in page
    assert "Not run in either: " in page


@pytest.mark.slow
def test_a_run_that_could_not_be_made_ends_the_comparison(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SuiteError, match="Judged /nothing: its run ended with exit code 2"):
        command("/nothing", os.devnull)
