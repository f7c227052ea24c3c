"""What quilt3, quilt-mcp and boto3 keep per process is known, fresh in a scenario, and put back after it."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from environment.driving import process_state
from environment.driving.process_state import (
    ATTRIBUTES,
    CACHES,
    DENY_ALL_ENVIRONMENT,
    cleaned_environment,
    isolated,
    relocate_quilt3,
)
from environment.settings import ROOT

pytestmark = pytest.mark.usefixtures("product")

# Telemetry is switched off by the environment, and belongs to nobody: it counts calls of the MCP server.
NOT_OF_A_USER = {
    ("quilt_mcp.telemetry.transport", "_global_http_transport"),
    ("quilt_mcp.telemetry.collector", "_global_collector"),
}


class SomethingElseError(Exception):
    """What a scenario may raise."""


def container(module: str, owner: str | None, name: str) -> Any:
    found = importlib.import_module(module)
    return getattr(getattr(found, owner) if owner else found, name)


def something(name: str) -> object:
    """A value for an attribute; quilt3's session is one that can be closed."""
    return requests.Session() if name == "_session" else object()


def assigned_globals(package: str) -> set[tuple[str, str]]:
    """Every module attribute that a function of the installed package assigns anew."""
    specification = importlib.util.find_spec(package)
    assert specification is not None and specification.origin is not None
    root = Path(specification.origin).parent
    found = set()
    for path in root.rglob("*.py"):
        module = ".".join((package, *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Global):
                found.update((module, name) for name in node.names)
    return found


@pytest.mark.parametrize(("module", "name"), ATTRIBUTES)
def test_the_installed_libraries_have_each_attribute(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


@pytest.mark.parametrize(("module", "owner", "name"), CACHES)
def test_the_installed_libraries_have_each_cache(module: str, owner: str | None, name: str) -> None:
    assert callable(container(module, owner, name).clear)


@pytest.mark.parametrize("package", ["quilt3", "quilt_mcp"])
def test_no_state_of_the_installed_libraries_is_forgotten(package: str) -> None:
    assert assigned_globals(package) - NOT_OF_A_USER <= set(ATTRIBUTES)


@pytest.mark.parametrize(("module", "name"), ATTRIBUTES)
@pytest.mark.parametrize("raises", [False, True], ids=["after a scenario", "after one that raised"])
def test_each_attribute_is_put_back(module: str, name: str, raises: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    place, before = importlib.import_module(module), something(name)
    monkeypatch.setattr(place, name, before)

    with pytest.raises(SomethingElseError) if raises else monkeypatch.context(), isolated():
        setattr(place, name, something(name))
        if raises:
            raise SomethingElseError

    assert getattr(place, name) is before


@pytest.mark.parametrize(("module", "owner", "name"), CACHES)
@pytest.mark.parametrize("raises", [False, True], ids=["after a scenario", "after one that raised"])
def test_each_cache_is_empty_in_a_scenario_and_after_it(
    module: str, owner: str | None, name: str, raises: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = container(module, owner, name)
    cache["of somebody before"] = "theirs"

    with pytest.raises(SomethingElseError) if raises else monkeypatch.context(), isolated():
        assert not cache
        cache["of this scenario"] = "ours"
        if raises:
            raise SomethingElseError

    assert not cache


def test_a_scenario_meets_no_session_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3
    import quilt3.session

    monkeypatch.setattr(quilt3.session, "_session", something("_session"))
    monkeypatch.setattr(quilt3.session, "_api_key", "somebody's")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", "somebody's")

    with isolated():
        assert quilt3.session._session is None
        assert quilt3.session._api_key is None
        assert boto3.DEFAULT_SESSION is None


def test_the_runtime_context_is_put_back() -> None:
    from quilt_mcp.context import runtime_context

    before = runtime_context.get_runtime_state()
    with isolated():
        runtime_context.push_runtime_context(environment="web", metadata={"of": "this scenario"})
        assert runtime_context.get_runtime_state() != before

    assert runtime_context.get_runtime_state() == before


@pytest.mark.parametrize("raises", [False, True], ids=["after a scenario", "after one that raised"])
def test_the_environment_is_put_back(raises: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUILT_KEPT", "before")
    before = dict(os.environ)

    with pytest.raises(SomethingElseError) if raises else monkeypatch.context(), isolated():
        os.environ["QUILT_CATALOG_URL"] = "https://example.org"
        os.environ["QUILT_KEPT"] = "during"
        del os.environ["PATH"]
        if raises:
            raise SomethingElseError

    assert dict(os.environ) == before


def test_quilt3_finds_its_files_in_the_home_that_it_was_given(tmp_path: Path) -> None:
    import quilt3

    with isolated():
        relocate_quilt3(tmp_path)
        quilt3.config(default_local_registry=(tmp_path / "registry").as_uri())

        assert os.environ["HOME"] == str(tmp_path)
        for module, name in ATTRIBUTES:
            value = getattr(importlib.import_module(module), name)
            if name.endswith(("_PATH", "_DIR")):
                assert Path(value).is_relative_to(tmp_path), f"{module}.{name}"
            if name == "CONFIG_TEMPLATE":
                assert tmp_path.as_uri() in value
        assert (tmp_path / ".local/share/Quilt/config.yml").is_file()


def test_the_environment_of_scenarios_has_deny_all_keys_and_nothing_of_the_machines_user() -> None:
    mine = {
        "AWS_ACCESS_KEY_ID": "AKIAREALONE000000000",
        "AWS_SESSION_TOKEN": "real",
        "AWS_PROFILE": "production",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/credentials",
        "QUILT_API_KEY": "real",
        "QUILT_TEST_JWT_TOKEN": "real",
        "AWS_CA_BUNDLE": "/etc/ssl/own.pem",
        "QUILT_ACCEPTANCE_ACCELERATION": "off",
        "PATH": "/usr/bin",
    }

    cleaned = cleaned_environment(mine)

    kept = {"AWS_CA_BUNDLE", "QUILT_ACCEPTANCE_ACCELERATION", "PATH"}
    assert {name: cleaned[name] for name in kept} == {name: mine[name] for name in kept}
    assert cleaned.items() >= DENY_ALL_ENVIRONMENT.items()
    assert set(cleaned) == kept | set(DENY_ALL_ENVIRONMENT) | set(process_state.QUIET_ENVIRONMENT)


def test_botocore_finds_the_deny_all_keys_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    import botocore.session

    with monkeypatch.context() as patched:
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"):
            patched.delenv(name, raising=False)
        for name, value in DENY_ALL_ENVIRONMENT.items():
            patched.setenv(name, value)
        session = botocore.session.Session()
        credentials = session.get_credentials()

    assert credentials.method == "env"
    assert credentials.access_key == DENY_ALL_ENVIRONMENT["AWS_ACCESS_KEY_ID"]
    assert session.available_profiles == []


def test_what_cannot_be_dropped_keeps_nothing_else_from_being_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import quilt3.session
    import quilt3.util

    class Stuck:
        def close(self) -> None:
            raise SomethingElseError

    before = dict(os.environ)
    monkeypatch.setattr(quilt3.util, "BASE_DIR", "before")
    with pytest.raises(SomethingElseError), isolated():
        quilt3.session._session = Stuck()
        quilt3.util.BASE_DIR = "during"
        os.environ["QUILT_CATALOG_URL"] = "https://example.org"

    assert (quilt3.session._session, quilt3.util.BASE_DIR, dict(os.environ)) == (None, "before", before)


def test_nothing_of_the_suite_imports_the_product_before_the_environment_is_clean() -> None:
    """At its import quilt3 decides for good whether it sends telemetry, and quilt-mcp what its settings are."""
    code = (
        "import sys; from authoring.sentence_list import fixtures, vocabulary; fixtures(); vocabulary(); "
        "print(*(name for name in sys.modules if name.partition('.')[0] in {'quilt3', 'quilt_mcp'}))"
    )
    imported = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert imported.stdout.split() == []
