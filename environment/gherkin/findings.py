"""What a check found: one line per finding, in the form that editors jump to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """Something to put right in a feature file or in a step definition.

    `line` counts from 1. A finding that does not block (line endings, tabs) is told but does not stop a run.
    """

    path: Path
    line: int
    message: str
    blocks: bool = True

    def text(self, root: Path | None = None) -> str:
        """Return `path:line: message`, the path relative to `root` where it lies below it."""
        shown = self.path.relative_to(root) if root is not None and self.path.is_relative_to(root) else self.path
        return f"{shown.as_posix()}:{self.line}: {self.message}"
