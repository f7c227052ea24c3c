"""What is changed in third parties, or rests on their private names: declared where it is done, checked before it is.

A declaration names each body that it replaces or reads, with the digest of the source that its author saw. A body that
is another one by now is refused, in one line: what was repaired may be mended, moved or worse.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import linecache
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import FunctionType
from typing import Any

__all__ = ["ChangedLibraryError", "Patch", "check_loaded"]

DECLARED: list[Patch] = []
"""Every declaration of the modules that are loaded, in the order of loading."""
_as_found: dict[str, Any] = {}  # by place, what stood there before the first replacement
_checked: set[str] = set()
_installed: set[tuple[str, str]] = set()


class ChangedLibraryError(Exception):
    """A library is not the one that a patch was written for; the message is one line for people."""


@dataclass(frozen=True)
class Patch:
    """What one module does to one distribution, or needs of its private names, for one reason.

    ``module`` declares it. ``bodies``: digests by place, ``package.module:Class.name``. ``fence``: the test that shows
    what comes of it; ``needed``: the test that shows that the library alone still does otherwise, None where nothing
    is repaired (both as pytest names tests, from the repository's root). ``until``: what would make it go.
    """

    module: str
    distribution: str
    reason: str
    bodies: Mapping[str, str]
    fence: str
    until: str
    needed: str | None = None

    def __post_init__(self) -> None:
        DECLARED.append(self)

    def check(self) -> None:
        """Compare each body with its digest, once in a process.

        Raises:
            ChangedLibraryError: for the first one that differs, or is not there.
        """
        for place, known in self.bodies.items():
            if place not in _checked:
                self._check(place, known)
                _checked.add(place)

    def replace(self, owner: Any, name: str, build: Callable[[Any], Any]) -> None:
        """Set ``owner.name`` to ``build(what was there)``; a second call with the same builder does nothing.

        Raises:
            ChangedLibraryError: if what is there is not what was declared.
            ValueError: if nothing was declared about it.
        """
        place = (
            f"{owner.__module__}:{owner.__qualname__}.{name}" if inspect.isclass(owner) else f"{owner.__name__}:{name}"
        )
        if place not in self.bodies:
            raise ValueError(f"{self.module} replaces {place} and does not declare it")
        self.check()
        mark = (place, f"{build.__module__}.{build.__qualname__}")
        if mark in _installed:
            return
        original = getattr(owner, name)
        _as_found.setdefault(place, original)
        setattr(owner, name, build(original))
        _installed.add(mark)

    def _check(self, place: str, known: str) -> None:
        try:
            found = digest(source(place))
        except (ImportError, AttributeError, OSError):
            found = ""
        if found == known:
            return
        became = f"is another one (digest {found}, not {known})" if found else "is not there"
        raise ChangedLibraryError(
            f"{self.distribution} {version(self.distribution)}: {place} {became}; read it beside {self.module}, "
            f"which was written for the former one, and renew the digest there when {self.fence} holds"
        )


def check_loaded() -> None:
    """Check what is declared about modules that are loaded; the others are checked by whoever loads them.

    Raises:
        ChangedLibraryError: for the first body that is another one.
    """
    for patch in list(DECLARED):
        if all(place.partition(":")[0] in sys.modules for place in patch.bodies):
            patch.check()


def source(place: str) -> str:
    """The source of a function, method, property or class as the library has it, whatever stands there by now.

    Raises:
        ImportError, AttributeError: it is not there.
        OSError: it has no source.
    """
    module, _, path = place.partition(":")
    found: Any = _as_found.get(place)
    if found is None:
        found = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    found = inspect.unwrap(getattr(found, "fget", None) or getattr(found, "__func__", found))
    if not isinstance(found, FunctionType):
        return inspect.getsource(found)
    # inspect.getsource would first look through every module that is loaded, for a fifth of a second.
    lines = linecache.getlines(found.__code__.co_filename)[found.__code__.co_firstlineno - 1 :]
    if not lines:
        raise OSError(f"{place} has no source")
    return "".join(inspect.getblock(lines))


def digest(text: str) -> str:
    """Digest of a source: the same whatever its comments, layout and docstrings, and on every version of Python."""
    # A method stands indented, and a text in it may not, so that it cannot be moved to the margin.
    [node] = ast.parse(text).body if text[:1].strip() else ast.parse(f"class _:\n{text}").body[0].body  # type: ignore[attr-defined]
    return hashlib.sha256(_plain(node).encode()).hexdigest()[:12]


def _plain(node: object) -> str:
    """A syntax tree as text, without places, docstrings and what is empty.

    ast.dump shows fields that only some versions of Python have; ast.unparse quotes f-strings as each version may.
    """
    if isinstance(node, list):
        return f"[{','.join(map(_plain, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value is not None and value != []}
    if isinstance(node, ast.JoinedStr):  # the first releases of Python 3.12 end a format with an empty text
        fields["values"] = [each for each in node.values if not (isinstance(each, ast.Constant) and each.value == "")]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
        fields["body"] = node.body[1:]
    return f"{type(node).__name__}({','.join(f'{name}={_plain(value)}' for name, value in fields.items())})"
