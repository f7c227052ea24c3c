"""A deployment with something of everything in it, for the folder."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from full_stack import Full, fill
from stack_wire import ADMINISTRATOR, READER, WRITER, WireDeployment, wire_blueprint

from quilt_stack import lifecycle
from quilt_stack.settings import DeploymentSettings


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    passwords = {user: secrets.token_urlsafe(16) for user in (ADMINISTRATOR, WRITER, READER)}
    settings = DeploymentSettings(state_directory=tmp_path_factory.mktemp("full") / "state", indexing_delay_seconds=0)
    running = lifecycle.start(settings, wire_blueprint(passwords), owned=True)
    try:
        yield fill(WireDeployment(running, passwords, 0))
    finally:
        running.stop()
