"""One real deployment for all tests that need the wire.

It is one for each xdist worker, not one for the run: tests move its clock and set faults, which would hit the tests of
the other worker.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

import pytest
from stack_wire import ADMINISTRATOR, READER, WRITER, WireDeployment, wire_blueprint

from quilt_stack import lifecycle
from quilt_stack.settings import DeploymentSettings


@pytest.fixture(scope="session")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireDeployment]:
    """A deployment process that this test process owns."""
    passwords = {user: secrets.token_urlsafe(16) for user in (ADMINISTRATOR, WRITER, READER)}
    directory = tmp_path_factory.mktemp("wire")
    started = time.perf_counter()
    running = lifecycle.start(
        DeploymentSettings(state_directory=directory / "state"), wire_blueprint(passwords), owned=True
    )
    try:
        yield WireDeployment(running, passwords, time.perf_counter() - started)
    finally:
        running.stop()
