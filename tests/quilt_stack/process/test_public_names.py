"""What the distribution offers by name, and what its import costs: it is the first thing that a run imports."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import quilt_stack
from environment.settings import ROOT

NOT_BEFORE_A_START = {"boto3", "moto", "psutil", "quilt3", "requests", "strawberry", "yaml"}


@pytest.mark.parametrize("name", quilt_stack.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(quilt_stack, name) is not None


def test_every_public_name_is_explained() -> None:
    """In the first column of a table of the README page."""
    page = (ROOT / "quilt_stack" / "README.md").read_text(encoding="utf-8")
    tables = page.split("\n## From Python\n")[1].split("\n## Limits\n")[0]
    first_column = " ".join(re.findall(r"^\|(.*?)\|", tables, re.MULTILINE))
    assert set(quilt_stack.__all__) - set(re.findall(r"`(\w+)", first_column)) == set()


def test_a_name_that_is_not_there_is_told() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = quilt_stack.nothing


def test_a_start_does_not_wait_for_imports_that_it_does_not_need() -> None:
    """They cost as much again as the rest, and the process to be started would wait for them."""
    loaded = "import quilt_stack; quilt_stack.begin, quilt_stack.Blueprint; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", loaded], capture_output=True, text=True, check=True)

    assert not NOT_BEFORE_A_START & set(done.stdout.split())
