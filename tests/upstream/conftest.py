"""The libraries as they come: asked in a process in which nothing is repaired."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NOBODY = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_CONFIG_FILE": os.devnull}


@pytest.fixture(scope="session")
def moto() -> dict[str, Any]:
    """What stock moto does, by probe."""
    script = Path(__file__).parent / "stock_moto.py"
    command = [sys.executable, "-W", "ignore", str(script)]
    done = subprocess.run(command, env=os.environ | NOBODY, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
