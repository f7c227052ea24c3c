"""The whole command on a product of a few lines: what is noticed, going on, parts, the floor, the page, the trend."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from fault_shop import Shop, new_shop, number_of_faults

from reports.product_coverage import expanded, read_coverage
from strength.verdicts import Result


@pytest.mark.slow
def test_what_scenarios_see_is_noticed_and_what_none_sees_is_not(measured_shop: Shop) -> None:
    noticed = measured_shop.verdict("put", "comparison")
    assert (noticed.result, noticed.before, noticed.after) == (Result.NOTICED, ">=", ">")
    assert noticed.by is not None
    assert "::A shelf is full[" in noticed.by
    unnoticed = measured_shop.verdict("wait_for", "string")
    assert unnoticed.result is Result.UNNOTICED
    assert {each.partition("::")[2] for each in unnoticed.passed_over} == {
        "Plums come by themselves[local]",
        "Plums come by themselves[multiuser]",
    }


@pytest.mark.slow
def test_a_constant_of_the_module_is_reached_through_its_name(measured_shop: Shop) -> None:
    assert measured_shop.verdict("module", "off by one").result is Result.NOTICED


def test_a_known_defect_that_no_longer_occurs_notices(measured_shop: Shop) -> None:
    verdict = measured_shop.verdict("count", "deleted statement")
    assert verdict.result is Result.NOTICED
    assert "no longer occurs" in verdict.message


def test_what_nobody_reaches_counts_as_unnoticed_and_is_said_so(measured_shop: Shop) -> None:
    verdict = measured_shop.verdict("never_called", "string")
    assert verdict.result is Result.NEVER_REACHED
    assert verdict.result.counts


def test_an_endless_loop_is_a_hang(measured_shop: Shop) -> None:
    verdict = measured_shop.verdict("wait_for", "deleted statement")
    assert verdict.result is Result.HANGS
    assert "did not end within 2 s, twice" in verdict.message


def test_a_product_that_cannot_be_imported_is_noticed_at_import_and_counted_apart(measured_shop: Shop) -> None:
    verdict = measured_shop.verdict("module", "dropped field")
    assert (verdict.result, verdict.message) == (Result.IMPORT, "KeyError: 'pear'")
    assert not verdict.result.counts


def test_the_page_lists_each_fault_with_its_place_and_who_passed_over_it(measured_shop: Shop) -> None:
    page = (measured_shop.build / "index.html").read_text(encoding="utf-8")
    assert "counter.py:40 wait_for: string" in page or re.search(r"counter\.py:\d+ wait_for: string", page)
    assert "Plums come by themselves[local]" in page
    assert "<h2>By module</h2>" in page
    assert "<h2>Trend</h2>" in page
    assert page.count("<details") == number_of_faults()


def test_the_trend_has_a_line_for_each_measurement(measured_shop: Shop) -> None:
    [line] = (measured_shop.build.parent / "history" / "strength.jsonl").read_text(encoding="utf-8").splitlines()
    point = json.loads(line)
    measured = measured_shop.measurement
    assert point["whole"] == {"noticed": measured.noticed, "judged": len(measured.judged)}
    assert point["seed"] == 11
    assert set(point["by_module"]) == {"counter.py"}
    assert point["by_kind"]["swapped exception"] == {"noticed": 1, "judged": 1}


def test_the_coverage_tells_which_lines_a_scenario_runs(measured_shop: Shop) -> None:
    record = read_coverage(measured_shop.build / "coverage.json")
    text = (measured_shop.folder / "shop" / "counter.py").read_text(encoding="utf-8").splitlines()
    body = next(number for number, line in enumerate(text, start=1) if "turns = 0" in line)
    assert {each.partition("::")[2] for each in record.scenarios_reaching("counter.py", [body])} == {
        "Plums come by themselves[local]",
        "Plums come by themselves[multiuser]",
    }
    assert all(expanded(lines["counter.py"]) for lines in record.lines.values())


@pytest.mark.slow
def test_a_measurement_that_was_broken_off_goes_on(measured_shop: Shop) -> None:
    """As after a kill in mid-write: whole lines are kept, the one cut short is judged again."""
    shop = recorded(measured_shop, "broken-off")
    done = shop.strength("--faults", "4")
    assert done.returncode == 0, done.stdout + done.stderr
    file = shop.build / "verdicts-seed-11-4.jsonl"
    plan, *verdicts = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([plan, *verdicts[:2], verdicts[2][:40]]), encoding="utf-8")
    again = shop.strength("--faults", "4")
    assert "2 of 4 faults were judged before." in again.stdout
    assert "2/2 " in again.stdout
    assert not re.search(r"\b3/\d", again.stdout)
    assert file.read_text(encoding="utf-8").splitlines()[:3] == [plan, *verdicts[:2]]
    assert len(shop.measurement.verdicts) == 4
    third = shop.strength("--faults", "4")
    assert third.returncode == 0
    assert re.search(r"\b\d/\d ", third.stdout) is None, "nothing was left to judge"


@pytest.mark.slow
def test_parts_make_the_whole(measured_shop: Shop) -> None:
    shop = recorded(measured_shop, "parts")
    for number in (1, 2):
        done = shop.strength("--faults", "5", "--shard", f"{number}/2")
        assert done.returncode == 0, done.stdout + done.stderr
        (shop.folder / f"part-{number}").mkdir()
        shutil.copy(shop.build / "strength.json", shop.folder / f"part-{number}")
        assert shop.measurement.shard == f"{number}/2"
    merged = shop.strength("merge", "part-1", "part-2")
    assert merged.returncode == 0, merged.stdout + merged.stderr
    whole = {each.id: each.result for each in shop.measurement.verdicts}
    assert len(whole) == 5
    assert whole == {each.id: each.result for each in measured_shop.measurement.verdicts if each.id in whole}
    missing = shop.strength("merge", "part-1")
    assert missing.returncode == 2
    assert "a part that was not named left no result, 3 of 5 faults were judged." in missing.stdout
    twice = shop.strength("merge", "part-1", "part-1")
    assert "is there twice. Name each part once" in twice.stderr


@pytest.mark.slow
def test_below_the_floor_the_exit_code_says_so_and_the_floor_only_rises(measured_shop: Shop) -> None:
    shop, number = recorded(measured_shop, "floor"), number_of_faults()
    for name in ("strength.json", f"verdicts-seed-11-{number}.jsonl"):
        shutil.copy(measured_shop.build / name, shop.build)
    floor, reached = shop.folder / "floor.json", measured_shop.measurement.percent
    of_all = ["--faults", str(number), "--floor", str(floor)]

    def written() -> float:
        return float(json.loads(floor.read_text(encoding="utf-8"))["percent"])

    floor.write_text(json.dumps({"seed": 11, "faults": number, "percent": 100}), encoding="utf-8")
    below = shop.strength(*of_all, "--raise-floor")
    assert below.returncode == 1
    assert "The floor is 100 %" in below.stdout
    assert written() == 100
    floor.write_text(json.dumps({"seed": 11, "faults": number, "percent": 1}), encoding="utf-8")
    assert shop.strength(*of_all).returncode == 0
    assert written() == 1, "nobody asked for it to rise"
    assert shop.strength(*of_all, "--raise-floor").returncode == 0
    assert written() == int(reached)
    assert shop.strength("merge", str(shop.build), "--floor", str(floor)).returncode == 0
    floor.write_text(json.dumps({"seed": 12, "faults": number, "percent": 1}), encoding="utf-8")
    other = shop.strength(*of_all)
    assert (other.returncode, lines(other.stderr)) == (2, 1)
    assert f"it is that of {number} faults of seed 12" in other.stderr


def test_a_new_scenario_is_recorded_and_one_that_is_gone_is_not_run(measured_shop: Shop) -> None:
    shop = recorded(measured_shop, "new-scenario")
    shop.change("features/shop/counting.feature", "Scenario: Two pears are two", "Scenario: A pear and a pear are two")
    done = shop.strength("--fault", "counter.py::count::off-by-one::1")
    assert "Recording how 2 scenarios end" in done.stdout, done.stdout + done.stderr
    assert "1/1 noticed" in done.stdout
    reference = (shop.build / "reference.json").read_text(encoding="utf-8")
    assert "A pear and a pear are two[local]" in reference
    assert "Two pears are two[local]" not in reference


def test_a_scenario_that_keeps_its_name_is_recorded_again_when_a_sentence_of_it_changes(measured_shop: Shop) -> None:
    shop = recorded(measured_shop, "changed-scenario")
    shop.change("features/shop/counting.feature", "Given a shelf with 3 pears", "Given a shelf with 3 plums")
    done = shop.strength("--fault", "counter.py::count::off-by-one::1")
    assert "Recording how 2 scenarios end" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_one_fault_is_judged_again_by_its_id(measured_shop: Shop) -> None:
    shop = recorded(measured_shop, "one")
    done = shop.strength("--fault", "counter.py::put::comparison::1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1/1 noticed" in done.stdout
    unknown = shop.strength("--fault", "counter.py::put::comparson::1")
    assert (unknown.returncode, lines(unknown.stderr)) == (2, 1)
    assert "counter.py::put::comparison::1" in unknown.stderr


def recorded(measured: Shop, name: str) -> Shop:
    """Another copy of the sample, with what was recorded, so that no test need record again."""
    shop = new_shop(measured.folder.with_name(name))
    shop.build.mkdir(parents=True)
    for file in ("coverage.json", "reference.json"):
        shutil.copy(measured.build / file, shop.build)
    return shop


def lines(text: str) -> int:
    return len(text.strip().splitlines())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("shop/counter.py", "import logging\n", "import logging\nimport no_such_module\n", "No module named"),
        ("shop/counter.py", "LARGEST = 3", "LARGEST = = 3", r"counter\.py:\d+: invalid syntax"),
        ("shop/counter.py", "LARGEST = 3", "raise SystemExit(3)", "SystemExit: 3"),
        ("pyproject.toml", 'parts = ["*.py"]', 'parts = ["ops/*.py"]', "there is no such module"),
        ("pyproject.toml", 'package = "shop"', 'package = "shopp"', "there is none. Install the product"),
        ("pyproject.toml", "[tool.acceptance.strength]", "[tool.other]", "there is no such section"),
        ("pyproject.toml", 'entry = "shop.counter"', "", "entry: is missing"),
    ],
)
def test_a_product_that_cannot_be_judged_is_one_line(shop: Shop, file: str, old: str, new: str, message: str) -> None:
    shop.change(file, old, new)
    done = shop.strength("--faults", "2")
    assert (done.returncode, lines(done.stderr)) == (2, 1), done.stderr
    assert re.search(message, done.stderr), done.stderr
    assert not list(shop.build.glob("strength.json")) + list(shop.build.glob("index.html"))


@pytest.mark.slow
def test_scenarios_none_of_which_can_judge_are_one_line(shop: Shop) -> None:
    shop.change("shop_steps.py", "    return []\n", '    raise RuntimeError("no shelf")\n')
    done = shop.strength("--faults", "2")
    assert (done.returncode, lines(done.stderr)) == (2, 1), done.stderr
    assert "none of 8 ends well on the unchanged product" in done.stderr
    assert not (shop.build / "strength.json").exists()


@pytest.mark.slow
def test_what_was_recorded_of_another_product_is_one_line(measured_shop: Shop) -> None:
    shop = recorded(measured_shop, "other-product")
    shop.change("shop/counter.py", "LARGEST = 3", "LARGEST = 4")
    done = shop.strength("--faults", "2")
    assert (done.returncode, lines(done.stderr)) == (2, 1), done.stderr
    assert re.search(r"coverage\.json: it is of version .* this is .*: counter\.py differ", done.stderr), done.stderr
    assert "acceptance strength record" in done.stderr
    assert not list(shop.build.glob("verdicts*"))


@pytest.mark.slow
def test_verdicts_of_another_suite_are_one_line(measured_shop: Shop) -> None:
    shop = recorded(measured_shop, "other-suite")
    assert shop.strength("--faults", "2").returncode == 0
    before = (shop.build / "verdicts-seed-11-2.jsonl").read_bytes()
    shop.change("features/shop/counting.feature", "The shop knows", "The shop always knows")
    done = shop.strength("--faults", "2")
    assert (done.returncode, lines(done.stderr)) == (2, 1), done.stderr
    assert "it is of suite" in done.stderr
    assert (shop.build / "verdicts-seed-11-2.jsonl").read_bytes() == before
    assert shop.strength("--faults", "2", "--fresh").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--shard", "3/2"], "is no part of a run"),
        (["--faults", "100000"], "Ask for fewer with --faults"),
        (["--floor", "nowhere.json"], "Read the floor"),
        (["merge", "nowhere"], "there is no measurement"),
    ],
)
def test_a_wrong_option_is_one_line(shop: Shop, arguments: list[str], message: str) -> None:
    done = shop.strength(*arguments)
    assert (done.returncode, lines(done.stderr)) == (2, 1), done.stderr
    assert message in done.stderr
