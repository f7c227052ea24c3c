"""All subcommands of quilt3's own command line against the stack, as whoever has a code of the registry's page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from stack_wire import OPEN_BUCKET, READER, WRITER, WireDeployment

pytestmark = pytest.mark.slow

LIMIT_SECONDS = 180
REGISTRY = f"s3://{OPEN_BUCKET}"
SUBCOMMANDS = {
    "login",
    "logout",
    "config",
    "config-default-remote-registry",
    "catalog",
    "disable-telemetry",
    "install",
    "list-packages",
    "verify",
    "push",
}
REVISION = """query ($bucket: String!, $name: String!) {
  package(bucket: $bucket, name: $name) { revision(hashOrTag: "latest") { hash message userMeta } } }"""
Quilt3 = Callable[..., str]


@pytest.fixture
def quilt3(wire: WireDeployment, tmp_path: Path) -> Quilt3:
    """Runs ``quilt3`` with a home of its own; returns what it wrote, and fails with it unless told otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "QUILT_"))}
    homes = {name: str(tmp_path / name.lower()) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    environment = {**kept, **homes, "AWS_ENDPOINT_URL": wire.running.aws_url, "QUILT_MINIMIZE_STDOUT": "true"}

    def quilt3(*arguments: str, typed: str = "", succeeds: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, str(Path(sys.executable).with_name("quilt3")), *arguments],
            cwd=tmp_path,
            env=environment,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_SECONDS,
            start_new_session=True,  # without a terminal it reads the code from its standard input
            check=False,
        )
        assert (done.returncode == 0) is succeeds, done.stdout
        return done.stdout

    return quilt3


def code_of(wire: WireDeployment, user: str) -> str:
    """The code that the registry's page asks for, and shows, after somebody signed in there."""
    answer = requests.get(f"{wire.running.registry_url}/api/code", headers=wire.headers(user), timeout=10)
    return str(answer.json()["code"])


def test_every_subcommand_does_its_work(wire: WireDeployment, quilt3: Quilt3, tmp_path: Path) -> None:
    assert set(re.findall(r"^    ([a-z-]+)(?= |$)", quilt3("--help"), re.MULTILINE)) == SUBCOMMANDS
    name = "command/line"
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("a\n1\n", encoding="utf-8")

    quilt3("disable-telemetry")
    quilt3("config", wire.running.catalog_url)
    assert wire.running.catalog_url in quilt3("config")
    assert f"{wire.running.registry_url}/login" in quilt3("login", typed=code_of(wire, WRITER) + "\n")
    quilt3("config-default-remote-registry", REGISTRY)

    pushed = quilt3("push", name, "--dir", "tables", "--message", "By hand", "--meta", '{"crop": "rye"}')
    assert "Successfully pushed" in pushed
    assert name in quilt3("list-packages", REGISTRY).split()
    found = wire.graphql(REVISION, bucket=OPEN_BUCKET, name=name)
    revision = found["package"]["revision"]
    assert (revision["message"], revision["userMeta"]) == ("By hand", {"crop": "rye"})
    assert revision["hash"][:7] in pushed

    quilt3("install", name, "--dest", "installed")
    assert (tmp_path / "installed" / "a.csv").read_text(encoding="utf-8") == "a\n1\n"
    verified = ("verify", name, "--registry", REGISTRY, "--top-hash", revision["hash"], "--dir", "installed")
    assert "Verification succeeded" in quilt3(*verified)
    (tmp_path / "installed" / "a.csv").write_text("changed", encoding="utf-8")
    assert "Verification failed" in quilt3(*verified, succeeds=False)

    # It starts a catalog of its own, which is another distribution; without that it says so.
    assert "quilt3[catalog]" in quilt3("catalog", "--no-browser", succeeds=False)
    assert "Run the Quilt catalog on your machine" in quilt3("catalog", "--detailed-help")
    quilt3("logout")
    quilt3("push", name, "--dir", "tables", "--message", "By nobody", succeeds=False)
    assert wire.graphql(REVISION, bucket=OPEN_BUCKET, name=name) == found


def test_who_may_not_write_is_told(wire: WireDeployment, quilt3: Quilt3, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("a\n1\n", encoding="utf-8")
    quilt3("config", wire.running.catalog_url)
    quilt3("login", typed=code_of(wire, READER) + "\n")

    refused = quilt3("push", "command/refused", "--dir", "tables", "--registry", REGISTRY, succeeds=False)
    assert "AccessDenied" in refused or "Access Denied" in refused
    assert "command/refused" not in quilt3("list-packages", REGISTRY)
