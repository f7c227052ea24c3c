"""The scripts of `acceptance defect show` run by themselves and show the defect, on a deployment that stands."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from entries import made_entry

from authoring.reproduction import ADMINISTRATOR, CATALOG, REGISTRY, reproduction, token_variable
from authoring.running import run_scenarios
from authoring.scenario_record import RecordedScenario
from environment.people.personas import CAST
from environment.settings import ROOT
from environment.targets.embedded import EmbeddedTarget

pytestmark = pytest.mark.slow

PACKAGES = "features/packages"
# what each script has to print, in the words of the product or as what it answered
LOCAL = {
    f"{PACKAGES}/content.feature::A link to a file works for anyone, and expires": (
        "'Package' object has no attribute 'get_url'"
    ),
    f"{PACKAGES}/creation.feature::A file is not confused with a neighbor of a similar name": "success=True",
    f"{PACKAGES}/creation.feature::The publisher is given the catalog page of the new package": (
        "https://catalog.example.com/b/"
    ),
    f"{PACKAGES}/updates.feature::A package that does not exist cannot be updated": "NoSuchKey",
    "features/tabulator/tables.feature::A table that does not exist is reported as not found": (
        "ValidationError: Table not found: no_such_table"
    ),
}
MULTIUSER = {
    f"{PACKAGES}/updates.feature::A package without metadata can be given some": "is not a mapping",
    f"{PACKAGES}/deletion.feature::Nothing is deleted by the first part of a name": "True",
    f"{PACKAGES}/creation.feature::The publisher is given the catalog page of the new package": (
        "https://catalog.example.com/b/"
    ),
    "features/tabulator/tables.feature::A table that does not exist is reported as not found": (
        "ValidationError: Table not found: no_such_table"
    ),
    "features/aws/clients.feature::An unknown service is reported as the caller's mistake": (
        "UnknownServiceError: Unknown service: 'no-service'"
    ),
}


@dataclass(frozen=True)
class Standing:
    """A deployment that stands, and what a script needs to meet it."""

    target: EmbeddedTarget
    environment: dict[str, str]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    state = tmp_path_factory.mktemp("state")
    acceptance = [sys.executable, "-m", "environment.command.main"]
    environment = {**os.environ, "QUILT_ACCEPTANCE_STATE": str(state)}
    subprocess.run([*acceptance, "up"], env=environment, cwd=ROOT, check=True, capture_output=True)
    try:
        target = EmbeddedTarget.attach(state / "deployment")
        assert target is not None
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("QUILT_ACCEPTANCE_STATE", str(state))
            yield Standing(target, _surroundings(target, tmp_path_factory.mktemp("home")))
    finally:
        subprocess.run([*acceptance, "down"], env=environment, cwd=ROOT, check=True, capture_output=True)


def _surroundings(target: EmbeddedTarget, home: Path) -> dict[str, str]:
    """Only what the head of a script asks for, and where AWS is."""
    keys = target.operator().get_credentials()
    assert keys is not None
    frozen = keys.get_frozen_credentials()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        CATALOG: target.catalog_url,
        REGISTRY: target.registry_url,
        ADMINISTRATOR: target.token("admin"),
        "AWS_ENDPOINT_URL": str(target.aws_endpoint_url),
        "AWS_ACCESS_KEY_ID": str(frozen.access_key),
        "AWS_SECRET_ACCESS_KEY": str(frozen.secret_key),
        **({"AWS_SESSION_TOKEN": str(frozen.token)} if frozen.token else {}),
        **{token_variable(persona.name): target.token(persona.account) for persona in CAST},
    }


@pytest.mark.parametrize(("mode", "expected"), [("local", LOCAL), ("multiuser", MULTIUSER)], ids=["local", "multiuser"])
def test_scripts_show_the_defect_without_the_suite(
    standing: Standing, mode: str, expected: dict[str, str], tmp_path: Path
) -> None:
    records = {each.scenario.place: each for each in run_scenarios(list(expected), mode)}
    assert set(records) == set(expected)
    failures = {}
    for number, (place, words) in enumerate(expected.items()):
        script = _script(records[place])
        path = tmp_path / f"reproduction_{number}.py"
        path.write_text(script)
        done = subprocess.run(
            [sys.executable, str(path)],
            env=standing.environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if words not in done.stdout + done.stderr or done.returncode != 0:
            failures[place] = f"{script}\n{done.stdout}{done.stderr}"
    assert not failures, "\n\n".join(failures.values())


def _script(record: RecordedScenario) -> str:
    script = reproduction(made_entry(), record)
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(script))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= {"os", "tempfile", "traceback", "boto3", "requests", "quilt3", "quilt_mcp"}
    return script
