"""Accounts: who joins, how people sign in, and what their account gives access to, tried for real.

Passwords are chosen through the mails of an embedded deployment; on a live one nobody reads them.
"""

from __future__ import annotations

import pytest
from pytest_bdd import given, then, when

from environment.arrangement.permission_trials import PermissionTrial
from environment.checking.comparing import must_agree
from environment.clients.users import UserArranger
from environment.driving.administration import User
from environment.driving.session import Session
from environment.driving.stage import Stage
from environment.errors import SuiteError
from environment.gherkin.embedded import embedded_only
from environment.gherkin.following import brings, mentions
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import CellWords, Rows, columns
from environment.observers.registry import RegistryObserver, is_accepted
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.kinds import WRITABLE_BUCKETS
from steps.kinds_of_people import NewAccount, introduced, roles_called

_SWITCH = "mutation ($role: String!) { switchRole(roleName: $role) { __typename } }"
_ACCESS = {(False, False): "none", (True, False): "read", (True, True): "read and write", (False, True): "write"}
"""What a table calls it, by whether one may read and whether one may write."""


@given(parse("a new colleague {user:NewUser} with {role:Role}{further:FurtherRoles}"))
def new_colleague(user: User, role: str, further: tuple[str, ...], user_arranger: UserArranger) -> None:
    """A user made by the suite, as administrator; with several roles the first is the active one."""
    user_arranger.create(user.user_name, user.email, role, further)


@given(parse("{users:NewColleagues} with {role:Role}"))
def several_new_colleagues(users: tuple[User, ...], role: str, user_arranger: UserArranger) -> None:
    """Users made by the suite, as administrator."""
    for user in users:
        user_arranger.create(user.user_name, user.email, role)


@given(parse("{user:NewUser}, {account:NewAccount}, is signed in"))
@embedded_only
def signed_in_colleague(user: User, account: NewAccount, user_arranger: UserArranger, stage: Stage) -> None:
    """A user made by the suite, as administrator, who has chosen a password through the mail and signed in.

    A new administrator has the role "admin" and the right to administer, which the role alone does not give.
    """
    user_arranger.create(user.user_name, user.email, account.role, account.further)
    if account.is_administrator:
        user_arranger.appoint(user.user_name)
    stage.session(user.name).sign_in()


@given(parse("these new colleagues:"))
@columns("name", "role", optional=("further roles",))
@brings("colleague", column="name")
@mentions("Role", column="role", words='the role "{}"')
@mentions("Role", column="further roles", words='the role "{}"')
def new_colleagues(datatable: Rows, user_arranger: UserArranger, request: pytest.FixtureRequest) -> None:
    """Users made by the suite, as administrator; further roles are separated by commas."""
    for row in datatable:
        user = introduced(row["name"], request)
        [role] = roles_called(row["role"], request)
        further = roles_called(row.get("further roles", ""), request)
        user_arranger.create(user.user_name, user.email, role, further)


@given(parse("{persona:Persona} has signed in"))
@when(parse("{persona:Persona} signs in"))
@embedded_only
def sign_in(persona: Session) -> None:
    """Sign in as is usual in the mode, with a password chosen through the mail if there is none yet."""
    persona.sign_in()


@given(parse("{user:Colleague} has fetched AWS credentials"))
def fetch_aws_keys(user: User, target: Target, undo: UndoLog) -> None:
    """The credentials give access to the packages bucket."""
    user.aws_keys = user.holder.s3()
    trial = PermissionTrial(target, undo, user.user_name)
    assert trial.may_read(user.aws_keys, target.buckets.packages), "the credentials do not open the packages bucket"


@given(parse("{user:Colleague} has switched to {role:Role}"))
@when(parse("{user:Colleague} switches to {role:Role}"))
def switch(user: User, role: str, target: Target) -> None:
    """Make one of the user's roles the active one, as the catalog's menu does."""
    assert _switched(role, user, target), f'the role "{role}" was refused'


@then(parse("{user:Colleague} {can:Can} switch to {role:Role}"))
def can_switch(user: User, can: bool, role: str, target: Target) -> None:
    """The registry makes the role the active one, or refuses one that the user does not have."""
    assert _switched(role, user, target) == can, f'the role "{role}" was {"refused" if can else "accepted"}'


@then(parse("{user:Colleague} {can:Can} sign in{way:WayToSignIn}"))
@embedded_only
def can_sign_in(user: User, can: bool, way: str, stage: Stage, target: Target) -> None:
    """The last password, chosen now if there is none yet, gives a token, which can be renewed.

    A user who cannot sign in did have a password; the old password is the first one they chose.
    """
    name = {"new e-mail address": user.email, "former e-mail address": user.first_email}.get(way)
    if way == "new password from the mail":
        user.holder.choose_password()
    if not can:
        answer = user.holder.sign_in(name, first_password=way == "old password")
        assert answer.refused, f"the sign-in is not refused: the registry answered {answer.status}"
        return
    user.holder.have_password()
    answer = user.holder.sign_in(name, first_password=way == "old password")
    assert answer.accepted, f"the sign-in fails: the registry answered {answer.status}"
    assert user.holder.refresh().accepted, "the token cannot be refreshed"
    stage.session(user.name).sign_in()
    name = RegistryObserver(target.graphql_endpoint, user.holder.last_token).me()["name"]
    assert name == user.user_name, f"the registry takes {user.name} for {name}"


@then(parse("{user:Colleague}'s token no longer works"))
def token_opens_nothing(user: User, target: Target) -> None:
    """It gives no access to GraphQL, no new token and no AWS credentials."""
    token = user.holder.last_token
    assert not is_accepted(target.graphql_endpoint, {"Authorization": f"Bearer {token}"}), (
        "the token still works: GraphQL accepts it"
    )
    assert user.holder.refresh().refused, "the token can be refreshed"
    assert user.holder.aws_credentials().refused, "AWS credentials are given for the token"


@then(parse("{user:Colleague}'s AWS credentials no longer work an hour later"))
def credentials_open_nothing(user: User, target: Target, undo: UndoLog) -> None:
    """Credentials that were issued work until they expire, an hour at most; then S3 refuses them."""
    if user.aws_keys is None:
        raise SuiteError(f"Looked for {user.name}'s credentials", "none were fetched", "Fetch them in an earlier step")
    with target.time_passed(3601):
        still = PermissionTrial(target, undo, user.user_name).may_read(user.aws_keys, target.buckets.packages)
    assert not still, "the old credentials still open S3"


@then(parse("{user:Colleague} has this access to S3:"))
@columns(
    "bucket", "access", cells={"bucket": CellWords(WRITABLE_BUCKETS), "access": CellWords(tuple(_ACCESS.values()))}
)
def has_access(user: User, datatable: Rows, target: Target, undo: UndoLog) -> None:
    """S3 lets AWS credentials of the active role, fetched now, do this and no more: read, read and write, or none."""
    s3, trial = user.holder.s3(), PermissionTrial(target, undo, user.user_name)
    places = {row["bucket"]: getattr(target.buckets, row["bucket"]) for row in datatable}
    found = {bucket: _ACCESS[trial.may_read(s3, place), trial.may_write(s3, place)] for bucket, place in places.items()}
    must_agree(found, {row["bucket"]: row["access"] for row in datatable}, f"access of {user.name}")


@then(parse("{user:Colleague} gets a mail with a link to choose a new password"))
@embedded_only
def reset_mail_arrives(user: User) -> None:
    """Besides the welcome mail there is exactly one mail to the user, with a link."""
    mails = user.holder.mails()
    assert len(mails) == 2, f"{len(mails)} mails came instead of the welcome and one for the reset"
    assert mails[-1].links, "the mail has no link"


@given(parse("no mail can be sent"))
@embedded_only
def no_mail_is_sent(target: Target, undo: UndoLog) -> None:
    """The mail server accepts nothing until the scenario ends."""
    control = target.require_control("Let the mail server take no mails")
    undo.book("conditions", "what the stack depends on")
    control.set_conditions(mail_accepted=False)


def _switched(role: str, user: User, target: Target) -> bool:
    registry = RegistryObserver(target.graphql_endpoint, user.holder.last_token)
    return bool(registry.ask(_SWITCH, role=role)["switchRole"]["__typename"] == "Me")
