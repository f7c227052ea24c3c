"""The one acceleration of what the product uses: botocore's data files are parsed once, not once per session.

Every botocore session builds a loader of its own and parses the same JSON anew; quilt3 makes nine clients per push.
One shared loader changes no behaviour (measured: a push of 5 files takes 0.34 s instead of 2.0 s).
``QUILT_ACCEPTANCE_ACCELERATION=off`` switches it off; a test runs scenarios both ways.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

import botocore.loaders
import botocore.session

from quilt_stack.patches import Patch

SWITCH = "QUILT_ACCEPTANCE_ACCELERATION"
PATCH = Patch(
    __name__,
    "botocore",
    reason="Each botocore session parses the same data files again, nine times for each push of quilt3.",
    bodies={
        "botocore.loaders:create_loader": "1b3aea318a0b",
        "botocore.loaders:Loader.__init__": "5856961e2047",
        "botocore.session:Session._register_data_loader": "12016419f912",
    },
    fence="tests/environment/driving/test_acceleration.py::test_sessions_share_one_loader_and_find_the_same",
    until="botocore parses its data files once in a process",
    needed="tests/upstream/test_botocore.py::test_sessions_parse_data_files_once",
)


def enabled() -> bool:
    """Whether the switch allows the acceleration; it does unless it says ``off``."""
    return os.environ.get(SWITCH, "on").lower() != "off"


def as_switched() -> AbstractContextManager[None]:
    """The acceleration if the switch allows it, else nothing."""
    return shared_botocore_loader() if enabled() else nullcontext()


class _SearchPaths(list[str]):
    """Search paths without repetition: every boto3 session appends its own data folder to its loader."""

    def append(self, path: str) -> None:
        if path not in self:
            super().append(path)


@contextmanager
def shared_botocore_loader() -> Iterator[None]:
    """Let all botocore sessions of the process share one loader per search path while the context is open."""
    PATCH.check()
    original: Callable[..., Any] = botocore.loaders.create_loader

    @cache
    def create_loader(search_path_string: str | None = None) -> Any:
        loader = original(search_path_string)
        loader._search_paths = _SearchPaths(loader.search_paths)
        return loader

    botocore.loaders.create_loader = create_loader
    botocore.session.create_loader = create_loader
    try:
        yield
    finally:
        botocore.loaders.create_loader = original
        botocore.session.create_loader = original
