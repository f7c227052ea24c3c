"""Two locks: one for developers, and one for all others, with which everything but the project's own tests works."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from environment.settings import ROOT

# Refuses to import what only developers have.
_REFUSING = """
import sys
class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"only developers have {{name}}")
sys.meta_path.insert(0, Refusing())
"""


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([\w.-]+)==([^ \\]+)", (ROOT / name).read_text("utf-8")))


def only_developers() -> set[str]:
    return set(locked("requirements.lock")) - set(locked("requirements-run.lock"))


def test_users_get_the_same_versions_as_developers_without_what_only_those_need() -> None:
    users, developers = locked("requirements-run.lock"), locked("requirements.lock")
    assert len(users) > 100
    assert users.items() <= developers.items()
    assert {"mypy", "ruff", "hypothesis", "playwright", "zizmor", "allure-pytest"} <= only_developers()


def asked_for(lock: str) -> list[Requirement]:
    """What both pyproject.toml ask for that is installed with a lock."""
    suite, stack = (
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8")) for folder in ("", "quilt_stack")
    )
    both = [*suite["project"]["dependencies"], *stack["project"]["dependencies"]]
    lines = {
        "requirements.lock": [*both, *suite["project"]["optional-dependencies"]["development"]],
        "requirements-run.lock": both,
        "requirements-build.lock": suite["dependency-groups"]["build"],
        "requirements-checks.lock": suite["dependency-groups"]["checks"],
    }
    return [Requirement(line) for line in lines[lock]]


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_the_locks_satisfy_what_is_asked_for(lock: str) -> None:
    """A change of pyproject.toml alone, as Dependabot proposes it, would be judged with what the lock still names."""
    text = (ROOT / lock).read_text("utf-8")
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"(?m)^([\w.-]+)==([^ \\;]+)", text):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    unsatisfied = [
        f"{each} ({', '.join(found) or 'not there'})"
        for each in asked_for(lock)
        for found in [versions.get(canonicalize_name(each.name), set())]
        if not found or not all(each.specifier.contains(version, prereleases=True) for version in found)
    ]
    assert unsatisfied == [], (
        f"{lock} does not have what pyproject.toml asks for: say `make lock`, and commit the locks"
    )


def test_every_package_is_held_to_its_hashes_and_no_registry_is_named() -> None:
    locks = sorted(path.name for path in ROOT.glob("requirements*.lock"))
    assert locks == [f"requirements{kind}.lock" for kind in ("-build", "-checks", "-run", "")]
    for name in locks:
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert all("--hash=sha256:" in each for each in re.split(r"(?m)^(?=[\w.-]+==)", text)[1:])


def test_nothing_is_installed_that_is_not_held_to_a_hash() -> None:
    """What builds the two projects is installed before, out of a lock: an isolated build would take the newest."""
    lines = [line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "pip install" in line]
    projects = [line for line in lines if "--editable" in line]
    assert len(lines) == 4 and len(projects) == 1
    assert {"--no-deps", "--no-build-isolation"} <= set(projects[0].split())
    assert all("--require-hashes" in line for line in lines if line not in projects)
    assert {"setuptools", "uv"} <= set(locked("requirements-build.lock"))


@pytest.mark.slow
def test_runs_and_reports_work_without_what_only_developers_need(tmp_path: Path) -> None:
    names = {module for module, owners in packages_distributions().items() if set(owners) <= only_developers()}
    assert {"mypy", "playwright", "hypothesis", "allure_pytest"} <= names
    (tmp_path / "sitecustomize.py").write_text(_REFUSING.format(names=sorted(names)), "utf-8")
    environment = {
        "PYTHONPATH": str(tmp_path),
        "QUILT_ACCEPTANCE_BUILD": str(tmp_path / "build"),
        "HOME": str(tmp_path),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert "only developers have mypy" in run("-c", "import mypy").stderr
    feature = "features/catalog/buckets.feature"
    done = run("-m", "environment.command.main", "run", "--no-report", "-n0", "--shard", "1/2", feature)
    assert done.returncode == 0, done.stdout + done.stderr
    merged = run(
        "-m", "environment.command.main", "report", "merge", str(tmp_path / "build"), "--build", str(tmp_path / "b")
    )
    assert "left no result" in merged.stdout and (tmp_path / "b" / "report" / "summary.md").is_file(), merged.stderr
