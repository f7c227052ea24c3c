"""What the tests of identity work with."""

from __future__ import annotations

from dataclasses import dataclass

from quilt_stack.clock import Clock
from quilt_stack.registry.database import Database, User
from quilt_stack.registry.identity import Identity
from quilt_stack.settings import DeploymentSettings

PASSWORD = "correct horse"


@dataclass(frozen=True)
class Registry:
    database: Database
    identity: Identity
    clock: Clock
    settings: DeploymentSettings

    def change_user(self, name: str, **values: object) -> None:
        with self.database.transaction() as session:
            user = session.query(User).filter_by(name=name).one()
            for key, value in values.items():
                setattr(user, key, value)
