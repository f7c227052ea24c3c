"""Signing in and out: passwords, one-time codes and tokens (registry facts 1.3)."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from quilt_stack.registry.administration import accounts, sso_sign_in
from quilt_stack.registry.calls import Call, Refused, Registry, route
from quilt_stack.registry.identity import IssuedToken, Unauthenticated
from quilt_stack.registry.rest.accounts import refusals

_SIGN_IN_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head>
<body>
<h1>Sign in</h1>
<form id="form">
  <p><label>User <input name="username" autocomplete="username" required></label></p>
  <p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
  <p><button>Show the code</button></p>
</form>
<p id="answer" role="status"></p>
<script>
  const call = async (path, options) => {
    const response = await fetch(path, options);
    const body = await response.json();
    if (!response.ok) throw new Error(body.message);
    return body;
  };
  document.getElementById("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = document.getElementById("answer");
    try {
      const {token} = await call("/api/login", {
        method: "POST",
        headers: {"content-type": "application/json"},
        body: JSON.stringify(Object.fromEntries(new FormData(event.target))),
      });
      const {code} = await call("/api/code", {headers: {authorization: `Bearer ${token}`}});
      answer.textContent = `Paste this code into the terminal: ${code}`;
    } catch (error) {
      answer.textContent = error.message;
    }
  });
</script>
</body></html>
"""


class SignIn(BaseModel):
    """Body of ``POST /api/login``: a name or an e-mail with a password, or a code of an SSO provider."""

    username: str | None = None
    password: str | None = None
    provider: str | None = None
    code: str | None = None


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    return [
        route("/login", _page, registry),
        route("/api/login", _sign_in, registry, methods=("POST",)),
        route("/api/token", _exchange, registry, methods=("POST",)),
        route("/api/refresh", _refresh, registry, methods=("POST",)),
        route("/api/logout", _sign_out, registry, methods=("POST",)),
        route("/api/code", _one_time_code, registry),
    ]


def _page(_: Call) -> Response:
    # Decision: the page is on the registry itself and shows the code at once; a stack redirects to its catalog's
    # (registry facts 1.3).
    return HTMLResponse(_SIGN_IN_PAGE)


def _sign_in(call: Call) -> Response:
    body = call.json(SignIn)
    with refusals():
        accounts.refuse_without_subscription(call.registry.services.conditions.current)
    if body.provider is not None:
        return _token_response(_sign_in_through(call, body.provider, body.code or ""))
    if body.username is None or body.password is None:
        raise Refused(400, "A username and a password are needed.")
    issued = call.registry.identity.sign_in(body.username, body.password)
    return _token_response(issued)


def _sign_in_through(call: Call, provider: str, code: str) -> IssuedToken:
    services = call.registry.services
    claims = services.identity_provider.redeem(provider, code)
    if claims is None:
        # Decision: for a code that nobody gave, the registry knows nobody (with the text for SSO, registry facts 1.3).
        raise Unauthenticated("User does not exist")
    try:
        with services.database.transaction() as session:
            user = sso_sign_in.admit(session, claims, now=services.clock.now())
    except sso_sign_in.NotAdmitted as refusal:
        raise Unauthenticated(str(refusal)) from refusal
    except sso_sign_in.DefaultRoleNotSet as refusal:
        raise Refused(400, str(refusal)) from refusal
    return call.registry.identity.sign_in_vouched(user.id)


def _exchange(call: Call) -> Response:
    refresh_token = call.form().get("refresh_token")
    if not refresh_token:
        raise Refused(400, "The form field refresh_token is missing.")
    issued = call.registry.identity.exchange(refresh_token)
    # Refresh and access token are the same string (registry facts 2.1).
    return JSONResponse({"refresh_token": issued.token, "access_token": issued.token, "expires_at": issued.expires_at})


def _refresh(call: Call) -> Response:
    return _token_response(call.registry.identity.refresh(call.caller()))


def _sign_out(call: Call) -> Response:
    call.registry.identity.sign_out(call.caller())
    return JSONResponse({})


def _one_time_code(call: Call) -> Response:
    return JSONResponse({"code": call.registry.identity.one_time_code(call.caller())})


def _token_response(issued: IssuedToken) -> Response:
    return JSONResponse({"token": issued.token, "exp": issued.expires_at})
