"""Users, as the administrator's pages of the older web catalog read and change them.

The ancestor's calls (registry facts 1.3, 3.3); the rules are those of ``admin.user``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quilt_stack.registry.administration import accounts, mails, roles, users
from quilt_stack.registry.administration.directory import UserRecord, read_users
from quilt_stack.registry.calls import Call, Refused, Registry, route
from quilt_stack.registry.database import User
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal

# Texts that the catalog tells apart.
_TEXTS = {
    ("input.name", users.CONFLICT): (409, "Username already taken."),
    ("input.name", users.INVALID_NAME): (400, "Username is not valid."),
    ("input.email", users.CONFLICT): (409, "Email already taken."),
    ("input.email", users.INVALID_EMAIL): (400, "Invalid email."),
    ("email", users.INVALID_EMAIL): (400, "Invalid email."),
    ("", users.EMAIL_ALREADY_IN_USE): (400, "Another user already has that email."),
}


class NamedUser(BaseModel):
    """Body of most calls."""

    username: str


class NewUser(NamedUser):
    """Body of ``POST /api/users/create``, and of ``edit_email``."""

    email: str


class RoleOfUser(NamedUser):
    """Body of ``POST /api/users/set_role``."""

    role: str


Change = Callable[[Session, User, Call, str], None]


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    changes: dict[str, Change] = {
        "delete": lambda session, user, _, actor: users.delete(session, user, actor_id=actor),
        "edit_email": lambda session, user, call, _: users.set_email(session, user, call.json(NewUser).email),
        "set_role": _set_role,
        "enable": lambda session, user, _, actor: users.set_active(session, user, True, actor_id=actor),
        "disable": lambda session, user, _, actor: users.set_active(session, user, False, actor_id=actor),
        "grant_admin": lambda session, user, _, actor: users.set_admin(session, user, True, actor_id=actor),
        "revoke_admin": lambda session, user, _, actor: users.set_admin(session, user, False, actor_id=actor),
    }
    return [
        route("/api/users/list", _list, registry),
        route("/api/users/create", _create, registry, methods=("POST",)),
        *(
            route(f"/api/users/{name}", _changing(change), registry, methods=("POST",))
            for name, change in changes.items()
        ),
    ]


def _list(call: Call) -> Response:
    call.administrator()
    with call.registry.services.database.reading() as session:
        return JSONResponse({"results": [_shown(user) for user in read_users(session)]})


def _shown(user: UserRecord) -> dict[str, object]:
    return {
        "username": user.name,
        "email": user.email,
        "date_joined": user.date_joined.isoformat(),
        "last_login": user.last_login.isoformat(),
        "is_active": user.is_active,
        "is_superuser": user.is_admin,
        "role_id": user.role_id,
    }


def _create(call: Call) -> Response:
    call.administrator()
    services, wanted = call.registry.services, call.json(NewUser)
    with _refusals():
        with services.database.transaction() as session:
            role = roles.default_role(session)
            if role is None:
                raise Refused(400, "Default role not set")
            user = users.create(
                session,
                name=wanted.username,
                email=wanted.email,
                role=role.name,
                extra_roles=[],
                now=services.clock.now(),
            )
            link = accounts.create_link(session, services.clock, user.id, accounts.LinkPurpose.PASSWORD)
        services.mails.send_welcome(name=wanted.username, email=wanted.email, link=link)
    return JSONResponse({})


def _set_role(session: Session, user: User, call: Call, _: str) -> None:
    users.set_role(session, user, call.json(RoleOfUser).role, [], append=False)


def _changing(change: Change) -> Callable[[Call], Response]:
    def answer(call: Call) -> Response:
        actor = call.administrator()
        name = call.json(NamedUser).username
        with _refusals(), call.registry.services.database.transaction() as session:
            user = users.find(session, name)
            if user is None:
                raise Refused(404, "User not found")
            change(session, user, call, actor.user_id)
        return JSONResponse({})

    return answer


@contextmanager
def _refusals() -> Iterator[None]:
    """Answer what the rules refuse in the texts that the catalog reads."""
    try:
        yield
    except InvalidInputRefusal as refusal:
        first = refusal.values[0]
        status, text = _TEXTS.get((first.path, first.name), (400, first.message))
        raise Refused(status, text) from None
    except OperationRefusal as refusal:
        status, text = _TEXTS.get(("", refusal.name), (403, refusal.message))
        raise Refused(status, text) from None
    except mails.MailNotSent as failure:
        raise Refused(500, str(failure)) from None
