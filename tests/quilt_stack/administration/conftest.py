"""One deployment for the folder; each test makes users, roles and policies of its own."""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from running_registry import Person

from quilt_stack import lifecycle
from quilt_stack.blueprint import Blueprint
from quilt_stack.running import RunningDeployment
from quilt_stack.settings import DeploymentSettings

with warnings.catch_warnings():
    # A docstring of jsonlines has invalid escapes, of which Python warns once, when it compiles the file.
    warnings.filterwarnings("ignore", "invalid escape sequence", DeprecationWarning)
    import quilt3.session
    import quilt3.util

BLUEPRINT = {
    "buckets": [
        {"name": "results", "title": "Results"},
        {"name": "archive", "title": "Archive"},
        {"name": "bare", "title": "Bare"},
        {"name": "unregistered", "registered": False},
    ],
    "policies": [
        {"title": "results-write", "permissions": {"results": "READ_WRITE", "archive": "READ"}},
        {"title": "archive-read", "permissions": {"archive": "READ"}},
    ],
    "roles": [
        {"name": "analyst", "policies": ["results-write"]},
        {"name": "viewer", "policies": ["archive-read"]},
    ],
    "users": [
        {"name": "ada", "email": "ada@example.com", "role": "analyst", "admin": True, "password": "ada's password"},
        {"name": "grace", "email": "grace@example.com", "role": "viewer", "admin": True},
        {"name": "dana", "email": "dana@example.com", "role": "analyst", "password": "dana's password"},
        {"name": "robot", "email": "robot@example.com", "role": "analyst", "service": True},
    ],
    "default_role": "viewer",
}

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDeployment]:
    directory = tmp_path_factory.mktemp("administration")
    blueprint = Blueprint.model_validate(BLUEPRINT)
    running = lifecycle.start(DeploymentSettings(state_directory=directory / "state"), blueprint, owned=True)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def sign_in(deployment: RunningDeployment) -> Callable[[str], Person]:
    def sign_in(name: str) -> Person:
        return Person(deployment, name, deployment.control.issue_token(name))

    return sign_in


@pytest.fixture(scope="session")
def shared_ada(sign_in: Callable[[str], Person]) -> Person:
    return sign_in("ada")


@pytest.fixture
def quilt3_home(deployment: RunningDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    config = tmp_path / "config.yml"
    config.write_text(json.dumps({"registryUrl": deployment.registry_url}), encoding="utf-8")
    monkeypatch.setattr(quilt3.util, "CONFIG_PATH", config)
    yield
    quilt3.session.clear_api_key()
    quilt3.session.clear_session()


@pytest.fixture
def ada(shared_ada: Person, quilt3_home: None) -> Person:
    """An administrator, for whom quilt3 acts."""
    shared_ada.use_quilt3()
    return shared_ada


@pytest.fixture
def unique() -> Callable[[str], str]:
    """A name that no other test uses."""
    return lambda stem: f"{stem}_{next(_numbers)}"
