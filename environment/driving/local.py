"""Local mode: a quilt3 installation of the persona's own, signed in to the catalog."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from environment.driving.process_state import relocate_quilt3
from environment.driving.session import Activate, Session
from environment.modes import Mode

if TYPE_CHECKING:
    from environment.driving.account import Account
    from environment.people.personas import Persona
    from environment.targets.target import Target


class LocalSession(Session):
    """A persona at their own machine, with quilt3 under ``home``."""

    mode = Mode.LOCAL

    def __init__(
        self, persona: Persona, account: Account, target: Target, activate: Activate, name: str, home: Path
    ) -> None:
        super().__init__(persona, account, target, activate, name)
        self.home = home

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

    def use_token(self, token: str) -> None:
        """Configure the catalog and log in with a token, which is what ``quilt3 login`` does after the browser."""
        import quilt3

        self._activate(self)
        self.signed_in = True
        quilt3.config(self.target.catalog_url)
        quilt3.session.login_with_token(token)
        self.reopen()
