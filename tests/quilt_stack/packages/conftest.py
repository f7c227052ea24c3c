"""A registry for each module of tests, and a quilt3 that uses its S3."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from in_process_registry import InProcessRegistry

from environment.running.acceleration import shared_botocore_loader

with warnings.catch_warnings():
    # A docstring of jsonlines has invalid escapes, of which Python warns once, when it compiles the file.
    warnings.filterwarnings("ignore", "invalid escape sequence", DeprecationWarning)
    import quilt3.packages  # noqa: F401


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcessRegistry]:
    with InProcessRegistry(tmp_path_factory.mktemp("registry")).running() as running:
        yield running


@pytest.fixture
def quilt3_environment(registry: InProcessRegistry, monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcessRegistry]:
    """What quilt3 needs to find the endpoint by itself; quilt3 is the unmodified library."""
    for name, value in registry.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("QUILT_DISABLE_USAGE_METRICS", "true")
    monkeypatch.setenv("QUILT_MINIMIZE_STDOUT", "true")
    with shared_botocore_loader():
        yield registry
