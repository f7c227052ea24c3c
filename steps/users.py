"""Users: what an administrator does with them, and what the registry then has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pytest_bdd import given, then, when

from environment.arrangement.accounts import AccountHolder
from environment.checking.comparing import must_agree, must_be_empty, must_be_exactly
from environment.gherkin.references import ReferenceKind, ValueKind, parse, register
from environment.observers.directory import DirectoryObserver, KnownUser
from environment.people.names import FLAWS_OF_NEW_USERS, FlawedField, Names, Person
from environment.people.personas import CAST
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.sessions.stage import Stage
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.accounts import known_user
from steps.refusals import message_of_last_named, refusal_of_last_named, words_of

register(
    ReferenceKind(
        "FlawOfUser",
        "flaw of a new user",
        lambda: sorted(FLAWS_OF_NEW_USERS),
        lambda name, _: FLAWS_OF_NEW_USERS[name],
        pattern=r"(?:user name|e-mail address|role|further role) [a-zA-Z -]+",
    ),
    ValueKind("Standing", r"active|inactive", lambda text: text == "active", ("active", "inactive")),
    ValueKind("Rights", r"with|without", lambda text: text == "with", ("with", "without")),
)

WORDS_FOR: Mapping[str, str] = {
    "name": r"\b(?:user[ _]?)?name\b|\buser named \S+ (?:already exists|is taken)\b",
    "email": r"\be-?mail\b",
    "role": r"\broles?\b",
    "extra_roles": r"\broles?\b",
}
"""How a message may call a field of a user."""


@dataclass(frozen=True)
class Application:
    """An attempt to create a user that must fail: the fields, which of them is wrong, who has its value already."""

    fields: Mapping[str, Any]
    wrong: str
    taken_by: str | None = None


# --- what an administrator does ---------------------------------------------------------------------------------------


@when(parse("{persona:Persona} lists the users"), target_fixture="outcome")
def list_users(persona: Session) -> Outcome:
    """Ask AdminOps for all users."""
    return attempt(persona.admin.list_users)


@when(parse("{persona:Persona} looks the new colleague up"), target_fixture="outcome")
def look_colleague_up(persona: Session, colleague: AccountHolder) -> Outcome:
    """Ask AdminOps for the user by name."""
    return attempt(persona.admin.get_user, colleague.user_name)


@when(
    parse('{persona:Persona} creates a user for the new colleague with the role "{role:Text}"'),
    target_fixture="outcome",
)
def create_user(persona: Session, role: str, colleague: AccountHolder) -> Outcome:
    """Create a user with one role."""
    return attempt(persona.admin.create_user, colleague.user_name, colleague.person.email, role)


@when(
    parse(
        '{persona:Persona} creates a user for the new colleague with the role "{role:Text}" '
        + "and the further roles {roles:Names}"
    ),
    target_fixture="outcome",
)
def create_user_with_roles(persona: Session, role: str, roles: tuple[str, ...], colleague: AccountHolder) -> Outcome:
    """Create a user with several roles, of whom the first is the active one."""
    create = persona.admin.create_user
    return attempt(create, colleague.user_name, colleague.person.email, role, extra_roles=list(roles))


@when(parse("{persona:Persona} creates another user of the same name"), target_fixture="application")
def create_same_name(persona: Session, colleague: AccountHolder, applicant: Person) -> Application:
    """Create a user under a name that is taken, with an address of their own."""
    fields = {"name": colleague.user_name, "email": f"another.{applicant.email}", "role": "user"}
    attempt(persona.admin.create_user, **fields)
    return Application(fields, "name", taken_by=colleague.user_name)


@when(parse("{persona:Persona} creates another user of the same e-mail address"), target_fixture="application")
def create_same_address(persona: Session, colleague: AccountHolder, names: Names, undo: UndoLog) -> Application:
    """Create a user with an address that is taken, under a name of their own."""
    fields = {"name": names.person().user_name, "email": colleague.person.email, "role": "user"}
    undo.book("user", f"the user {fields['name']}", name=fields["name"])
    attempt(persona.admin.create_user, **fields)
    return Application(fields, "email", taken_by=colleague.user_name)


@when(parse("{persona:Persona} creates a user whose {flaw:FlawOfUser}"), target_fixture="application")
def create_with_flaw(persona: Session, flaw: FlawedField, applicant: Person, undo: UndoLog) -> Application:
    """Create a user of whom one field breaks the rules and the others do not."""
    fields: dict[str, Any] = {"name": applicant.user_name, "email": applicant.email, "role": "viewer"}
    fields[flaw.field] = ["user", flaw.value] if flaw.field == "extra_roles" else flaw.value
    undo.book("user", "the user with a flaw", name=fields["name"])
    attempt(persona.admin.create_user, **fields)
    return Application(fields, flaw.field)


@when(parse("{persona:Persona} changes the new colleague's e-mail address"), target_fixture="new_address")
def change_address(persona: Session, colleague: AccountHolder) -> str:
    """Give the user another e-mail address."""
    address = f"new.{colleague.person.email}"
    attempt(persona.admin.set_user_email, colleague.user_name, address)
    return address


@when(parse('{persona:Persona} changes the e-mail address of the new colleague to "{address:Text}"'))
def change_address_to(persona: Session, address: str, colleague: AccountHolder) -> None:
    """Give the user this e-mail address."""
    attempt(persona.admin.set_user_email, colleague.user_name, address)


@when(parse("{persona:Persona} changes the e-mail address of the new colleague to her own"))
def change_address_to_taken(persona: Session, colleague: AccountHolder, target: Target) -> None:
    """Give the user an e-mail address that somebody else has."""
    attempt(persona.admin.set_user_email, colleague.user_name, target.accounts.email(persona.persona.account))


@when(parse("{persona:Persona} makes the new colleague an administrator"))
def grant_admin(persona: Session, colleague: AccountHolder) -> None:
    """Grant admin rights."""
    attempt(persona.admin.set_user_admin, colleague.user_name, True)


@when(parse("{persona:Persona} takes the admin rights of the new colleague"))
def revoke_admin(persona: Session, colleague: AccountHolder) -> None:
    """Revoke admin rights."""
    attempt(persona.admin.set_user_admin, colleague.user_name, False)


@when(parse("{persona:Persona} deactivates the new colleague"))
def deactivate(persona: Session, colleague: AccountHolder) -> None:
    """Shut the user out."""
    attempt(persona.admin.set_user_active, colleague.user_name, False)


@when(parse("{persona:Persona} reactivates the new colleague"))
def reactivate(persona: Session, colleague: AccountHolder) -> None:
    """Let the user in again."""
    attempt(persona.admin.set_user_active, colleague.user_name, True)


@when(parse("{persona:Persona} resets the password of the new colleague"))
def reset_password(persona: Session, colleague: AccountHolder) -> None:
    """Have the user choose a new password."""
    attempt(persona.admin.reset_user_password, colleague.user_name)


@when(parse("{persona:Persona} deletes the new colleague"))
def delete(persona: Session, colleague: AccountHolder) -> None:
    """Delete the user."""
    attempt(persona.admin.delete_user, colleague.user_name)


@given(parse("no mail can be sent"))
def no_mail_is_sent(target: Target, undo: UndoLog) -> None:
    """The mail server takes nothing until the scenario ends."""
    control = target.require_control("Let the mail server take no mails")
    undo.book("conditions", "what the stack depends on")
    control.set_conditions(mail_accepted=False)


# --- what is then true ------------------------------------------------------------------------------------------------


@then(parse("the users of this test environment and the new colleague are listed as the registry has them"))
def known_users_are_listed(
    outcome: Outcome, colleague: AccountHolder, directory_observer: DirectoryObserver, target: Target
) -> None:
    """Each of them once, with all fields; the time of the last sign-in, which may be now, is some time."""
    wanted = {colleague.user_name, *(target.user_name(persona.account) for persona in CAST)}
    known = directory_observer.users()
    listed = [_shown(user) for user in outcome.value if user.name in wanted]
    must_be_exactly([user.name for user in listed], wanted, "users listed")
    for user in listed:
        must_agree(_lasting(user), _lasting(known[user.name]), f"fields of {user.name}")


@then(parse("{persona:Persona} is shown the new colleague as the registry has them"))
def colleague_is_shown(persona: Session, colleague: AccountHolder, directory_observer: DirectoryObserver) -> None:
    """The user that the last call returned has the fields that the registry has."""
    known = known_user(colleague, directory_observer)
    must_agree(asdict(_shown(persona.last_outcome().value)), asdict(known), "fields of the user")


@then(parse("{persona:Persona} is shown that the new colleague signed in after joining, and when"))
def last_sign_in_is_shown(persona: Session, colleague: AccountHolder, directory_observer: DirectoryObserver) -> None:
    """Both moments are those of the registry, and they differ."""
    shown, known = _shown_colleague(persona, colleague), known_user(colleague, directory_observer)
    moments = {"date_joined": known.date_joined, "last_login": known.last_login}
    must_agree({name: getattr(shown, name) for name in moments}, moments, "moments of the user")
    assert shown.last_login > shown.date_joined, f"the last sign-in, {shown.last_login}, is not after joining"


@then(parse("{persona:Persona} is shown that the new colleague signs in through single sign-on only"))
def single_sign_on_is_shown(persona: Session, colleague: AccountHolder) -> None:
    """A user who has no password, and no account of a service."""
    shown = _shown_colleague(persona, colleague)
    found = {"single sign-on only": shown.is_sso_only, "service": shown.is_service}
    must_agree(found, {"single sign-on only": True, "service": False}, "properties of the user")


@then(parse("the registry has the new colleague as an {active:Standing} user {admin:Rights} admin rights"))
def colleague_has_standing(
    active: bool, admin: bool, colleague: AccountHolder, directory_observer: DirectoryObserver
) -> None:
    """The user may sign in or not, and is an administrator or not."""
    known = known_user(colleague, directory_observer)
    found = {"active": known.is_active, "admin": known.is_admin}
    must_agree(found, {"active": active, "admin": admin}, "properties of the user")


@then(parse("the registry has the e-mail address that the new colleague was given"))
def colleague_has_address(colleague: AccountHolder, new_address: str, directory_observer: DirectoryObserver) -> None:
    """The user has the new address."""
    assert known_user(colleague, directory_observer).email == new_address


@then(parse("the new colleague is as before"))
def colleague_is_unchanged(before: KnownUser, directory_observer: DirectoryObserver) -> None:
    """The registry has the same user with the same fields; signing in changes none but its own time."""
    after = directory_observer.user(before.name)
    assert after is not None, f"the registry has no user {before.name} any more"
    must_agree(_lasting(after), _lasting(before), "fields of the user")


@then(parse("nobody was created"))
def nobody_was_created(application: Application, directory_observer: DirectoryObserver) -> None:
    """The registry has no user of that name or e-mail address, but who had it before."""
    name, email = application.fields["name"], application.fields["email"]
    found = [user.name for user in directory_observer.users().values() if user.name == name or user.email == email]
    must_be_empty([user for user in found if user != application.taken_by], "users of that name or address")


@then(parse("the registry has no such user any more"))
def colleague_is_gone(colleague: AccountHolder, directory_observer: DirectoryObserver) -> None:
    """Neither by name nor in the list."""
    assert directory_observer.user(colleague.user_name) is None
    assert colleague.user_name not in directory_observer.users()


@then(parse("a mail with a link for a new password reaches the new colleague"))
def reset_mail_arrives(colleague: AccountHolder) -> None:
    """Besides the welcome there is one mail, addressed to the user, with a link."""
    mails = colleague.mails()
    assert len(mails) == 2, f"{len(mails)} mails came instead of the welcome and one for the reset"
    assert mails[-1].links, "the mail has no link"


@then(parse("the message says that a mail could not be sent"))
def message_tells_of_mail(stage: Stage) -> None:
    """The administrator learns that nobody got the link, and can hand it on in another way."""
    message = message_of_last_named(stage)
    assert re.search(r"\bmail.{0,40}\bsen[dt]\b|\bsend.{0,40}\bmail\b|\bSMTP\b", message, re.IGNORECASE), (
        f"the message tells of no mail: {message}"
    )


@then(parse("the error names the field that is wrong"))
def error_names_wrong_field(stage: Stage, application: Application) -> None:
    """The reader learns which of the fields to correct, from the message or the context."""
    refusal = refusal_of_last_named(stage)
    told = f"{refusal} {getattr(refusal, 'context', {}).get('field', '')}"
    assert re.search(WORDS_FOR[application.wrong], told, re.IGNORECASE), f"the error names no field: {refusal}"


@then(parse("the error names the new colleague"))
def error_names_colleague(stage: Stage, colleague: AccountHolder) -> None:
    """The reader learns which user is meant."""
    refusal = refusal_of_last_named(stage)
    assert colleague.user_name in words_of(refusal), f"the error does not name the user: {refusal}"


def _shown_colleague(persona: Session, colleague: AccountHolder) -> KnownUser:
    """The new colleague in the persona's last answer, which is a user or a list of users."""
    answer = persona.last_outcome("get_user", "list_users").value
    found = [user for user in (answer if isinstance(answer, list) else [answer]) if user.name == colleague.user_name]
    assert len(found) == 1, f"the answer has {len(found)} users of the name {colleague.user_name}"
    return _shown(found[0])


def _shown(user: Any) -> KnownUser:
    """A user of AdminOps in the observer's terms."""
    return KnownUser(
        name=user.name,
        email=user.email,
        is_active=user.is_active,
        is_admin=user.is_admin,
        is_sso_only=user.is_sso_only,
        is_service=user.is_service,
        date_joined=datetime.fromisoformat(user.date_joined),
        last_login=datetime.fromisoformat(user.last_login),
        role=None if user.role is None else user.role.name,
        extra_roles=tuple(sorted(role.name for role in user.extra_roles)),
    )


def _lasting(user: KnownUser) -> dict[str, Any]:
    """The fields of a user but for the time of the last sign-in."""
    return {name: value for name, value in asdict(user).items() if name != "last_login"}
