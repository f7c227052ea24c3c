"""Local mode: a quilt3 installation of the persona's own, signed in to the catalog."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from environment.driving.process_state import SERVER_ENVIRONMENT, changed_settings, relocate_quilt3
from environment.driving.session import Activate, Session
from environment.modes import Mode

if TYPE_CHECKING:
    from environment.driving.account import Account
    from environment.people.personas import Persona
    from environment.product.mcp_server.conversation import Conversation
    from environment.product.mcp_server.servers import Servers
    from environment.targets.target import Target


_SERVER_SETTINGS = {**SERVER_ENVIRONMENT, "QUILT_DEPLOYMENT": "legacy"}
"""The product's README: "legacy (quilt3 + stdio)"."""
_KEPT_SECONDS = 180.0
"""Credentials live for an hour; a scenario that lets most of it pass must not meet old ones."""


@dataclass(frozen=True)
class _SignIn:
    """What quilt3 left on disk when somebody signed in: mode and content of its files by their names below the home."""

    home: Path
    made: float
    files: dict[Path, tuple[int, bytes]]

    @classmethod
    def of(cls, home: Path) -> _SignIn:
        import quilt3.session
        import quilt3.util

        written = (quilt3.util.CONFIG_PATH, quilt3.session.AUTH_PATH, quilt3.session.CREDENTIALS_PATH)
        files = {path.relative_to(home): (path.stat().st_mode, path.read_bytes()) for path in written}
        return cls(home, time.monotonic(), files)

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.made < _KEPT_SECONDS

    def write(self, home: Path) -> None:
        """Leave the same below another home; quilt3's configuration names its own folder."""
        for name, (mode, content) in self.files.items():
            (home / name).touch(mode)
            (home / name).write_bytes(content.replace(bytes(self.home), bytes(home)))


_sign_ins: dict[tuple[str, str], _SignIn] = {}
"""By deployment and token."""


class LocalSession(Session):
    """A persona at their own machine, with quilt3 under ``home``."""

    mode = Mode.LOCAL

    def __init__(
        self, persona: Persona, account: Account, target: Target, activate: Activate, name: str, home: Path
    ) -> None:
        super().__init__(persona, account, target, activate, name)
        self.home = home
        self._server_settings = _SERVER_SETTINGS

    @override
    def enter(self) -> None:
        from quilt_mcp.config import reset_mode_config
        from quilt_mcp.context.runtime_context import set_default_environment

        os.environ["QUILT_MULTIUSER_MODE"] = "false"
        reset_mode_config()
        set_default_environment("desktop")
        relocate_quilt3(self.home)

    @override
    def leave(self) -> None:
        import quilt3.session

        quilt3.session.clear_session()

    @override
    def be_signed_in(self) -> None:
        place = self.target.identity, self.account.token()
        kept = _sign_ins.get(place)
        if kept is None or not kept.is_fresh:
            self.sign_in()
            _sign_ins[place] = _SignIn.of(self.home)
            return
        self._activate(self)
        self.signed_in = True
        kept.write(self.home)
        self.reopen()

    @override
    def take_default_server(self) -> None:
        # The product's README: "local deployment mode (platform + stdio, default)", with QUILT_CATALOG_URL alone.
        self._server_settings = {**SERVER_ENVIRONMENT, "QUILT_CATALOG_URL": self.target.catalog_url}

    @override
    def converse(self, servers: Servers) -> Conversation:
        return servers.of_ones_own(self.home, self._server_settings)

    @override
    def start_server(self, servers: Servers, changed: Mapping[str, str]) -> None:
        settings = changed_settings(self._server_settings, changed)
        servers.trial(self.home, settings, over_port=False, token=None)

    def use_token(self, token: str) -> None:
        """Configure the catalog and log in with a token, which is what ``quilt3 login`` does after the browser."""
        import quilt3

        self._activate(self)
        self.signed_in = True
        quilt3.config(self.target.catalog_url)
        quilt3.session.login_with_token(token)
        self.reopen()
