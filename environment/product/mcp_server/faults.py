"""What can be wrong with a server: it ends, does not answer, writes what is no MCP, lacks a tool, or refuses.

All of these are the product's answers, as exceptions; none is a `SuiteError`.
"""

from __future__ import annotations

from collections.abc import Iterable


class ServerFault(Exception):  # noqa: N818  # the kinds read as what happened
    """Something that a server did or left undone."""


class ServerEnded(ServerFault):
    """The process ended, or closed the connection. The text is what it wrote to its standard error."""

    def __init__(self, written: str) -> None:
        super().__init__(written.strip())


class NoAnswer(ServerFault):
    """It did not answer within the limit."""

    def __init__(self, what: str, limit_seconds: float, written: str) -> None:
        super().__init__(f"the server did not {what} within {limit_seconds:g} s; {_last_words(written)}")


class NotSpeakingMcp(ServerFault):
    """It wrote something to its standard output, or answered something, that is no message of MCP."""


class ToolMissing(ServerFault):
    """It offers no such tool; people's assistants look into the same list."""

    def __init__(self, tool: str, offered: Iterable[str]) -> None:
        names = sorted(offered)
        alike = [name for name in names if name.split("_")[0] == tool.split("_")[0]]
        said = ", ".join(alike or names) or "none at all"
        super().__init__(f"the server offers no tool {tool}, of its {len(names)} tools the nearest are: {said}")


class ToolRefused(ServerFault):
    """A tool answered with an error; the text is the one that it gives.

    ``marked`` says whether the result is marked as an error (``isError``), which is how MCP tells one.
    """

    def __init__(self, text: str, *, marked: bool) -> None:
        super().__init__(text)
        self.marked = marked


class LetInNobody(ServerFault):
    """It answers HTTP requests with a refusal, before any tool is called."""


def _last_words(written: str) -> str:
    lines = written.strip().splitlines()
    return f"the last that it wrote to its standard error is: {lines[-1].strip()}" if lines else "it wrote nothing"
