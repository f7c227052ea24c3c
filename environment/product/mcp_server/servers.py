"""The servers that a scenario uses: one of each user's own, or one that all scenarios of a worker share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import allure

from environment.product.mcp_server.conversation import Conversation, over_http, over_stdio
from environment.product.mcp_server.launch import Launch, server_launch
from environment.product.mcp_server.port import ANY_PORT, ListeningServer

Settings = Mapping[str, str]
"""Environment variables."""


class SharedServer:
    """The server of a worker that serves everybody over HTTP; started when somebody first asks for it."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._server: ListeningServer | None = None

    def running(self, settings: Settings) -> ListeningServer:
        """The server with these settings; another one is started when it has ended, or had others.

        Raises:
            ServerFault: it does not start.
            SuiteError: the product's command is not installed.
        """
        launch = server_launch(self._folder(), {**ANY_PORT, **settings})
        if self._server is not None and (self._server.ended or self._server.launch != launch):
            self.close()
        if self._server is None:
            self._server = ListeningServer(launch)
        return self._server

    def close(self) -> None:
        """End it, if there is one."""
        if self._server is not None:
            self._server.close()
            self._server = None


class Servers:
    """What one scenario says to servers; conversations are begun when first needed, and end with the scenario."""

    def __init__(self, shared: SharedServer) -> None:
        self._shared = shared
        self._conversations: dict[tuple[str, str | None], Conversation] = {}
        self._used: dict[Path, tuple[Launch, int]] = {}

    def of_ones_own(self, home: Path, settings: Settings) -> Conversation:
        """With a server that one user started on their machine, over its standard input and output.

        Raises:
            ServerFault: it does not start, or does not speak MCP.
            SuiteError: the product's command is not installed.
        """
        key = str(home), None
        if key not in self._conversations:
            self._conversations[key] = over_stdio(self._noted(server_launch(home, dict(settings))))
        return self._conversations[key]

    def shared(self, settings: Settings, token: str | None) -> Conversation:
        """With the server that everybody uses, over HTTP with this JWT; without one, as nobody.

        Raises:
            ServerFault: it does not start, does not speak MCP, or lets nobody in with this token.
            SuiteError: the product's command is not installed.
        """
        server = self._shared.running(settings)
        self._noted(server.launch)
        key = server.address, token
        if key not in self._conversations:
            self._conversations[key] = over_http(server.launch, server.address, token)
        return self._conversations[key]

    def trial(self, home: Path, settings: Settings, *, over_port: bool, token: str | None) -> None:
        """Start a server with these settings and be let in, no more.

        Raises:
            ServerFault: it does not start, or does not speak MCP.
            SuiteError: the product's command is not installed.
        """
        launch = self._noted(server_launch(home, {**ANY_PORT, **settings} if over_port else dict(settings)))
        with ExitStack() as started:
            if over_port:
                server = ListeningServer(launch)
                started.callback(server.close)
                over_http(launch, server.address, token).close()
            else:
                over_stdio(launch).close()

    def close(self) -> None:
        """End the conversations, and show what the servers wrote to their standard error meanwhile."""
        for conversation in self._conversations.values():
            conversation.close()
        for launch, before in self._used.values():
            if written := launch.written[before:].strip():
                allure.attach(written, "standard error of the MCP server", allure.attachment_type.TEXT)

    def _noted(self, launch: Launch) -> Launch:
        if launch.folder not in self._used:
            self._used[launch.folder] = launch, len(launch.written)
        return launch
