"""How an endpoint is written: a plain function from a `Call` to a response, run in a worker thread.

Whatever goes wrong is answered as JSON with a ``message``, because quilt3 reads nothing else (registry facts 1.4).
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quilt_stack.registry.identity import Unauthenticated

if TYPE_CHECKING:
    from quilt_stack.registry.access import Access
    from quilt_stack.registry.identity import Caller, Identity
    from quilt_stack.registry.services import Services

logger = logging.getLogger(__name__)

Body = TypeVar("Body", bound=BaseModel)


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A request that is not carried out; ``details`` are further keys of the answer's JSON object."""

    def __init__(self, status: int, message: str, **details: object) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details


@dataclass(frozen=True)
class Registry:
    """The parts that endpoints use."""

    services: Services
    identity: Identity
    access: Access


@dataclass(frozen=True)
class Call:
    """One request with its body read."""

    registry: Registry
    request: Request
    body: bytes

    def caller(self) -> Caller:
        """Who asks.

        Raises:
            Unauthenticated: no token, or one that is not good; answered with 401.
        """
        return self.registry.identity.authenticate(self.request.headers.get("authorization"))

    def administrator(self) -> Caller:
        """Who asks, if that is an administrator.

        Raises:
            Unauthenticated: no token, or one that is not good; answered with 401.
            Refused: with 403, if the caller is not an administrator.
        """
        caller = self.caller()
        if not caller.is_admin:
            raise Refused(403, "Administrator permission is needed: sign in as an administrator.")
        return caller

    def json(self, shape: type[Body]) -> Body:
        """The body as JSON of this shape.

        Raises:
            Refused: with 400, if it is not; the message names the fields, and no value.
        """
        try:
            return shape.model_validate_json(self.body or b"{}")
        except ValidationError as error:
            raise Refused(400, f"The request's body is not as expected: {_fields(error)}.") from None

    def form(self) -> dict[str, str]:
        """The fields of a URL-encoded form; the last of several values counts."""
        fields = parse_qs(self.body.decode("utf-8", errors="replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}


Handler = Callable[[Call], Response]


def route(path: str, handler: Handler, registry: Registry, *, methods: tuple[str, ...] = ("GET",)) -> Route:
    """Serve ``path`` with a handler."""
    return Route(path, _endpoint(handler, registry), methods=list(methods))


def error_response(status: int, message: str, **details: object) -> JSONResponse:
    """An error's answer."""
    return JSONResponse({"message": message, **details}, status_code=status)


async def http_exception_response(request: Request, exception: Exception) -> Response:
    """Answer for what Starlette itself refuses: unknown paths and methods."""
    if not isinstance(exception, HTTPException):
        raise exception
    message = f"{exception.detail}: {request.method} {request.url.path}"
    return JSONResponse({"message": message}, status_code=exception.status_code, headers=exception.headers)


def _endpoint(handler: Handler, registry: Registry) -> Callable[[Request], Awaitable[Response]]:
    @functools.wraps(handler)
    async def endpoint(request: Request) -> Response:
        call = Call(registry, request, await request.body())
        return await run_in_threadpool(_answered, handler, call)

    return endpoint


def _answered(handler: Handler, call: Call) -> Response:
    try:
        return handler(call)
    except Unauthenticated as refusal:
        return error_response(401, refusal.message)
    except Refused as refusal:
        return error_response(refusal.status, refusal.message, **refusal.details)
    except Exception:
        logger.exception("%s %s failed", call.request.method, call.request.url.path)
        return error_response(500, "Internal Server Error")


def _fields(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, part['loc'])) or 'body'}: {part['msg']}" for part in error.errors())
