"""Teaching moto, when the first request for CloudFormation comes: moto's part of it takes two seconds to load."""

from __future__ import annotations

from quilt_stack.aws.cloudformation.resource_type import Clients
from quilt_stack.aws.first_use import before_first_use
from quilt_stack.wire.wsgi import Middleware


def when_first_used(clients: Clients) -> Middleware:
    """Return a middleware that installs the extension before it lets the first CloudFormation request through.

    ``clients`` makes the boto3 clients, by service and region, with which resources are made.
    """
    return before_first_use("cloudformation", lambda: install(clients))


def install(clients: Clients) -> None:
    """Extend moto in this process; a second call changes the clients alone."""
    # Late, because moto.cloudformation loads the models of every service.
    from quilt_stack.aws.cloudformation import change_sets, drift, moto_models, stacks

    moto_models.install(clients)
    stacks.install()
    change_sets.install()
    drift.install()
