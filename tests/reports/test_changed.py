"""`--changed`: from a change of the product to the scenarios that reach it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest

from environment.errors import SuiteError
from environment.gherkin.records import SCENARIO
from environment.product.judged import PACKAGE
from environment.settings import ROOT
from reports.changed_lines import EVERY_LINE, changes, touched
from reports.changed_selection import ChangedSelection, installed_root
from reports.product import product_root
from reports.product_coverage import CoverageRecord, product_version, write_coverage

FEATURE = "features/catalog/buckets.feature"
MODULE = '''"""A module."""

LIMIT = 3


def first():
    one = 1
    # a comment
    return one


def second():
    return 2
'''


def write(folder: Path, **modules: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Dana", "-c", "user.email=dana@example.com"]
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("    one = 1", "    one = 2", [7]),
        ("    return one", "    one += 1\n    return one", [8, 9]),
        ("    return 2\n", "    return 2\n\n\ndef third():\n    return 3\n", [13, 14]),
        ("    # a comment", "    # another comment", []),
        ("    # a comment\n", "\n", []),
        ("LIMIT = 3", "LIMIT = 4", EVERY_LINE),
    ],
)
def test_change_touches_lines_of_the_earlier_text(before: str, after: str, lines: Any) -> None:
    assert touched(MODULE, MODULE.replace(before, after)) == lines


def test_modules_are_held_against_the_text_that_was_recorded(tmp_path: Path) -> None:
    installed = write(tmp_path / "installed", same=MODULE, changed=MODULE, gone=MODULE)
    recorded = product_version(installed, "0.22.0")
    judged = write(tmp_path / "judged", same=MODULE, changed=MODULE.replace("return 2", "return 3"), new=MODULE)
    found = changes(recorded, judged, installed)
    assert {name: list(lines)[:99] for name, lines in found.items() if lines is not EVERY_LINE} == {
        "changed.py": [13],
        "gone.py": list(range(1, 14)),
    }
    assert set(found) == {"changed.py", "gone.py", "new.py"}


def test_module_whose_recorded_text_is_lost_counts_all_over(tmp_path: Path) -> None:
    recorded = product_version(write(tmp_path / "recorded", one=MODULE), "0.22.0")
    judged = write(tmp_path / "judged", one=MODULE.replace("return 2", "return 3"))
    other = write(tmp_path / "other", one=MODULE.replace("return 2", "return 4"))
    assert changes(recorded, judged, other)["one.py"] is EVERY_LINE


def test_checkout_is_held_against_its_own_commits(tmp_path: Path) -> None:
    checkout = write(tmp_path / "checkout", one=MODULE, two=MODULE)
    recorded = product_version(checkout, "0.22.0")
    git(checkout, "init", "-q")
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "first")
    write(checkout, two=MODULE.replace("one = 1", "one = 5"))
    git(checkout, "commit", "-qam", "second")
    write(checkout, one=MODULE.replace("return 2", "return 3"))
    nowhere = tmp_path / "nowhere"
    assert {name: list(lines) for name, lines in changes(recorded, checkout, nowhere, "HEAD~1").items()} == {
        "one.py": [13],
        "two.py": [7],
    }
    assert list(changes(recorded, checkout, nowhere, "HEAD")) == ["one.py"]


def test_commit_that_is_none_is_one_line(tmp_path: Path) -> None:
    folder = write(tmp_path, one=MODULE)
    git(folder, "init", "-q")
    with pytest.raises(SuiteError, match=r"Compared with no-such-commit in .*Give a commit of the checkout"):
        changes(product_version(folder, "0.22.0"), folder, folder, "no-such-commit")


def test_scenarios_that_reach_a_changed_line_are_left_and_those_that_are_new(tmp_path: Path) -> None:
    root = write(tmp_path, one=MODULE)
    record = CoverageRecord(
        product=product_version(root, "0.22.0"),
        lines={"f::first": {"one.py": "7-9"}, "f::second": {"one.py": "13"}, "f::neither": {}},
    )
    selection = ChangedSelection(record, {"one.py": [13]})
    items: Any = [
        SimpleNamespace(nodeid=f"f::{name}", stash={SCENARIO: None}) for name in ("first", "second", "neither", "new")
    ]
    gone: list[Any] = []
    config: Any = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda items: gone.extend(items)))
    selection.pytest_collection_modifyitems(config, items)
    assert [item.nodeid for item in items] == ["f::second", "f::new"]
    assert len(gone) == 2
    assert selection.pytest_report_collectionfinish() == "--changed: one.py; reached by 2 scenario runs"


@pytest.mark.slow
def test_without_a_record_one_line_says_which_command_makes_it(tmp_path: Path) -> None:
    missing = tmp_path / "coverage.json"
    done = collected("--changed", f"--coverage-record={missing}")
    assert done.returncode != 0
    [line] = [line for line in done.stderr.splitlines() if line.strip()]
    assert "No such file or directory. Record it again: acceptance strength" in line


def test_unchanged_product_leaves_nothing_but_new_scenarios(tmp_path: Path) -> None:
    root = product_root(tmp_path)
    record = CoverageRecord(product=product_version(root, "0.22.0"), lines={})
    write_coverage(record, tmp_path / "coverage.json")
    assert changes(record.product, root, installed_root(root)) == {}


@pytest.mark.slow
def test_changed_product_leaves_what_reaches_the_change(tmp_path: Path) -> None:
    """A copy of the product before the installed one, as `acceptance run --product` puts it there."""
    installed = product_root(tmp_path)
    shutil.copytree(installed, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    module = "backends/platform_backend.py"
    text = (installed / module).read_text()
    line = next(number for number, each in enumerate(text.splitlines(), start=1) if "query ListBuckets" in each)
    changed = tmp_path / PACKAGE / module
    changed.write_text(text.replace("query ListBuckets", "query ListAllBuckets"))
    record = CoverageRecord(
        product=product_version(installed, "0.22.0"),
        lines={f"{FEATURE}::{each}": {} for each in _names()},
    )
    reaching = f"{FEATURE}::A reviewer sees his buckets[multiuser]"
    record.lines[reaching] = {module: f"{line - 5}-{line + 5}"}
    write_coverage(record, tmp_path / "coverage.json")
    option = f"--coverage-record={tmp_path / 'coverage.json'}"
    done = collected("--changed", option, PYTHONPATH=str(tmp_path))
    assert f"--changed: {module}; reached by 1 scenario runs" in done.stdout, done.stdout + done.stderr
    assert reaching in done.stdout


def _names() -> list[str]:
    listed = [line for line in collected().stdout.splitlines() if line.startswith(FEATURE)]
    return [line.partition("::")[2] for line in listed]


def collected(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        FEATURE,
        "--collect-only",
        "-q",
        f"--known-defects={os.devnull}",
        *arguments,
    ]
    with TemporaryDirectory() as build:  # the checkout's may hold another product
        environment = {**os.environ, "QUILT_ACCEPTANCE_BUILD": build, **variables, "COLUMNS": "400"}
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
