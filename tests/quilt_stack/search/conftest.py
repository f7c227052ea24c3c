"""A registry for each module of tests."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from in_process_registry import InProcessRegistry

with warnings.catch_warnings():
    # A docstring of jsonlines has invalid escapes, of which Python warns once, when it compiles the file.
    warnings.filterwarnings("ignore", "invalid escape sequence", DeprecationWarning)
    import quilt3.packages  # noqa: F401


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcessRegistry]:
    with InProcessRegistry(tmp_path_factory.mktemp("registry")).running() as running:
        yield running
