"""What a run takes unless more or less is asked for; apart from the plugin, which nothing may import before pytest."""

from __future__ import annotations

import shlex

QUICK = "not slow and not large"
"""As an expression of tags: what a person waits for before a pull request; CI's nightly run takes everything."""
NOT_CHOSEN = ((), (f"-m {shlex.quote(QUICK)}",))
"""What `pytest_chosen_scenarios` says of a run of all features."""
