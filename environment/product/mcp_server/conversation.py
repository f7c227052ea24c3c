"""A conversation with a running server in MCP, for scenarios, which know nothing of event loops.

The official client library (`mcp`) speaks; it runs in a thread of its own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import allure

from environment.product.mcp_server.faults import (
    LetInNobody,
    NoAnswer,
    NotSpeakingMcp,
    ServerEnded,
    ToolMissing,
    ToolRefused,
)
from environment.product.mcp_server.launch import STDERR_FILE, Launch

if TYPE_CHECKING:
    import httpx2
    from anyio.from_thread import BlockingPortal
    from mcp import Client
    from mcp.client import Transport
    from mcp_types import CallToolResult, Implementation, Tool

ANSWER_LIMIT_SECONDS = 60.0
T = TypeVar("T")
_FAILED_WITHOUT_TEXT = "it is marked as an error, without a word"


class Answer(dict[str, Any]):
    """The fields that a tool answered; to read one that it did not answer is a failure of the tool."""

    def __init__(self, tool: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._tool = tool

    def __missing__(self, name: str) -> Any:
        raise NotSpeakingMcp(f"the answer of {self._tool} lacks the field {name}; it has {', '.join(self) or 'none'}")


class Conversation:
    """What somebody's assistant says to a server, and is answered.

    Attributes:
        tools: the tools that the server offers, by name.
        server: how the server introduces itself, with its name and version; None if it does not.
    """

    def __init__(self, launch: Launch, transport: Callable[[], Transport], limit_seconds: float) -> None:
        """Connect, and ask for the tools.

        Raises:
            ServerFault: the server ended, did not answer, does not speak MCP, or lets nobody in.
        """
        from anyio.from_thread import start_blocking_portal

        self._launch = launch
        self._limit_seconds = limit_seconds
        self._rubbish: list[Exception] = []
        self._surroundings = ExitStack()
        try:
            self._portal: BlockingPortal = self._surroundings.enter_context(start_blocking_portal())
            self._client: Client = self._do("answer", lambda: self._connected(transport))
            self.tools: dict[str, Tool] = {each.name: each for each in self._do("list its tools", self._list_tools)}
            self.server: Implementation | None = self._client.server_info
        except BaseException:
            self.close()
            raise

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a tool answers to these arguments.

        Raises:
            ToolMissing: the server offers no such tool.
            ToolRefused: the tool answers with an error.
            ServerFault: the server ended, did not answer, or answered what is no MCP.
        """
        if tool not in self.tools:
            raise ToolMissing(tool, self.tools)
        result = self._do(f"answer {tool}", lambda: self._portal.call(self._client.call_tool, tool, arguments))
        allure.attach(_shown(arguments, result), name=f"MCP: {tool}", attachment_type=allure.attachment_type.TEXT)
        return _answer(tool, result)

    def close(self) -> None:
        """End the conversation, and a server that was started for it alone."""
        with suppress(Exception):  # a server that has ended cannot be told good-bye
            self._surroundings.close()

    def _connected(self, transport: Callable[[], Transport]) -> Client:
        from mcp import Client

        async def note(message: object) -> None:
            if isinstance(message, Exception):
                self._rubbish.append(message)

        client = Client(
            transport(), read_timeout_seconds=self._limit_seconds, message_handler=note, cache=None, mode="legacy"
        )
        context: AbstractContextManager[Client] = self._portal.wrap_async_context_manager(client)
        return self._surroundings.enter_context(context)

    def _list_tools(self) -> list[Tool]:
        return list(self._portal.call(self._client.list_tools).tools)

    def _do(self, what: str, ask: Callable[[], T]) -> T:
        """Ask, and turn what the library raises into what the server did."""
        try:
            done = ask()
        except BaseExceptionGroup as group:
            raise self._fault(what, _innermost(group)) from group
        except Exception as error:
            raise self._fault(what, error) from error
        self._refuse_rubbish()
        return done

    def _refuse_rubbish(self) -> None:
        if self._rubbish:
            raise _no_message(self._rubbish[0])

    def _fault(self, what: str, error: BaseException) -> BaseException:
        import httpx2
        from mcp import MCPError
        from mcp_types import CONNECTION_CLOSED, REQUEST_TIMEOUT
        from pydantic import ValidationError

        if self._rubbish:
            return _no_message(self._rubbish[0])
        code = error.code if isinstance(error, MCPError) else None
        if code == REQUEST_TIMEOUT or isinstance(error, httpx2.TimeoutException):
            return NoAnswer(what, self._limit_seconds, self._launch.written)
        if code == CONNECTION_CLOSED or isinstance(error, httpx2.ConnectError):
            return ServerEnded(self._launch.written)
        if isinstance(error, httpx2.HTTPStatusError):
            return LetInNobody(f"HTTP {error.response.status_code}: {error.response.text.strip()}")
        if isinstance(error, MCPError):
            return ToolRefused(str(error), marked=True)
        if isinstance(error, ValidationError):
            return NotSpeakingMcp(f"the server did not {what} as MCP demands: {error}")
        return error


def over_stdio(launch: Launch, limit_seconds: float = ANSWER_LIMIT_SECONDS) -> Conversation:
    """Start a server for one user, and speak with it over its standard input and output; it ends with the conversation.

    Raises:
        ServerFault: the server ended, did not answer, or does not speak MCP.
    """

    @asynccontextmanager
    async def started() -> AsyncIterator[Any]:
        from mcp import StdioServerParameters
        from mcp.client.stdio import stdio_client

        program, *arguments = launch.command
        parameters = StdioServerParameters(
            command=program, args=arguments, env=launch.environment, cwd=str(launch.folder)
        )
        with (launch.folder / STDERR_FILE).open("a", encoding="utf-8") as errors:
            async with stdio_client(parameters, errlog=errors) as streams:
                yield streams

    return Conversation(launch, started, limit_seconds)


def over_http(
    launch: Launch, address: str, token: str | None, limit_seconds: float = ANSWER_LIMIT_SECONDS
) -> Conversation:
    """Speak with a server that listens at this address, as whoever has this JWT; without one, as nobody.

    Raises:
        ServerFault: the server ended, did not answer, does not speak MCP, or does not let this token in.
    """

    @asynccontextmanager
    async def connected() -> AsyncIterator[Any]:
        import httpx2
        from mcp.client.streamable_http import streamable_http_client

        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        hooks = {"response": [_refuse_refusals]}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=limit_seconds, event_hooks=hooks, trust_env=False) as http,
            streamable_http_client(address, http_client=http) as streams,
        ):
            yield streams

    return Conversation(launch, connected, limit_seconds)


async def _refuse_refusals(response: httpx2.Response) -> None:
    """Let a refusal of the whole request come up as what it is, with what it says."""
    if response.is_client_error:
        await response.aread()
        response.raise_for_status()


def _no_message(error: Exception) -> NotSpeakingMcp:
    from pydantic import ValidationError

    written = error.errors()[0]["input"] if isinstance(error, ValidationError) else error
    return NotSpeakingMcp(f"the server wrote to its standard output what is no message of MCP: {str(written)[:200]}")


def _answer(tool: str, result: CallToolResult) -> dict[str, Any]:
    """What a result says, if it is no error; as data, or as JSON in its text."""
    text = _text(result)
    if result.is_error:
        raise ToolRefused(text or _FAILED_WITHOUT_TEXT, marked=True)
    answer: Any = result.structured_content
    if answer is None:
        try:
            answer = json.loads(text)
        except ValueError as error:
            raise NotSpeakingMcp(f"the answer of {tool} is neither data nor JSON: {text[:200]}") from error
    if isinstance(answer, dict) and answer.keys() == {"result"}:
        answer = answer["result"]  # so FastMCP wraps what may be one of several kinds
    if not isinstance(answer, dict):
        raise NotSpeakingMcp(f"the answer of {tool} has no fields: {str(answer)[:200]}")
    if answer.get("success", not answer.get("error")) is not True:
        raise ToolRefused(_reason(answer), marked=False)
    fields: dict[str, Any] = json.loads(json.dumps(answer), object_hook=lambda each: Answer(tool, each))
    return fields


def _reason(answer: Mapping[str, Any]) -> str:
    said = [str(answer[name]) for name in ("error", "cause") if answer.get(name)]
    return ": ".join(said) or _FAILED_WITHOUT_TEXT


def _text(result: CallToolResult) -> str:
    return "\n".join(each.text for each in result.content if each.type == "text")


def _shown(arguments: Mapping[str, Any], result: CallToolResult) -> str:
    answer = _text(result) or json.dumps(result.structured_content)
    mark = " (marked as an error)" if result.is_error else ""
    return f"{json.dumps(arguments, indent=2)}\n\nanswered{mark}:\n{answer}\n"


def _innermost(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What lies at the bottom of groups of one."""
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup) and len(found.exceptions) == 1:
        found = found.exceptions[0]
    return found
