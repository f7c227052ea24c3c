"""large-package: made in little memory, with the pinned digests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from data.datasets.dataset_list import dataset
from data.datasets.verification import verify

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
_PEAK_MEMORY = """
import resource, sys
from pathlib import Path
from data.datasets.dataset_list import dataset
from data.datasets.generation import generate
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
generate(dataset("large-package"), Path(sys.argv[1]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_has_the_pinned_digests_and_is_never_held_in_memory(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", _PEAK_MEMORY, str(tmp_path)]
    output = subprocess.run(arguments, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout

    assert int(output) < 60, f"grew by {output} MiB for 500 MiB of data"
    assert verify(dataset("large-package"), tmp_path) == []
