"""A registry database with two users, the identity over it, and a clock that tests can move; no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from identity_registry import PASSWORD, Registry

from quilt_stack.clock import Clock
from quilt_stack.registry import passwords
from quilt_stack.registry.database import Bucket, BucketPermission, Database, Policy, Role, RolePolicy, User
from quilt_stack.registry.identity import Identity
from quilt_stack.settings import DeploymentSettings


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    settings = DeploymentSettings(state_directory=tmp_path)
    clock = Clock()
    database = Database(tmp_path / "registry.sqlite")
    with database.transaction() as session:
        for name in ("one", "two", "three"):
            session.add(Bucket(name=name, title=name, prefixes=[]))
        session.add_all(
            [
                Role(id="viewer", name="viewer", arn="arn:viewer", managed=True),
                Role(id="reader", name="ReadQuiltBucket", arn="arn:reader", managed=False),
                Role(id="writer", name="ReadWriteQuiltBucket", arn="arn:writer", managed=False),
                Policy(id="p1", title="p1", arn="arn:p1", managed=True),
                Policy(id="p2", title="p2", arn="arn:p2", managed=True),
            ]
        )
        session.flush()
        session.add_all(
            [
                RolePolicy(role_id="viewer", policy_id="p1", position=0),
                RolePolicy(role_id="viewer", policy_id="p2", position=1),
                BucketPermission(policy_id="p1", bucket_name="one", level="READ_WRITE", position=0),
                BucketPermission(policy_id="p1", bucket_name="two", level="READ", position=1),
                BucketPermission(policy_id="p2", bucket_name="one", level="READ", position=0),
            ]
        )
        for name, role in (("ada", "viewer"), ("lee", "reader")):
            session.add(
                User(
                    name=name,
                    email=f"{name}@example.com",
                    date_joined=clock.now(),
                    active_role_id=role,
                    password_hash=passwords.hash_password(PASSWORD),
                )
            )
    yield Registry(database, Identity(database, settings, clock), clock, settings)
    database.close()
