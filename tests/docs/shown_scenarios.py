"""The scenarios that pages of docs show, as features."""

from __future__ import annotations

import re
from pathlib import Path

from environment.settings import ROOT

COOKBOOK = ROOT / "docs" / "cookbook.md"
GUIDE = ROOT / "docs" / "writing-scenarios.md"
_HEAD = """\
Feature: The cookbook
  What docs/cookbook.md shows.

  Rule: What the page shows holds

"""


def _shown(page: Path) -> str:
    return "\n".join(re.findall(r"```gherkin\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))


def cookbook() -> str:
    """A feature of all scenarios that the cookbook shows."""
    return _HEAD + _shown(COOKBOOK)


def guide() -> str:
    """The feature that the guide shows, with its outline, its wish and whatever else it shows."""
    return _shown(GUIDE)
