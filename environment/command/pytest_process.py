"""pytest as `acceptance run` starts it: an interruption ends it in order also while it still imports its plugins.

Nothing of the suite is imported here: pytest rewrites the asserts of plugins that it imports first.
"""

from __future__ import annotations

import sys

INTERRUPTED = 2
"""pytest's exit code after Ctrl-C."""


def main() -> int:
    """Run pytest with the arguments of this process; returns its exit code."""
    try:
        import pytest

        return int(pytest.main())
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
