"""What tools of the MCP server answer, under the names that QuiltOps has for the same; nothing is filled in."""

from __future__ import annotations

from typing import Any

from environment.errors import SuiteError


class Answered:
    """What a tool answered, by the names under which QuiltOps gives the same."""

    def __init__(self, tool: str, **fields: Any) -> None:
        self._tool = tool
        self._fields = fields

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._fields[name]
        except KeyError:
            raise SuiteError(
                f"Read the {name.replace('_', ' ')} from the answer of the MCP tool {self._tool}",
                f"it answers {', '.join(self._fields)}",
                "Judge one of these, or act without the MCP server",
            ) from None

    def __repr__(self) -> str:
        return f"{self._tool}: {self._fields!r}"
