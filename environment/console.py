"""What commands print: whole lines, for people and for the programs that read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console()
Say = Callable[[str], None]
"""What is given a line for people."""


def say(line: str) -> None:
    """Print a line as it is: not broken at the width of the terminal, nothing in it taken for a style."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Show in a terminal what is being done, as long as it is; the function that is given tells what comes next.

    Nothing is shown where nobody looks: it would leave empty lines.
    """
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(what) as status:
        yield status.update
