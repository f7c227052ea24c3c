"""The control port: faults, clock, conditions, mailbox, journal, search index, credentials of a running deployment.

For tests and for people, never for what is tested. Everything but the status page and ``/status`` needs the control
token of operator.json in the header ``X-Control-Token``; `control_client.ControlClient` is the typed way to call it.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, Field, JsonValue, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from quilt_stack.aws.s3_purging import purge
from quilt_stack.registry.identity import Identity, UnknownUser
from quilt_stack.registry.identity_provider import UnknownProvider
from quilt_stack.registry.packages.purging import purge_package
from quilt_stack.snapshot.errors import SnapshotError
from quilt_stack.state_files import CONTROL_TOKEN_HEADER
from quilt_stack.wire.faults import FaultRule, Faults, Surface
from quilt_stack.wire.journal import Journal, JournalEntry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from quilt_stack.registry.services import Services
    from quilt_stack.snapshot.description import Snapshot
    from quilt_stack.stack.snapshots import Snapshots

_LONGEST_WAIT_SECONDS = 300.0

_Body = TypeVar("_Body", bound=BaseModel)
_EXCHANGES = TypeAdapter(list[JournalEntry])


@dataclass(frozen=True)
class Controlled:
    """The parts of a deployment that the control port moves. ``started_at`` is seconds since the epoch."""

    services: Services
    identity: Identity
    faults: Faults
    journal: Journal
    snapshots: Snapshots
    token: str
    started_at: float


class ClockMove(BaseModel):
    """Body of ``POST /clock``."""

    advance_seconds: float


class ConditionsChange(BaseModel):
    """Body of ``PUT /conditions``: what is to change."""

    subscription_valid: bool | None = None
    mail_accepted: bool | None = None


class IndexingDelay(BaseModel):
    """Body and answer of ``/indexing/delay``."""

    seconds: float = Field(ge=0)


class IndexingWait(BaseModel):
    """Body of ``POST /indexing/wait``."""

    timeout_seconds: float = Field(gt=0, le=_LONGEST_WAIT_SECONDS)


class TokenRequest(BaseModel):
    """Body of ``POST /tokens``; a negative lifetime gives a token that is past its end."""

    user_name: str
    lifetime_seconds: int | None = None


class Vouching(BaseModel):
    """Body of ``POST /sso/codes``: the claims of somebody's ID token."""

    provider: str
    claims: dict[str, JsonValue]


class ObjectsBelow(BaseModel):
    """Body of ``POST /objects/purge``."""

    bucket: str
    prefix: str = Field(min_length=1)


class OnePackage(BaseModel):
    """Body of ``POST /packages/purge``; words: those by which its own manifests are known."""

    bucket: str
    package: str = Field(min_length=1)
    words: str | None = Field(default=None, min_length=1)


class SnapshotName(BaseModel):
    """Body of ``POST /snapshots``."""

    name: str


class SnapshotSource(BaseModel):
    """Body of ``POST /snapshots/restore``: one of both."""

    name: str | None = None
    file: Path | None = None


class UserTokens(BaseModel):
    """Body of ``POST /tokens/revoke`` and ``POST /tokens/expire``."""

    user_name: str


def control_application(controlled: Controlled) -> Starlette:
    """The control port as an ASGI application."""
    actions: list[tuple[str, str, Callable[[Controlled, Request, bytes], Response]]] = [
        ("GET", "/faults", _list_faults),
        ("POST", "/faults", _set_fault),
        ("DELETE", "/faults", _clear_faults),
        ("DELETE", "/faults/{id}", _remove_fault),
        ("GET", "/clock", _read_clock),
        ("POST", "/clock", _advance_clock),
        ("DELETE", "/clock", _reset_clock),
        ("GET", "/conditions", _read_conditions),
        ("PUT", "/conditions", _change_conditions),
        ("GET", "/mails", _mails),
        ("GET", "/journal", _journal),
        ("GET", "/indexing/delay", _read_delay),
        ("PUT", "/indexing/delay", _set_delay),
        ("POST", "/indexing/wait", _wait_until_indexed),
        ("POST", "/credentials/expire", _expire_credentials),
        ("POST", "/objects/purge", _purge_objects),
        ("POST", "/packages/purge", _purge_package),
        ("POST", "/sso/codes", _vouch),
        ("GET", "/snapshots", _list_snapshots),
        ("POST", "/snapshots", _take_snapshot),
        ("POST", "/snapshots/restore", _restore_snapshot),
        ("DELETE", "/snapshots/{name}", _remove_snapshot),
        ("POST", "/tokens", _issue_token),
        ("POST", "/tokens/revoke", _revoke_tokens),
        ("POST", "/tokens/expire", _expire_tokens),
    ]
    routes = [Route(path, _guarded(controlled, action), methods=[method]) for method, path, action in actions]
    routes += [
        Route("/", _open(controlled, _status_page), methods=["GET"]),
        Route("/status", _open(controlled, _status), methods=["GET"]),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _message})


def _guarded(
    controlled: Controlled, action: Callable[[Controlled, Request, bytes], Response]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        given = request.headers.get(CONTROL_TOKEN_HEADER, "")
        if not hmac.compare_digest(given.encode(), controlled.token.encode()):
            raise HTTPException(401, f"the header {CONTROL_TOKEN_HEADER} must carry the control token of operator.json")
        return await run_in_threadpool(action, controlled, request, await request.body())

    return endpoint


def _open(controlled: Controlled, action: Callable[[Controlled], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_: Request) -> Response:
        return await run_in_threadpool(action, controlled)

    return endpoint


async def _message(_: Request, exception: Exception) -> Response:
    if not isinstance(exception, HTTPException):
        raise exception
    return JSONResponse({"message": exception.detail}, status_code=exception.status_code, headers=exception.headers)


def _body(shape: type[_Body], body: bytes) -> _Body:
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, part['loc'])) or 'body'}: {part['msg']}" for part in error.errors())
        raise HTTPException(400, problems) from None


def _done() -> Response:
    return JSONResponse({})


def _list_faults(controlled: Controlled, _: Request, __: bytes) -> Response:
    return JSONResponse([fault.model_dump(mode="json") for fault in controlled.faults.list()])


def _set_fault(controlled: Controlled, _: Request, body: bytes) -> Response:
    return JSONResponse(controlled.faults.set(_body(FaultRule, body)).model_dump(mode="json"))


def _remove_fault(controlled: Controlled, request: Request, _: bytes) -> Response:
    fault_id = request.path_params["id"]
    try:
        controlled.faults.remove(fault_id)
    except KeyError:
        raise HTTPException(404, f"there is no fault rule {fault_id}") from None
    return _done()


def _clear_faults(controlled: Controlled, _: Request, __: bytes) -> Response:
    controlled.faults.clear()
    return _done()


def _read_clock(controlled: Controlled, _: Request, __: bytes) -> Response:
    return JSONResponse({"seconds": controlled.services.clock.seconds()})


def _advance_clock(controlled: Controlled, request: Request, body: bytes) -> Response:
    controlled.services.clock.advance(_body(ClockMove, body).advance_seconds)
    return _read_clock(controlled, request, body)


def _reset_clock(controlled: Controlled, request: Request, body: bytes) -> Response:
    controlled.services.clock.reset()
    return _read_clock(controlled, request, body)


def _read_conditions(controlled: Controlled, _: Request, __: bytes) -> Response:
    return JSONResponse(asdict(controlled.services.conditions.current))


def _change_conditions(controlled: Controlled, _: Request, body: bytes) -> Response:
    changed = controlled.services.conditions.change(**_body(ConditionsChange, body).model_dump())
    return JSONResponse(asdict(changed))


def _mails(controlled: Controlled, request: Request, _: bytes) -> Response:
    mails = controlled.services.mailbox.mails(request.query_params.get("recipient"))
    return JSONResponse([{**asdict(mail), "sent": mail.sent.isoformat()} for mail in mails])


def _journal(controlled: Controlled, request: Request, _: bytes) -> Response:
    query = request.query_params
    try:
        exchanges = controlled.journal.exchanges(
            surface=Surface(query["surface"]) if "surface" in query else None,
            client_ports=frozenset(map(int, query.getlist("client_port"))),
            since=float(query["since"]) if "since" in query else None,
            until=float(query["until"]) if "until" in query else None,
            after=int(query.get("after", "0")),
            limit=int(query["limit"]) if "limit" in query else None,
            all_answers="all_answers" in query,
        )
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    return Response(_EXCHANGES.dump_json(exchanges), media_type="application/json")


def _read_delay(controlled: Controlled, _: Request, __: bytes) -> Response:
    return JSONResponse({"seconds": controlled.services.search.delay_seconds})


def _set_delay(controlled: Controlled, request: Request, body: bytes) -> Response:
    controlled.services.search.set_delay(_body(IndexingDelay, body).seconds)
    return _read_delay(controlled, request, body)


def _wait_until_indexed(controlled: Controlled, _: Request, body: bytes) -> Response:
    limit = _body(IndexingWait, body).timeout_seconds
    if not controlled.services.search.wait_until_idle(limit):
        raise HTTPException(504, f"the search index is still behind after {limit:g} s")
    return _done()


def _expire_credentials(controlled: Controlled, _: Request, __: bytes) -> Response:
    controlled.services.cloud.expire_session_credentials()
    return _done()


def _purge_objects(_: Controlled, __: Request, body: bytes) -> Response:
    wanted = _body(ObjectsBelow, body)
    purge(wanted.bucket, wanted.prefix)
    return _done()


def _purge_package(_: Controlled, __: Request, body: bytes) -> Response:
    wanted = _body(OnePackage, body)
    purge_package(wanted.bucket, wanted.package, wanted.words)
    return _done()


def _vouch(controlled: Controlled, _: Request, body: bytes) -> Response:
    wanted = _body(Vouching, body)
    try:
        code = controlled.services.identity_provider.vouch(wanted.provider, wanted.claims)
    except UnknownProvider as error:
        raise HTTPException(400, str(error)) from None
    return JSONResponse({"code": code})


def _issue_token(controlled: Controlled, _: Request, body: bytes) -> Response:
    wanted = _body(TokenRequest, body)
    try:
        token = controlled.identity.issue_token(wanted.user_name, wanted.lifetime_seconds)
    except UnknownUser as error:
        raise HTTPException(404, str(error)) from None
    return JSONResponse({"token": token})


def _revoke_tokens(controlled: Controlled, _: Request, body: bytes) -> Response:
    return _for_user(controlled.identity.revoke_tokens, body)


def _expire_tokens(controlled: Controlled, _: Request, body: bytes) -> Response:
    return _for_user(controlled.identity.expire_tokens, body)


def _for_user(action: Callable[[str], None], body: bytes) -> Response:
    try:
        action(_body(UserTokens, body).user_name)
    except UnknownUser as error:
        raise HTTPException(404, str(error)) from None
    return _done()


def _list_snapshots(controlled: Controlled, _: Request, __: bytes) -> Response:
    return JSONResponse([found.model_dump(mode="json") for found in controlled.snapshots.all()])


def _take_snapshot(controlled: Controlled, _: Request, body: bytes) -> Response:
    return _snapshot(lambda: controlled.snapshots.take(_body(SnapshotName, body).name))


def _restore_snapshot(controlled: Controlled, _: Request, body: bytes) -> Response:
    wanted, snapshots = _body(SnapshotSource, body), controlled.snapshots
    if wanted.file is not None:
        file = wanted.file
        return _snapshot(lambda: snapshots.load(file))
    return _snapshot(lambda: snapshots.restore(wanted.name or ""))


def _remove_snapshot(controlled: Controlled, request: Request, _: bytes) -> Response:
    return _snapshot(lambda: controlled.snapshots.remove(request.path_params["name"]))


def _snapshot(action: Callable[[], Snapshot | None]) -> Response:
    try:
        done = action()
    except SnapshotError as error:
        raise HTTPException(409, str(error)) from error
    return _done() if done is None else JSONResponse(done.model_dump(mode="json"))


def _status(controlled: Controlled) -> Response:
    return JSONResponse({"pid": os.getpid(), "started_at": controlled.started_at})


def _status_page(controlled: Controlled) -> Response:
    services = controlled.services
    rows = {
        "Catalog": services.catalog_url,
        "Registry": services.registry_url,
        "AWS endpoint": services.cloud.url,
        "Region": services.settings.region,
        "Process": os.getpid(),
        "Deployment's clock": services.clock.now().isoformat(timespec="seconds"),
        "Mails": len(services.mailbox.mails()),
        "Indexing delay": f"{services.search.delay_seconds:g} s",
        "Fault rules": len(controlled.faults.list()),
    }
    exchanges = controlled.journal.exchanges(limit=20)
    table = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in rows.items())
    lines = "".join(
        f"<tr><td>{exchange.surface}</td><td>{exchange.method}</td><td>{escape(exchange.target[:120])}</td>"
        f"<td>{escape(exchange.operation or '')}</td><td>{exchange.status or 'no answer'}</td>"
        f"<td>{exchange.seconds * 1000:.0f} ms</td></tr>"
        for exchange in reversed(exchanges)
    )
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Embedded Quilt deployment</title>'
        "<style>body{font-family:sans-serif;margin:2rem}th,td{text-align:left;padding:.2rem .8rem .2rem 0}</style>"
        f"</head><body><h1>Embedded Quilt deployment</h1><table>{table}</table><h2>Last exchanges</h2>"
        "<table><tr><th>Surface</th><th>Method</th><th>Path</th><th>Operation</th><th>Status</th><th>Time</th></tr>"
        f"{lines}</table></body></html>"
    )
