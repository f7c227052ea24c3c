"""What a job of GitHub hands to the jobs that need it."""

from __future__ import annotations

import os
from pathlib import Path


def say_complete(complete: bool) -> None:
    """Set the output `complete`: whether a page is of all parts, and may take the place of the one before.

    Nothing elsewhere. Raises OSError if the job's file cannot be written.
    """
    if output := os.environ.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"complete={str(complete).lower()}\n")
