"""The commands that the documents show: blocks that begin with ```sh, with the mark that says why one is not run."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from environment.settings import ROOT

MARKS = ("needs-live", "by-hand", "long")
TESTED_BY = "tested-by="
NOT_OURS = {
    ".git",
    ".venv",
    ".acceptance",
    "build",
    "node_modules",
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".terraform",
}
_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*) *(?P<mark>[^\n]*)\n(?P<body>.*?)^(?P=indent)``` *$", re.M | re.S
)
_SHELL = ("sh", "bash", "console", "shell")
_PROGRAMS = r"acceptance|pytest|make|python|pip|npm|aws|terraform|git|export|source|docker|pre-commit"
_UNFENCED = re.compile(rf"^(?: {{4,}}|\t)(?:\$ )?(?:\.venv/bin/)?(?:{_PROGRAMS}) ", re.M)
_INLINE = re.compile(r"`(?:\.venv/bin/)?((?:acceptance|pytest|make) [^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A block of commands; `line` is that of its first fence, `mark` is empty if the commands are to be run."""

    page: str
    line: int
    language: str
    mark: str
    body: str

    @property
    def commands(self) -> list[str]:
        """A command each, without comments and continuations."""
        whole = re.sub(r"\\\n\s*", "", self.body)
        stripped = [re.sub(r"(^|\s)#.*", "", line).strip() for line in whole.splitlines()]
        return [command for command in stripped if command]

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def files() -> list[Path]:
    """Every file of the project, without what tools and runs leave beside it."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith(".egg-info")]
        found += [Path(folder, name) for name in names if name != ".env.test"]
    return sorted(found)


def pages() -> list[Path]:
    """Every Markdown page of the project."""
    return [path for path in files() if path.suffix == ".md"]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The blocks of shell commands of a page."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(name_of(page), text.count("\n", 0, found.start()) + 1, found["language"], found["mark"], found["body"])
        for found in _BLOCK.finditer(text)
        if found["language"] in _SHELL
    ]


def unfenced(page: Path) -> list[str]:
    """Lines that look like a command and stand in no block of their own."""
    text = _BLOCK.sub(lambda found: re.sub(r"[^\n]", "", found[0]), page.read_text(encoding="utf-8"))
    return [f"{name_of(page)}:{text.count(chr(10), 0, found.start()) + 1}" for found in _UNFENCED.finditer(text)]


def all_commands(page: Path) -> list[str]:
    """Every command of this project on a page, in blocks and in sentences, whatever its mark."""
    shown = [command for block in blocks(page) for command in block.commands]
    ours = [command.removeprefix(".venv/bin/") for command in shown]
    outside = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return [each for each in ours if each.split()[0] in ("acceptance", "pytest", "make")] + _INLINE.findall(outside)
