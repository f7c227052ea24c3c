"""The libraries of the warm process: learned from runs, imported, and held against what there is now."""

from __future__ import annotations

import gc
import importlib
import inspect
import json
import os
import random
import site
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from environment.command.warm.messages import Request, this_python

LEARNED = "libraries.json"
"""In the warm process's folder: the modules of libraries that runs imported, in their order."""
NEVER = ("quilt_mcp", "quilt3")
"""The product; and quilt3, which decides at import where a run's files are."""
NO_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""Keeps numpy and pyarrow from starting threads when they are imported: a fork takes none along."""
OF_ITS_OWN = ("XDG_DATA_HOME", "XDG_CACHE_HOME")
"""Folders that no run uses: each sets others before it imports the product (environment/driving/plugin.py)."""
_PLACE = "__file__"
_SITE = f"{os.sep}site-packages{os.sep}"
_READ_BY_PYTHON = ("PYTHON", "LD_", "MALLOC_")
_READ_BY_RUNS = ("PYTEST_", "XDIST_")
_AT_START = {"sitecustomize", "usercustomize"}
_OBEYED = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
"""What a child does by itself as a fresh process would."""
_OF_NO_IMPORTANCE = {"COLUMNS", "LINES", "TERM", "PWD", "OLDPWD", "SHLVL", "_", *_OBEYED, *NO_THREADS, *OF_ITS_OWN}


class Libraries:
    """The libraries that this process has imported, with what tells whether a fresh process would import the same.

    Args:
        folder: where the list of what runs imported lies.
        switched_off: arguments of pytest that switch plugins off, as a run has them.
    """

    def __init__(self, folder: Path, switched_off: list[str]) -> None:
        self._learned = folder / LEARNED
        self._read: set[str] = set()
        wanted = self._list()
        self._wanted = set(wanted)
        self._import(wanted, switched_off)
        self._files = {path: _look(path) for path in {*_files_of_modules(), *_installed()}}

    def _list(self) -> list[str]:
        try:
            return list(json.loads(self._learned.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return []

    def _import(self, names: list[str], switched_off: list[str]) -> None:
        """Import inside a pytest of its own, so that what it rewrites in any run is rewritten here."""
        import pytest

        class Importing:
            @pytest.hookimpl(tryfirst=True)
            def pytest_cmdline_main(self) -> int:
                # In the order in which their imports ended: one that begins inside another one may fail before it.
                failed = {}
                for name in names:
                    try:
                        importlib.import_module(name)
                    except Exception as error:  # noqa: BLE001 - a run that needs it meets it again
                        failed[name] = error
                for name in failed.keys() - sys.modules.keys():
                    sys.stderr.write(f"{name} was not imported: {failed[name]!r}\n")
                return 0

        with _reads_of_variables() as read:
            pytest.main(["-c", os.devnull, "-p", "no:cacheprovider", *switched_off], plugins=[Importing()])
        self._read = read
        self._prefixes = (*_READ_BY_PYTHON, *{f"{name.partition('.')[0].upper()}_" for name in names})
        self.sources_of_randomness = [each for each in gc.get_objects() if issubclass(type(each), random.Random)]

    @property
    def unfit(self) -> str:
        """Why this process may not be forked at all; empty if it may."""
        threads = _threads()
        return f"its libraries run {threads - 1} threads" if threads > 1 else ""

    @property
    def outdated(self) -> str:
        """What was installed, changed or taken away since, or was learned; empty if nothing was."""
        for path, found in self._files.items():
            if _look(path) != found:
                return f"{path} has changed"
        return "" if set(self._list()) <= self._wanted else "runs import more libraries"

    def otherwise(self, request: Request) -> str:
        """Why a fresh process would be another one than a child of this: its Python, variables or folders.

        A variable counts if a library read it when it was imported, or is named after a library.
        """
        if request["python"] != this_python():
            return "it is of another Python"
        asked = request["environment"]
        named = {name for name in {*asked, *os.environ} if name.startswith(self._prefixes)}
        for name in sorted({*self._read, *named} - _OF_NO_IMPORTANCE):
            if asked.get(name) != os.environ.get(name) and not name.startswith(_READ_BY_RUNS):
                return f"{name} is another one"
        packages = {name.partition(".")[0] for name in sys.modules} | _AT_START
        for folder in folders_before_all(asked):
            shadowing = sorted(packages & {each.name.partition(".")[0] for each in folder.glob("*")})
            if shadowing:
                return f"{folder} has another {shadowing[0]}"
        return ""

    def learn(self) -> None:
        """In a child that has ended: keep which libraries it imported, beside those of earlier runs."""
        seen = [name for name, module in list(sys.modules.items()) if _is_library(name, module)]
        before = self._list()
        news = [name for name in seen if name not in set(before)]
        if news:
            unfinished = self._learned.with_suffix(f".{os.getpid()}")
            unfinished.write_text(json.dumps([*before, *news]), encoding="utf-8")
            unfinished.replace(self._learned)


def _is_library(name: str, module: object) -> bool:
    place = getattr(module, _PLACE, None)
    return (
        isinstance(place, str)
        and _SITE in place
        and name.partition(".")[0] not in NEVER
        and not name.startswith("__")
        and getattr(getattr(module, "__spec__", None), "name", None) == name
    )


def _files_of_modules() -> Iterator[str]:
    for module in list(sys.modules.values()):
        place = getattr(module, _PLACE, None)
        if isinstance(place, str):
            yield place


def _installed() -> Iterator[str]:
    """What changes when a distribution comes or goes."""
    for folder in {*site.getsitepackages(), *(each for each in sys.path if each.endswith("site-packages"))}:
        yield folder
        yield from map(str, Path(folder).glob("*.pth"))


def _look(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - three thousand times for each run
    except OSError:
        return None
    return found.st_mtime_ns, 0 if stat.S_ISDIR(found.st_mode) else found.st_size


def folders_before_all(environment: Mapping[str, str]) -> list[Path]:
    """The folders that `PYTHONPATH` puts before all others."""
    return [Path(each) for each in environment.get("PYTHONPATH", "").split(os.pathsep) if each]


def _threads() -> int:
    import psutil

    return psutil.Process().num_threads()


@contextmanager
def _reads_of_variables() -> Iterator[set[str]]:
    """The names of the environment variables that are read while the block runs, but for a look at all of them."""
    kind: Any = type(os.environ)
    original = kind.__getitem__
    read: set[str] = set()

    def noting(environment: Any, name: Any) -> Any:
        frame = inspect.currentframe()
        caller = frame.f_back.f_code.co_name if frame and frame.f_back else ""
        if environment is os.environ and isinstance(name, str) and caller not in ("__iter__", "copy"):
            read.add(name)
        return original(environment, name)

    kind.__getitem__ = noting
    try:
        yield read
    finally:
        kind.__getitem__ = original
