"""Which lines of the recorded product a change of it touches.

The record of what scenarios reach (`reports.product_coverage`) counts lines of the product that was recorded. So a
changed module is held against the text that it was recorded with: the installed product's, or the checkout's as it was
committed. A module whose recorded text is nowhere to be had counts as changed all over.
"""

from __future__ import annotations

import ast
import hashlib
import subprocess
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from pathlib import Path

from environment.errors import SuiteError
from reports.product_coverage import ProductVersion

EVERY_LINE = range(1, 1_000_000)
Changes = dict[str, Iterable[int]]
"""Lines by module (path in the package's folder), counted in the recorded product."""


def changes(recorded: ProductVersion, judged: Path, installed: Path, base: str | None = None) -> Changes:
    """What differs between the recorded product and the judged one, whose package lies in a folder.

    With a ``base`` (a commit of the checkout that the judged package lies in): only modules that differ from it.

    Raises:
        SuiteError: if there is a base and no checkout, or no such commit.
    """
    now = {path.relative_to(judged).as_posix(): path for path in sorted(judged.rglob("*.py"))}
    modules = set(recorded.modules) | set(now)
    if base is not None:
        modules &= _differing(judged, base)
    found: Changes = {}
    for module in sorted(modules):
        text = now[module].read_bytes() if module in now else b""
        if _digest(text) != recorded.modules.get(module):
            found[module] = _changed(recorded.modules.get(module), text, _earlier(module, judged, installed, base))
    return found


def _earlier(module: str, judged: Path, installed: Path, base: str | None) -> list[Callable[[], bytes | None]]:
    """Where the recorded text may be found."""

    def in_folder() -> bytes | None:
        path = installed / module
        return path.read_bytes() if path.is_file() else None

    return [in_folder, lambda: _committed(judged, base or "HEAD", module)]


def _changed(digest: str | None, text: bytes, earlier: Iterable[Callable[[], bytes | None]]) -> Iterable[int]:
    for source in earlier:
        before = source()
        if before is not None and _digest(before) == digest:
            return touched(before.decode(), text.decode())
    return EVERY_LINE


def touched(before: str, after: str) -> Iterable[int]:
    """The lines of a module's earlier text that a change touches; where lines are added, the ones around them.

    A change outside functions is one of every line, since such lines run when the module is imported.
    """
    old, new = before.splitlines(), after.splitlines()
    inside = _inside_functions(before)
    found: set[int] = set()
    for kind, first, last, new_first, new_last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal" or not any(map(_says_something, [*old[first:last], *new[new_first:new_last]])):
            continue
        lines = range(first + 1, last + 1) if last > first else range(max(1, first), first + 2)
        if not inside & set(lines):
            return EVERY_LINE
        found.update(lines)
    return sorted(found)


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _inside_functions(text: str) -> set[int]:
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {line for node in functions for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _differing(judged: Path, base: str) -> set[str]:
    """The modules of the package that differ from a commit, those that git does not know yet among them."""
    changed = _git(judged, "diff", "--name-only", "--relative", base, "--", ".", tried=f"Compared with {base}")
    untracked = _git(judged, "ls-files", "--others", "--exclude-standard", ".", tried=f"Compared with {base}")
    return {name for name in [*changed.splitlines(), *untracked.splitlines()] if name.endswith(".py")}


def _committed(judged: Path, commit: str, module: str) -> bytes | None:
    done = subprocess.run(["git", "-C", str(judged), "show", f"{commit}:./{module}"], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def _git(folder: Path, *arguments: str, tried: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["git failed"])[0]
        raise SuiteError(f"{tried} in {folder}", said, "Give a commit of the checkout that --product names")
    return done.stdout
