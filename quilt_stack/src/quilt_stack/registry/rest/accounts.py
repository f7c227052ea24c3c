"""A user's own account: who am I, sign-up, activation, passwords (registry facts 1.3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from quilt_stack.registry.administration import accounts
from quilt_stack.registry.calls import Call, Refused, Registry, route


class Registration(BaseModel):
    """Body of ``POST /api/register``."""

    username: str
    email: str
    password: str


class PasswordReset(BaseModel):
    """Body of ``POST /api/reset_password``."""

    email: str


class PasswordChange(BaseModel):
    """Body of ``POST /api/change_password``; ``link`` is the last segment of the mailed link."""

    link: str
    password: str


@contextmanager
def refusals() -> Iterator[None]:
    """Answer what the rules refuse in the form that the catalog reads."""
    try:
        yield
    except accounts.AccountRefusal as refusal:
        details = {} if refusal.error_code is None else {"error_code": refusal.error_code}
        raise Refused(refusal.status, refusal.message, **details) from None


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    return [
        route("/api/me", _me, registry),
        route("/api/register", _register, registry, methods=("POST",)),
        route("/activate/{token}", _activate, registry),
        route("/api/reset_password", _reset_password, registry, methods=("POST",)),
        route("/api/change_password", _change_password, registry, methods=("POST",)),
    ]


def _me(call: Call) -> Response:
    caller = call.caller()
    # A caller is always active: the tokens and keys of inactive users are refused.
    return JSONResponse(
        {"current_user": caller.name, "email": caller.email, "is_staff": caller.is_admin, "is_active": True}
    )


def _register(call: Call) -> Response:
    body = call.json(Registration)
    services = call.registry.services
    with refusals():
        accounts.refuse_without_subscription(services.conditions.current)
        accounts.register(
            services.database,
            services.clock,
            services.mails,
            username=body.username,
            email=body.email,
            password=body.password,
        )
    return JSONResponse({})


def _activate(call: Call) -> Response:
    services = call.registry.services
    activated = accounts.activate(services.database, services.clock, call.request.path_params["token"])
    page = "signin" if activated else "activation_error"
    return RedirectResponse(f"{services.catalog_url}/{page}", status_code=302)


def _reset_password(call: Call) -> Response:
    email = call.json(PasswordReset).email
    services = call.registry.services
    with refusals():
        accounts.request_password_reset(services.database, services.clock, services.mails, email)
    return JSONResponse({})


def _change_password(call: Call) -> Response:
    body = call.json(PasswordChange)
    services = call.registry.services
    with refusals():
        accounts.change_password(services.database, services.clock, link=body.link, password=body.password)
    return JSONResponse({})
