"""What scenarios of administration arrange can be undone, also twice; whoever is made has an account that works."""

from __future__ import annotations

from pathlib import Path

import pytest

from environment.arrangement import undoing
from environment.arrangement.accounts import AccountHolder
from environment.arrangement.permission_trials import PermissionTrial
from environment.arrangement.roles import RoleArranger
from environment.arrangement.single_sign_on import SingleSignOnArranger
from environment.clients.users import UserArranger
from environment.driving.administration import Administration
from environment.errors import SuiteError
from environment.observers.directory import DirectoryObserver
from environment.observers.registry import RegistryObserver
from environment.people.names import Names, Person
from environment.settings import STATE_VARIABLE
from environment.targets.embedded import EmbeddedTarget
from environment.undo.kept_texts import digest_of, forget_text, keep_text, kept_text
from environment.undo.log import UndoLog, UndoLogFile
from environment.undo.undoing import UndoFailed, undo_all

SSO = 'version: "1.0"\ndefault_role: viewer\nmappings: []\n'


@pytest.fixture
def registry(embedded: EmbeddedTarget) -> RegistryObserver:
    return RegistryObserver(embedded.graphql_endpoint, embedded.token("admin"))


@pytest.fixture
def directory(registry: RegistryObserver) -> DirectoryObserver:
    return DirectoryObserver(registry)


@pytest.fixture
def person(request: pytest.FixtureRequest) -> Person:
    return Names(1, request.node.nodeid, "test").person()


def test_a_role_its_policy_and_its_holder_are_undone_in_reverse(
    embedded: EmbeddedTarget, registry: RegistryObserver, directory: DirectoryObserver, person: Person
) -> None:
    before = set(directory.roles()), set(directory.users())
    roles = RoleArranger(registry)
    roles.create_role("Passing", roles.create_policy("Passing", {embedded.buckets.scratch: "READ"}))
    UserArranger(registry).create(person.user_name, person.email, "Passing")
    assert set(directory.roles()) - before[0] == {"Passing"}
    for _ in range(2):
        undoing.delete_user(embedded, name=person.user_name)
        undoing.delete_role(embedded, name="Passing")
        undoing.delete_policy(embedded, title="Passing")
        assert (set(directory.roles()), set(directory.users())) == before


def test_an_sso_configuration_is_restored_only_if_it_changed(
    embedded: EmbeddedTarget, registry: RegistryObserver, directory: DirectoryObserver
) -> None:
    SingleSignOnArranger(registry).store(SSO)
    stored = directory.sso_configuration()
    undoing.restore_sso_configuration(embedded, kept=digest_of(SSO))
    assert directory.sso_configuration() == stored
    SingleSignOnArranger(registry).store(SSO.replace("viewer", "user"))
    undoing.restore_sso_configuration(embedded, kept=keep_text(SSO))
    restored = directory.sso_configuration()
    assert restored is not None
    assert restored.text == SSO
    undoing.restore_sso_configuration(embedded, kept=None)
    assert directory.sso_configuration() is None


def test_who_keeps_the_same_text_forgets_their_own_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    one, other = keep_text(SSO), keep_text(SSO)
    forget_text(one)
    assert (kept_text(one), kept_text(other)) == (None, SSO)


def test_an_undo_log_holds_no_text_of_an_sso_configuration_and_another_machine_says_what_is_missing(
    embedded: EmbeddedTarget,
    registry: RegistryObserver,
    directory: DirectoryObserver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "here"))
    SingleSignOnArranger(registry).store(SSO)
    log = UndoLog(UndoLogFile(tmp_path / "logs"), embedded.reference, "a test")
    Administration(embedded, directory, log).book_configuration()
    written = "".join(path.read_text() for path in (tmp_path / "logs").iterdir())
    assert digest_of(SSO) in written
    assert "default_role" not in written
    kept = list((tmp_path / "here").rglob("*"))
    assert [oct(path.stat().st_mode & 0o777) for path in kept] == ["0o700", "0o600"]
    SingleSignOnArranger(registry).remove()
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "elsewhere"))
    with pytest.raises(UndoFailed, match="on the machine of the run alone"):
        undo_all(log, embedded)
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "here"))
    undo_all(log, embedded)
    restored = directory.sso_configuration()
    assert restored is not None and restored.text == SSO
    assert not any(path.is_file() for path in (tmp_path / "here").rglob("*"))
    undoing.restore_sso_configuration(embedded, kept=None)


def test_the_default_role_is_restored_and_asked_for_while_sso_decides_it(
    embedded: EmbeddedTarget, registry: RegistryObserver, directory: DirectoryObserver
) -> None:
    assert directory.default_role() == "user"
    RoleArranger(registry).set_default("viewer")
    undoing.restore_default_role(embedded, name="user")
    assert directory.default_role() == "user"
    SingleSignOnArranger(registry).store(SSO)
    undoing.restore_default_role(embedded, name="user")
    with pytest.raises(SuiteError, match="SsoConfigConflict"):
        undoing.restore_default_role(embedded, name="viewer")
    undoing.restore_sso_configuration(embedded, kept=None)


def test_refusals_of_the_registry_say_why(registry: RegistryObserver, person: Person) -> None:
    with pytest.raises(SuiteError, match="No role exists by the provided name"):
        UserArranger(registry).create(person.user_name, person.email, "nobody_has_it")
    with pytest.raises(SuiteError, match="there is nobody of that name"):
        UserArranger(registry).deactivate(person.user_name)
    with pytest.raises(SuiteError, match="there is no such role"):
        RoleArranger(registry).set_default("nobody_has_it")


def test_somebody_new_chooses_a_password_and_does_what_the_role_allows(
    embedded: EmbeddedTarget, registry: RegistryObserver, person: Person, tmp_path: Path
) -> None:
    holder = AccountHolder(embedded, person)
    with pytest.raises(SuiteError, match="no mail with a link came"):
        holder.token()
    UserArranger(registry).create(person.user_name, person.email, "viewer")
    assert RegistryObserver(embedded.graphql_endpoint, holder.token()).me()["name"] == person.user_name
    undo = UndoLog(UndoLogFile(tmp_path), embedded.reference, "a test")
    trial = PermissionTrial(embedded, undo, person.user_name)
    scratch = embedded.buckets.scratch
    assert trial.may_read(holder.s3(), scratch)
    assert not trial.may_write(holder.s3(), scratch)
    assert not trial.may_read(holder.s3(), embedded.buckets.restricted)
    first = holder.last_token
    assert holder.refresh().accepted
    assert holder.last_token != first
    UserArranger(registry).deactivate(person.user_name)
    assert (holder.sign_in().refused, holder.refresh().refused, holder.aws_credentials().refused) == (True, True, True)
    undoing.delete_user(embedded, name=person.user_name)
