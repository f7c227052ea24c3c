"""Credentials that expire while someone works: accounts, tokens and AWS keys."""

from __future__ import annotations

import os
from dataclasses import dataclass

from pytest_bdd import given, when

from environment.driving.session import Session
from environment.gherkin.embedded import embedded_only
from environment.gherkin.references import parse
from environment.gherkin.values import Duration
from environment.observers.registry import is_accepted
from environment.secrecy.redaction import register_secret
from environment.targets.target import Target, UnavailableHereError
from environment.undo.log import UndoLog
from environment.waiting import wait_until
from quilt_stack import DeploymentSettings

SPARE_SECONDS = 10.0
CREDENTIALS_LIFETIME_SECONDS = DeploymentSettings.model_fields["credentials_lifetime_seconds"].default


@dataclass(frozen=True)
class ShortToken:
    """A token that expires, and how long it is valid from the moment it is issued."""

    token: str
    lifetime_seconds: float


@given(parse("this machine has no AWS credentials"))
def machine_without_credentials() -> None:
    """No environment variable, file or service of the machine gives keys, for this scenario only."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        os.environ.pop(name, None)


@given(parse('this deployment is in another region than "{region:Text}"'))
@embedded_only
def deployment_is_elsewhere(region: str, target: Target) -> None:
    """Not in the region that AWS's libraries use by default, where ignoring the catalog's region works by chance."""
    if target.region == region:
        raise UnavailableHereError(f"Looked for a deployment outside {region}", "it is there", "Settle another region")


@given(parse('the AWS region of this machine is "{region:Text}"'))
def machine_with_region(region: str) -> None:
    """Both variables that AWS's tools read it from are set, for this scenario only."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        os.environ[name] = region


@given(
    parse("{persona:Persona}, {description:Description}, is signed in with a token that is valid for {time:Duration}"),
    target_fixture="short_token",
)
@embedded_only
def sign_in_for(persona: Session, description: str, time: Duration, target: Target) -> ShortToken:
    """The persona signs in as usual, but the token expires soon."""
    persona.introduce(description)
    control = target.require_control("Issue a token that ends soon")
    token = _registered(control.issue_token(persona.user_name, lifetime_seconds=round(time.seconds)))
    persona.use_token(token)
    return ShortToken(token, time.seconds)


@when(parse("the token has expired"))
def token_ends(short_token: ShortToken, target: Target) -> None:
    """Wait until the registry refuses the token."""
    headers = {"Authorization": f"Bearer {short_token.token}"}
    wait_until(
        lambda: not is_accepted(target.graphql_endpoint, headers),
        limit_seconds=short_token.lifetime_seconds + SPARE_SECONDS,
        what="the registry to refuse the token",
    )


@given(parse("{persona:Persona}, {description:Description}, signed in long ago"))
@embedded_only
def signed_in_long_ago(persona: Session, description: str, target: Target, undo: UndoLog) -> None:
    """The clock is behind by the lifetime of AWS credentials: in real time, credentials issued now have expired."""
    persona.introduce(description)
    control = target.require_control("Give out AWS credentials of an earlier hour")
    undo.book("clock", "the deployment's clock")
    control.advance_clock(-CREDENTIALS_LIFETIME_SECONDS)
    persona.sign_in()


@given(parse("{persona:Persona}, {description:Description}, signed in {time:Duration} ago"))
@embedded_only
def signed_in_a_while_ago(persona: Session, description: str, time: Duration, target: Target, undo: UndoLog) -> None:
    """The clock is behind by this time: what is issued now for that long has expired once the clock is right again.

    Only the deployment's clock is: a link that is asked for meanwhile is not older for it, and quilt3 takes AWS
    credentials of an earlier hour for expired.
    """
    persona.introduce(description)
    control = target.require_control("Let somebody have signed in earlier")
    undo.book("clock", "the deployment's clock")
    control.advance_clock(-time.seconds)
    persona.sign_in()


@when(parse("that time has passed"))
@embedded_only
def time_has_passed(target: Target) -> None:
    """The clock is right again."""
    target.require_control("Set the clock right").reset_clock()


@when(parse("all AWS credentials issued so far have expired"))
@embedded_only
def credentials_ended(target: Target) -> None:
    """The clock is right again; by the clock and by their own expiry date, the credentials have expired."""
    target.require_control("Set the clock right").reset_clock()


def _registered(token: str) -> str:
    register_secret(token)
    return token
