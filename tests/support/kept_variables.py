"""A test that leaves environment variables behind fails: the next one in its process would run with them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

_PYTEST = "PYTEST_CURRENT_TEST"


def _variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != _PYTEST}


@pytest.fixture(autouse=True)
def _kept_variables() -> Iterator[None]:
    before = _variables()
    yield
    after = _variables()
    if changed := sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)):
        for name in changed:
            os.environ.pop(name, None)
        os.environ.update(before)
        pytest.fail(f"left other environment variables behind: {', '.join(changed)}")
