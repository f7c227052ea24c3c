"""Which lines of the product a scenario runs: coverage.py in the process that runs it, also in its threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coverage import Coverage

from reports.product_coverage import contracted


class Tracing:
    """Notes lines of the modules below a folder."""

    def __init__(self, root: str) -> None:
        self._root = Path(root)
        self._coverage = Coverage(data_file=None, config_file=False, include=[f"{root}/*"], messages=False)

    @contextmanager
    def scenario(self) -> Iterator[dict[str, str]]:
        """Note the lines that run inside the block; the mapping is filled when it ends."""
        lines: dict[str, str] = {}
        self._coverage.erase()
        self._coverage.start()
        try:
            yield lines
        finally:
            self._coverage.stop()
            data = self._coverage.get_data()
            for path in data.measured_files():
                module = Path(path).relative_to(self._root).as_posix()
                lines[module] = contracted(data.lines(path) or ())
