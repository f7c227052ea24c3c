"""The new colleague: who that is, and what the account is good for, tried for real.

Passwords are chosen through the mails of an embedded deployment; a live one has nobody who reads them.
"""

from __future__ import annotations

from typing import Any

import pytest
from pytest_bdd import given, then, when

import steps.buckets  # noqa: F401  # registers Bucket
from environment.arrangement.accounts import AccountHolder
from environment.arrangement.permission_trials import PermissionTrial
from environment.clients.users import UserArranger
from environment.gherkin.references import ReferenceKind, ValueKind, parse, register
from environment.observers.directory import DirectoryObserver, KnownUser
from environment.observers.registry import RegistryObserver, is_accepted
from environment.people.names import UNUSUAL_ADDRESSES, UNUSUAL_USER_NAMES, Names, Person
from environment.sessions.stage import Stage
from environment.targets.target import Target
from environment.undo.log import UndoLog

register(
    ReferenceKind(
        "UserName",
        "kind of user name",
        lambda: sorted(UNUSUAL_USER_NAMES),
        lambda name, _: UNUSUAL_USER_NAMES[name],
        pattern=r"[a-zA-Z ]+",
    ),
    ReferenceKind(
        "Address",
        "kind of e-mail address",
        lambda: sorted(UNUSUAL_ADDRESSES),
        lambda name, _: UNUSUAL_ADDRESSES[name],
        pattern=r"[a-zA-Z ]+",
    ),
    ValueKind("Deed", r"read|write to", str, ("read", "write to")),
)

_SWITCH = "mutation ($role: String!) { switchRole(roleName: $role) { __typename } }"


@pytest.fixture(scope="session")
def user_arranger(registry_observer: RegistryObserver) -> UserArranger:
    """Makes users through the registry."""
    return UserArranger(registry_observer)


@pytest.fixture
def applicant(names: Names, undo: UndoLog) -> Person:
    """Who is to become a user in this scenario, booked for undoing."""
    return _booked(names.person(), undo)


def _booked(person: Person, undo: UndoLog) -> Person:
    undo.book("user", f"the user {person.user_name}", name=person.user_name)
    return person


@pytest.fixture
def colleague(applicant: Person, target: Target, stage: Stage) -> AccountHolder:
    """The applicant's account, with which "the new colleague" acts."""
    holder = AccountHolder(target, applicant)
    stage.welcome(holder)
    return holder


@pytest.fixture
def trial(target: Target, undo: UndoLog, colleague: AccountHolder) -> PermissionTrial:
    """Tries what the new colleague may do in S3."""
    return PermissionTrial(target, undo, colleague.user_name)


@given(parse("an applicant whose user name has {oddity:UserName}"), target_fixture="applicant")
def applicant_with_unusual_name(oddity: str, names: Names, undo: UndoLog) -> Person:
    """Somebody with a user name that the rules allow and that has tripped software."""
    return _booked(names.person_with_user_name(oddity), undo)


@given(parse("an applicant whose e-mail address has {oddity:Address}"), target_fixture="applicant")
def applicant_with_unusual_address(oddity: str, names: Names, undo: UndoLog) -> Person:
    """Somebody with an e-mail address that the rules allow and that has tripped software."""
    return _booked(names.person_with_address(oddity), undo)


@given(parse('there is a new colleague with the role "{role:Text}"'), target_fixture="before")
def colleague_with_role(
    role: str, colleague: AccountHolder, user_arranger: UserArranger, directory_observer: DirectoryObserver
) -> KnownUser:
    """A user made by the suite, as administrator."""
    user_arranger.create(colleague.user_name, colleague.person.email, role)
    return known_user(colleague, directory_observer)


@given(
    parse('there is a new colleague with the role "{role:Text}" and the further roles {roles:Names}'),
    target_fixture="before",
)
def colleague_with_roles(
    role: str,
    roles: tuple[str, ...],
    colleague: AccountHolder,
    user_arranger: UserArranger,
    directory_observer: DirectoryObserver,
) -> KnownUser:
    """A user made by the suite, as administrator, who has several roles and acts in the first."""
    user_arranger.create(colleague.user_name, colleague.person.email, role, roles)
    return known_user(colleague, directory_observer)


@given(parse("the new colleague is an administrator"), target_fixture="before")
def colleague_is_administrator(
    colleague: AccountHolder, user_arranger: UserArranger, directory_observer: DirectoryObserver
) -> KnownUser:
    """The user was appointed by the suite, as administrator."""
    user_arranger.appoint(colleague.user_name)
    return known_user(colleague, directory_observer)


@given(parse("the new colleague was deactivated"), target_fixture="before")
def colleague_was_deactivated(
    colleague: AccountHolder, user_arranger: UserArranger, directory_observer: DirectoryObserver
) -> KnownUser:
    """The user was shut out by the suite, as administrator."""
    user_arranger.deactivate(colleague.user_name)
    return known_user(colleague, directory_observer)


@given(parse("the new colleague was deleted"))
def colleague_was_deleted(colleague: AccountHolder, user_arranger: UserArranger) -> None:
    """The user is gone: deleted by the suite, as administrator."""
    user_arranger.delete(colleague.user_name)


def known_user(colleague: AccountHolder, directory: DirectoryObserver) -> KnownUser:
    """The new colleague as the registry has them.

    Raises:
        AssertionError: if it has no such user.
    """
    found = directory.user(colleague.user_name)
    assert found is not None, f"the registry has no user {colleague.user_name}"
    return found


@given(parse("the new colleague has signed in"))
@when(parse("the new colleague signs in"))
@then(parse("the new colleague signs in with a password of their own choice"))
def colleague_signs_in(colleague: AccountHolder, stage: Stage, target: Target) -> None:
    """Choose a password through the mail if there is none yet, sign in, and be who one is to the registry."""
    stage.session("the new colleague").sign_in()
    assert RegistryObserver(target.graphql_endpoint, colleague.last_token).me()["name"] == colleague.user_name


@then(parse("the new colleague can sign in again"))
def colleague_can_sign_in(colleague: AccountHolder) -> None:
    """The password is good for a new token, and that for another one."""
    answer = colleague.sign_in()
    assert answer.accepted, f"the registry answered {answer.status} to the sign-in"
    assert colleague.refresh().accepted, "the token cannot be refreshed"


@then(parse("the new colleague can sign in after choosing a new password through the mail"))
def colleague_can_choose_password(colleague: AccountHolder) -> None:
    """The link of the last mail lets one choose a password, with which one signs in."""
    colleague.choose_password()
    answer = colleague.sign_in()
    assert answer.accepted, f"the registry answered {answer.status} to the sign-in"


@then(parse("the new colleague can sign in with that address"))
def colleague_can_sign_in_by_address(colleague: AccountHolder, new_address: str) -> None:
    """The new e-mail address will do instead of the user name, the old one will not."""
    assert colleague.sign_in(new_address).accepted
    assert colleague.sign_in(colleague.person.email).refused


@then(parse("the new colleague cannot sign in"))
def colleague_cannot_sign_in(colleague: AccountHolder) -> None:
    """The registry refuses user name and password."""
    answer = colleague.sign_in()
    assert answer.refused, f"the registry answered {answer.status} to the sign-in"


@then(parse("the token that the new colleague had opens nothing any more"))
def token_opens_nothing(colleague: AccountHolder, target: Target) -> None:
    """Neither GraphQL nor a new token nor AWS credentials are to be had for it."""
    token = colleague.last_token
    assert not is_accepted(target.graphql_endpoint, {"Authorization": f"Bearer {token}"}), "GraphQL accepts the token"
    assert colleague.refresh().refused, "the token can be refreshed"
    assert colleague.aws_credentials().refused, "AWS credentials are given for the token"


@given(parse('a new colleague with the role "{role:Text}" is at work'), target_fixture="aws_keys")
def colleague_at_work(
    role: str,
    colleague: AccountHolder,
    user_arranger: UserArranger,
    stage: Stage,
    trial: PermissionTrial,
    target: Target,
) -> Any:
    """A user made by the suite, who has signed in and fetched AWS credentials that open the packages bucket."""
    user_arranger.create(colleague.user_name, colleague.person.email, role)
    colleague_signs_in(colleague, stage, target)
    s3 = colleague.s3()
    assert trial.may_read(s3, target.buckets.packages), "the credentials do not open the packages bucket"
    return s3


@then(parse("an hour later the AWS credentials that the new colleague had open nothing"))
def credentials_open_nothing(aws_keys: Any, trial: PermissionTrial, target: Target) -> None:
    """Credentials that were given out live on until they end, an hour at most; then S3 refuses them."""
    with target.time_passed(3601):
        assert not trial.may_read(aws_keys, target.buckets.packages), "the old credentials still open S3"


@then(parse("the new colleague can {deed:Deed} the {bucket:Bucket} bucket"))
def colleague_can(deed: str, bucket: str, colleague: AccountHolder, trial: PermissionTrial, target: Target) -> None:
    """S3 lets AWS credentials of the active role do it, fetched now."""
    assert _tried(deed, bucket, colleague, trial, target), f"the new colleague cannot {deed} the {bucket} bucket"


@then(parse("the new colleague cannot {deed:Deed} the {bucket:Bucket} bucket"))
def colleague_cannot(deed: str, bucket: str, colleague: AccountHolder, trial: PermissionTrial, target: Target) -> None:
    """S3 refuses AWS credentials of the active role, fetched now."""
    assert not _tried(deed, bucket, colleague, trial, target), f"the new colleague can {deed} the {bucket} bucket"


@then(parse("the new colleague can only read the {bucket:Bucket} bucket"))
def colleague_can_only_read(bucket: str, colleague: AccountHolder, trial: PermissionTrial, target: Target) -> None:
    """S3 lets AWS credentials of the active role, fetched now, read and refuses them to write."""
    colleague_can("read", bucket, colleague, trial, target)
    colleague_cannot("write to", bucket, colleague, trial, target)


def _tried(deed: str, bucket: str, colleague: AccountHolder, trial: PermissionTrial, target: Target) -> bool:
    place: str = getattr(target.buckets, bucket)
    attempt = trial.may_read if deed == "read" else trial.may_write
    return attempt(colleague.s3(), place)


@when(parse('the new colleague switches to the role "{role:Text}"'))
def colleague_switches(role: str, colleague: AccountHolder, target: Target) -> None:
    """One of the roles that one has becomes the active one, as the catalog's menu does it."""
    assert _switched(role, colleague, target), f"the role {role} was refused"


@then(parse('the new colleague cannot switch to the role "{role:Text}"'))
def colleague_cannot_switch(role: str, colleague: AccountHolder, target: Target) -> None:
    """The registry refuses a role that one does not have."""
    assert not _switched(role, colleague, target), f"the role {role} was accepted"


def _switched(role: str, colleague: AccountHolder, target: Target) -> bool:
    registry = RegistryObserver(target.graphql_endpoint, colleague.last_token)
    return bool(registry.ask(_SWITCH, role=role)["switchRole"]["__typename"] == "Me")
