"""A shared server: requests of several users, served at the same time in one process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from pytest_bdd import then, when

from environment.checking.comparing import must_be_exactly
from environment.checking.simultaneous import Threads
from environment.driving.session import Session
from environment.gherkin.references import parse
from environment.product.outcome import Outcome, attempt
from environment.targets.target import Target

_ME = "{ me { name } }"


@dataclass(frozen=True)
class Served:
    """What one request got: who is asking, and whom AWS takes its credentials for."""

    persona: Session
    identity: Outcome
    arn: str


@when(
    parse(
        "{one:Persona} and {other:Persona} each send {count:Count} requests at once, "
        + "asking who they are and for AWS credentials"
    ),
    target_fixture="served",
)
def ask_at_once(one: Session, other: Session, count: int, threads: Threads, target: Target) -> list[Served]:
    """Each request is served by its own thread, in the context of its sender."""

    def serve(persona: Session) -> Served:
        ops = persona.request()
        identity = attempt(ops.execute_graphql_query, _ME)
        aws = attempt(ops.get_aws_client, "sts", region=target.region)
        return Served(persona, identity, str(aws.value.get_caller_identity()["Arn"]))

    one.prepare()
    calls = [partial(serve, persona) for persona in (one, other) for _ in range(count)]
    return threads.at_once(calls)


@then(parse("each request was answered for its own sender, and acted in AWS as that sender and no one else"))
def identities_are_right(served: list[Served]) -> None:
    """The registry named the sender's user, and AWS names the session after that user."""
    senders = [(each.persona.persona.name, each.persona.user_name) for each in served]
    told = [(each.persona.persona.name, each.identity.value["data"]["me"]["name"]) for each in served]
    must_be_exactly(told, senders, "names told")
    acted = [(each.persona.persona.name, each.arn.rpartition("/")[2]) for each in served]
    must_be_exactly(acted, senders, "AWS sessions")
