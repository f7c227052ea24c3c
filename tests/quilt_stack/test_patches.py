"""A patch refuses a library that is not the one it was written for, in one line, on every version of Python alike."""

from __future__ import annotations

import inspect
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from quilt_stack import DeploymentError, DeploymentSettings, patches, start
from quilt_stack.patches import ChangedLibraryError, Patch, digest, source
from quilt_stack.patches_command import DECLARING, declared

BODY = "class Library:\n    def reading(self):\n        return 1\n"
OTHER = BODY.replace("1", "2")
PLACE = "some_library:Library.reading"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Write and load a library of this source."""
    monkeypatch.syspath_prepend(tmp_path)
    for state in ("DECLARED", "_checked", "_as_found", "_installed"):
        monkeypatch.setattr(patches, state, type(getattr(patches, state))())

    def load(text: str) -> ModuleType:
        (tmp_path / "some_library.py").write_text(text)
        monkeypatch.delitem(sys.modules, "some_library", raising=False)
        return __import__("some_library")

    return load


def patch_of(place: str = PLACE) -> Patch:
    known = digest("    def reading(self):\n        return 1\n")
    return Patch("a.module", "moto", "It reads.", {place: known}, fence="tests/a.py::test_b", until="it writes")


def doubled(original: Any) -> Any:
    return lambda self: 2 * original(self)


def test_what_is_as_it_was_is_replaced_once(library: Callable[[str], ModuleType]) -> None:
    owner = library(BODY).Library
    patch = patch_of()
    for _ in range(2):
        patch.replace(owner, "reading", doubled)
    assert owner().reading() == 2
    assert "return 1" in source(PLACE), "what is installed is told, and not what stands in its place"


@pytest.mark.parametrize("text", [OTHER, "class Library: pass\n", "", "import nowhere_to_be_found\n"])
def test_what_is_another_one_is_refused_in_one_line(library: Callable[[str], ModuleType], text: str) -> None:
    if "nowhere" not in text:
        library(text)
    else:
        with pytest.raises(ImportError):
            library(text)
    with pytest.raises(ChangedLibraryError) as refused:
        patch_of().check()
    message = str(refused.value)
    assert message.startswith("moto ")
    for part in (PLACE, "a.module", "tests/a.py::test_b"):
        assert part in message
    assert "\n" not in message
    assert (digest(OTHER.partition("\n")[2]) in message) == (text == OTHER)


def test_nothing_is_replaced_where_it_is_another_one(library: Callable[[str], ModuleType]) -> None:
    owner = library(OTHER).Library
    with pytest.raises(ChangedLibraryError):
        patch_of().replace(owner, "reading", doubled)
    assert owner().reading() == 2, "stock"


def test_what_is_not_declared_cannot_be_replaced(library: Callable[[str], ModuleType]) -> None:
    owner = library(BODY).Library
    with pytest.raises(ValueError, match=r"some_library:Library\.reading"):
        patch_of("some_library:Library.other").replace(owner, "reading", doubled)


SAME = (
    'def a(x):\n    return f"{x!r:>{10}}" + "b"\n',
    'def a(x):  # a comment\n    """A docstring."""\n    return (\n        f\'{x!r:>{10}}\'\n        + \'b\'\n    )\n',
    '    def a(x):\n        return f"{x!r:>{10}}" + "b"\n',
)


def test_comments_layout_quotes_and_docstrings_do_not_matter() -> None:
    assert len({digest(text) for text in SAME}) == 1
    assert digest(SAME[0].replace("10", "11")) != digest(SAME[0])


def test_a_text_at_the_margin_of_a_method_is_no_hindrance() -> None:
    assert digest('    def a(self):\n        return """\nat the margin\n"""\n')


def pythons() -> Iterator[str]:
    for version in ("3.11", "3.12", "3.13", "3.14"):
        found = shutil.which(f"python{version}")
        if found and subprocess.run([found, "-c", ""], check=False, capture_output=True).returncode == 0:
            yield found


@pytest.mark.parametrize("python", [*pythons()])
def test_other_versions_of_python_find_the_same_digests(python: str, tmp_path: Path) -> None:
    bodies = {place: source(place) for patch in declared(DECLARING) for place in patch.bodies}
    (tmp_path / "sources.json").write_text(json.dumps([*SAME, *bodies.values()]))
    program = (
        "import json, runpy, sys\n"
        f"digest = runpy.run_path({inspect.getfile(patches)!r})['digest']\n"
        "print(json.dumps([digest(text) for text in json.load(open('sources.json'))]))\n"
    )
    done = subprocess.run([python, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == [digest(text) for text in (*SAME, *bodies.values())]


def test_what_is_installed_is_what_was_declared() -> None:
    for patch in declared(DECLARING):
        patch.check()


def test_a_deployment_does_not_start_on_another_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import linecache\n"
        "own = linecache.getlines\n"
        "def changed(name, *rest):\n"
        "    lines = own(name, *rest)\n"
        "    is_it = name.endswith('moto/s3/notifications.py')\n"
        "    return [line.replace('event_name', 'renamed') for line in lines] if is_it else lines\n"
        "linecache.getlines = changed\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(DeploymentError, match=r"(?m)^moto [\d.]+: moto\.s3\.notifications:send_event is another one"):
        start(DeploymentSettings(state_directory=tmp_path / "state"), None, owned=True)
