"""The distribution alone: installed into an empty environment, and used there as its README shows."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DISTRIBUTION = Path(__file__).resolve().parents[3] / "quilt_stack"
LIMIT_SECONDS = 600
SHOWN = re.compile(
    rf"^```\w+ tested-by=\S*{re.escape(Path(__file__).name)}\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
OWN_TEST = """
import time

import boto3
import quilt3


def test_push_browse_install(stack, tmp_path):
    (tmp_path / "a.csv").write_text("x,y\\n1,2\\n")
    package = quilt3.Package().set("a.csv", tmp_path / "a.csv", meta={"kind": "table"})
    pushed = package.push("lab/own", registry="s3://data", message="First")

    assert "lab/own" in list(quilt3.list_packages(registry="s3://data"))
    browsed = quilt3.Package.browse("lab/own", registry="s3://data")
    assert browsed.top_hash == pushed.top_hash
    assert browsed["a.csv"].meta == {"kind": "table"}
    quilt3.Package.install("lab/own", registry="s3://data", dest=str(tmp_path / "installed"))
    assert (tmp_path / "installed" / "a.csv").read_text() == "x,y\\n1,2\\n"


def test_boto3(stack):
    s3 = boto3.client("s3", **stack.boto3_arguments)
    assert s3.get_object(Bucket="data", Key="lab/own/a.csv")["Body"].read() == b"x,y\\n1,2\\n"

    athena = boto3.client("athena", **stack.boto3_arguments)
    query = athena.start_query_execution(
        QueryString="SELECT CAST(1.5 AS decimal(3, 1)) AS amount",
        WorkGroup="QuiltUserAthena-local-NonManagedRoleWorkgroup",
    )["QueryExecutionId"]
    deadline = time.monotonic() + 60
    while state(athena, query) in ("QUEUED", "RUNNING"):
        assert time.monotonic() < deadline
    rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    assert [row["Data"][0]["VarCharValue"] for row in rows] == ["amount", "1.5"]


def state(athena, query):
    return athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"]
"""


def run(*command: str | Path, folder: Path, environment: dict[str, str] | None = None) -> str:
    """Run a program; returns what it wrote, and fails with it."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a virtual environment, ``environment``, that has the distribution and pytest alone."""
    folder = tmp_path_factory.mktemp("empty")
    leave = shutil.ignore_patterns("build", "*.egg-info", "__pycache__")
    shutil.copytree(DISTRIBUTION, folder / "quilt_stack", ignore=leave)
    uv = Path(sys.executable).with_name("uv")
    run(uv, "venv", "--quiet", "--python", sys.executable, "environment", folder=folder)
    python = folder / "environment" / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--python", python, "./quilt_stack", "pytest", folder=folder)
    shutil.rmtree(folder / "quilt_stack")
    return folder


def surroundings(folder: Path) -> dict[str, str]:
    """Nothing of the caller's, and a home of its own."""
    return {"PATH": f"{folder / 'environment' / 'bin'}{os.pathsep}/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "120"}


@pytest.mark.slow
def test_the_suite_and_the_product_are_not_there(empty: Path) -> None:
    there = "from importlib.metadata import distributions; print(*(each.name for each in distributions()))"
    names = run("environment/bin/python", "-c", there, folder=empty).split()

    assert {"quilt-stack", "quilt3", "pytest"} <= set(names)
    assert not {"quilt-mcp", "quiltops-acceptance", "pytest-bdd"} & set(names)


@pytest.mark.slow
def test_the_command_and_the_types_are_there(empty: Path) -> None:
    assert "reset" in run("environment/bin/quilt-stack", "--help", folder=empty, environment=surroundings(empty))
    assert list(empty.glob("environment/lib/*/site-packages/quilt_stack/py.typed"))


@pytest.mark.slow
def test_every_module_can_be_imported(empty: Path) -> None:
    everything = (
        "import importlib, pkgutil, quilt_stack\n"
        "found = [each.name for each in pkgutil.walk_packages(quilt_stack.__path__, 'quilt_stack.')]\n"
        "for name in found:\n"
        "    if not name.endswith('__main__'): importlib.import_module(name)\n"
        "print(len(found))"
    )
    count = run(
        empty / "environment" / "bin" / "python", "-c", everything, folder=empty, environment=surroundings(empty)
    )

    assert int(count.split()[-1]) > 100


@pytest.mark.slow
def test_the_fixture_of_the_readme_serves_quilt3_and_boto3(empty: Path) -> None:
    shown = dict(SHOWN.findall((DISTRIBUTION / "README.md").read_text(encoding="utf-8")))
    assert set(shown) == {"blueprint.yaml", "conftest.py", "test_tables.py"}
    (empty / "tests").mkdir()
    for name, text in {**shown, "test_own.py": OWN_TEST}.items():
        (empty / "tests" / name).write_text(text, encoding="utf-8")

    said = run("environment/bin/pytest", "-q", "tests", folder=empty, environment=surroundings(empty))

    assert re.search(r"^4 passed", said, re.MULTILINE), said


def test_the_fixture_of_the_readme_has_ten_lines() -> None:
    shown = dict(SHOWN.findall((DISTRIBUTION / "README.md").read_text(encoding="utf-8")))
    assert len(shown["conftest.py"].partition("@pytest.fixture")[2].strip().splitlines()) <= 10


def test_what_is_imported_is_what_is_declared() -> None:
    """What another distribution happens to bring may be gone with its next release."""
    project = tomllib.loads((DISTRIBUTION / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    by_module = packages_distributions()

    imported = {
        canonicalize_name(by_module[name][0])
        for path in (DISTRIBUTION / "src").rglob("*.py")
        for name in imported_names(path)
        if name not in sys.stdlib_module_names and name != "quilt_stack"
    }
    assert imported == declared


def imported_names(path: Path) -> set[str]:
    """Names of the top-level modules that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names
