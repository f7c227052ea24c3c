"""Users who sign in through SSO alone: what the configuration decides is not set by hand (registry facts 3.3, 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from quilt_stack.clock import Clock
from quilt_stack.registry.administration import accounts, sso, users
from quilt_stack.registry.administration.directory import read_users
from quilt_stack.registry.database import Database, Role, User, UserRole
from quilt_stack.registry.refusals import OperationRefusal

CONFIG = 'version: "1.0"\ndefault_role: viewer\nmappings: []\n'


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database, clock = Database(tmp_path / "registry.sqlite"), Clock()
    with database.transaction() as session:
        session.add(Role(id="viewer", name="viewer", arn="arn:viewer", managed=False))
        session.flush()
        for name in ("ada", "federated"):
            user = User(id=name, name=name, email=name, date_joined=clock.now(), active_role_id="viewer")
            user.is_admin, user.is_sso_only = name == "ada", name == "federated"
            session.add(user)
            session.flush()
            session.add(UserRole(user_id=name, role_id="viewer", position=0))
        yield session
    database.close()


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(OperationRefusal) as caught:
        call()
    return caught.value.name


def test_while_a_configuration_exists_roles_and_flag_are_fixed(session: Session) -> None:
    user = session.get_one(User, "federated")
    sso.store(session, CONFIG, uploader_id="ada", now=Clock().now())
    assert refused(lambda: users.set_role(session, user, "viewer", [], append=False)) == "RoleAssignmentDisabled"
    assert refused(lambda: users.add_roles(session, user, ["viewer"])) == "RoleAssignmentDisabled"
    assert refused(lambda: users.remove_roles(session, user, ["viewer"], None)) == "RoleAssignmentDisabled"
    assert refused(lambda: users.set_admin(session, user, True, actor_id="ada")) == "AdminAssignmentDisabled"
    [record] = read_users(session, ["federated"])
    assert record.is_role_assignment_disabled and record.is_admin_assignment_disabled


def test_without_one_they_are_users_like_others(session: Session) -> None:
    user = session.get_one(User, "federated")
    sso.store(session, CONFIG, uploader_id="ada", now=Clock().now())
    sso.store(session, None, uploader_id="ada", now=Clock().now())
    users.set_role(session, user, "viewer", [], append=False)
    users.set_admin(session, user, True, actor_id="ada")
    [record] = read_users(session, ["federated"])
    assert record.is_admin and not record.is_role_assignment_disabled and not record.is_admin_assignment_disabled


def test_they_have_no_password_to_reset(session: Session) -> None:
    user = session.get_one(User, "federated")
    assert refused(lambda: accounts.reset_password(session, Clock(), user)) == "SsoOnlyUser"
