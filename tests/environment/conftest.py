"""What the tests of the suite's surroundings share: a deployment of the suite's shape, and the imported product."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance_process import Workshop

from environment.targets.embedded import EmbeddedTarget
from quilt_stack import DeploymentSettings


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedTarget]:
    """A deployment that this test process owns."""
    state = tmp_path_factory.mktemp("embedded") / "state"
    target = EmbeddedTarget.start(DeploymentSettings(state_directory=state))
    yield target
    target.close()


@pytest.fixture(scope="session")
def product() -> None:
    """quilt3 and quilt-mcp, imported; what their dependencies warn of at import is not judged here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import quilt_mcp.ops.factory  # noqa: F401


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """Where the commands of one test keep state and results."""
    return Workshop(tmp_path)
