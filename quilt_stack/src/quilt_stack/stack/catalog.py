"""The catalog's origin: its configuration, browsing sessions over HTTP, and a page for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute

from quilt_stack.registry.application import registry_parts
from quilt_stack.registry.calls import Call, http_exception_response, route
from quilt_stack.registry.rest import browsing
from quilt_stack.stack import s3_proxy, web_catalog

if TYPE_CHECKING:
    from quilt_stack.registry.services import Services

_OLDER_FIELDS = {
    "googleClientId": "",
    "oktaBaseUrl": "",
    "oktaClientId": "",
    "oneLoginBaseUrl": "",
    "oneLoginClientId": "",
    "signInRedirect": "/",
    "signOutRedirect": "/",
    "sentryDSN": "",
}

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Embedded Quilt deployment</title></head>
<body>
<h1>Embedded Quilt deployment</h1>
<p>This origin stands for a Quilt catalog. It has the configuration that clients read
(<a href="/config.json">config.json</a>) and the files of browsing sessions; it has no web interface.</p>
</body></html>
"""


def catalog_configuration(services: Services) -> dict[str, object]:
    """Content of ``config.json`` (registry facts 1.1), with absolute URLs, which the Python clients need."""
    settings = services.settings
    return {
        "registryUrl": services.registry_url,
        # Decision: the API gateway and the S3 proxy are the registry's and the AWS endpoint's origins. No Python client
        # calls them, but quilt-mcp refuses a configuration without the gateway (registry facts 1.1).
        "apiGatewayEndpoint": services.registry_url,
        "s3Proxy": services.cloud.url + s3_proxy.PREFIX,
        "region": settings.region,
        "analyticsBucket": settings.analytics_bucket,
        "serviceBucket": settings.service_bucket,
        "mode": "PRODUCT",
        "alwaysRequiresAuth": True,
        "passwordAuth": "ENABLED",
        # Decision: the identity provider has no page, its codes come from the control port; so the sign-in form offers
        # passwords alone (registry facts 1.1, 1.3).
        "ssoAuth": "DISABLED",
        "ssoProviders": "",
        "mixpanelToken": "",
        # Decision: the deployment answers as the platform version whose published schema it serves (registry facts
        # 1.1).
        "stackVersion": "1.70.0",
        # Decision: the optional fields are left out, as on a stack that uses none of what they switch (registry facts
        # 1.1).
    }


def _served_configuration(services: Services) -> dict[str, object]:
    """The same, with what a web catalog of an older version asks for, too, if that is served."""
    configuration = catalog_configuration(services)
    if services.settings.catalog_bundle is None:
        return configuration
    return configuration | _OLDER_FIELDS | {"binaryApiGatewayEndpoint": configuration["apiGatewayEndpoint"]}


def catalog_application(services: Services) -> Starlette:
    """The catalog as an ASGI application.

    ``/config.json`` and the same as a script, ``/browse/{session}/{path}``, and, like a real catalog, 200 with a page
    for every other path.
    """
    registry = registry_parts(services)
    bundle = services.settings.catalog_bundle
    pages: BaseRoute = route("/{path:path}", _page, registry) if bundle is None else web_catalog.pages(bundle)
    scripts = web_catalog.scripts(_served_configuration(services))
    return Starlette(
        routes=[route("/config.json", _configuration, registry), *scripts, *browsing.routes(registry), pages],
        exception_handlers={HTTPException: http_exception_response},
    )


def _configuration(call: Call) -> Response:
    return JSONResponse(_served_configuration(call.registry.services))


def _page(_: Call) -> Response:
    return HTMLResponse(_PAGE)
