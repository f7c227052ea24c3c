"""What a run takes and what of it was chosen; apart from the plugin, which nothing may import before pytest."""

from __future__ import annotations

import shlex
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

QUICK = "not slow and not large"
"""As an expression of tags: what a person waits for before a pull request; CI's nightly run takes everything."""
NOT_CHOSEN = ((), (f"-m {shlex.quote(QUICK)}",))
"""What `pytest_chosen_scenarios` says of a run of all features."""


def chosen_scenarios(config: pytest.Config) -> tuple[str, ...]:
    """Return what of the command line chooses scenarios, from all plugins; empty if nothing does."""
    return tuple(chain.from_iterable(config.hook.pytest_chosen_scenarios(config=config)))
