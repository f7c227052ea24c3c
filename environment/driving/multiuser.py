"""Multiuser mode: the persona's JWT in the runtime context, as the server's middleware puts it there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from environment.driving.older_settings import settings_it_cannot_derive
from environment.driving.operations import Operations
from environment.driving.process_state import SERVER_ENVIRONMENT, changed_settings, relocate_quilt3
from environment.driving.session import Activate, Session
from environment.errors import SuiteError
from environment.modes import Mode

if TYPE_CHECKING:
    from environment.driving.account import Account
    from environment.people.personas import Persona
    from environment.product.mcp_server.conversation import Conversation
    from environment.product.mcp_server.servers import Servers
    from environment.targets.target import Target


class MultiuserSession(Session):
    """A persona who reaches the product through a shared server.

    ``home`` is the server's: quilt3 finds nobody signed in there, because quilt-mcp falls back to that, unless a
    sentence says who is.
    """

    mode = Mode.MULTIUSER

    def __init__(
        self, persona: Persona, account: Account, target: Target, activate: Activate, name: str, home: Path
    ) -> None:
        super().__init__(persona, account, target, activate, name)
        self.home = home
        self._token: str | None = None
        self._context: Any = None

    @override
    def enter(self) -> None:
        from quilt_mcp.config import reset_mode_config
        from quilt_mcp.context.runtime_context import set_default_environment

        os.environ["QUILT_MULTIUSER_MODE"] = "true"
        os.environ.update(self._settings())
        reset_mode_config()
        set_default_environment("web")
        relocate_quilt3(self.home)
        self._context = self._push()

    @override
    def leave(self) -> None:
        from quilt_mcp.context.runtime_context import reset_runtime_context

        reset_runtime_context(self._context)
        for name in self._settings():
            os.environ.pop(name, None)

    def _settings(self) -> dict[str, str]:
        return {"QUILT_CATALOG_URL": self.target.catalog_url, **settings_it_cannot_derive(self.target)}

    @override
    def request(self) -> Any:
        """QuiltOps for this persona in the context of the calling thread, where the server's middleware puts the JWT.

        Sessions of several personas serve requests side by side so; one of them has to be active already.
        """
        from quilt_mcp.ops.factory import QuiltOpsFactory

        self._push()
        return Operations(cache(QuiltOpsFactory.create), self.name, "QuiltOps", self)

    def _push(self) -> Any:
        """Put the JWT into the current context; what is returned takes it out again."""
        from quilt_mcp.context.runtime_context import RuntimeAuthState, push_runtime_context

        auth = None if self._token is None else RuntimeAuthState(scheme="Bearer", access_token=self._token)
        return push_runtime_context(environment="web", auth=auth)

    @override
    def take_default_server(self) -> None:
        raise SuiteError(
            "Looked for a shared server with default settings",
            "by default quilt-mcp serves the one user who started it",
            "Tag the scenario @local_mode",
        )

    @override
    def sign_in_on_the_server(self) -> None:
        import quilt3

        self._activate(self)
        quilt3.config(self.target.catalog_url)
        quilt3.session.login_with_token(self.account.token())

    @override
    def converse(self, servers: Servers) -> Conversation:
        return servers.shared(self._server_settings(), self._token)

    @override
    def start_server(self, servers: Servers, changed: Mapping[str, str]) -> None:
        settings = changed_settings(self._server_settings(), changed)
        servers.trial(self.home, settings, over_port=True, token=self._token)

    def _server_settings(self) -> dict[str, str]:
        # The product's README: "remote (platform + http)".
        return {**SERVER_ENVIRONMENT, "QUILT_DEPLOYMENT": "remote", **self._settings()}

    def use_token(self, token: str) -> None:
        """Present this JWT with every call from now on; nothing is asked of the registry yet."""
        self._token = token
        self.signed_in = True
        self.reopen()
        self._activate(self, anew=True)
