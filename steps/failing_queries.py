"""Queries that cannot be answered, and how Athena says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError
from pytest_bdd import then, when

from environment.gherkin.references import ReferenceKind, parse, register
from environment.observers.athena import QueryAnswer
from environment.product.outcome import Outcome, attempt_as
from environment.sessions.session import Session
from environment.targets.target import Target
from steps.queries import ask_in_sql, athena_of
from steps.tabulator import TableAtHand

UNANSWERABLE: Mapping[str, Callable[[TableAtHand, Target], str]] = {
    "a table that is not there": lambda table, _: f'SELECT * FROM "{table.name}_none"',
    "a column that is not there": lambda table, _: f'SELECT depth FROM "{table.name}"',
    "a catalog that is not there": lambda table, target: (
        f'SELECT * FROM "no-such-catalog"."{target.buckets.packages}"."{table.name}"'
    ),
    "a bucket that she may not read": lambda table, target: (
        f'SELECT * FROM "{target.buckets.restricted}"."{table.name}"'
    ),
    "words for numbers": lambda table, _: f'SELECT CAST(site AS integer) FROM "{table.name}"',
}
"""SQL that is well formed and has no answer, by what it asks for."""
NO_SQL = "LET ME SEE EVERYTHING"

register(
    ReferenceKind(
        "Unanswerable",
        "query without an answer",
        lambda: sorted(UNANSWERABLE),
        lambda name, _: UNANSWERABLE[name],
        pattern="|".join(map(re.escape, UNANSWERABLE)),  # anything wider would also take other sentences
    )
)


@when(parse("{persona:Persona} asks for {query:Unanswerable}"), target_fixture="answer")
def ask_unanswerable(
    persona: Session, query: Callable[[TableAtHand, Target], str], table: TableAtHand, target: Target
) -> QueryAnswer:
    """Ask Athena, with a client from QuiltOps, and wait for the query's end."""
    return ask_in_sql(persona, target, query(table, target))


@when(parse("{persona:Persona} sends words that are no SQL"), target_fixture="outcome")
def send_no_sql(persona: Session, target: Target) -> Outcome:
    """Ask Athena something that it cannot parse."""
    return attempt_as(persona.name, athena_of(persona, target).query, NO_SQL, target.buckets.packages)


@then(parse('the query fails because of "{words:Text}"'))
def query_fails_because(answer: QueryAnswer, words: str) -> None:
    """The state is FAILED, there are no rows, and the reason says so."""
    assert (answer.state, answer.rows) == ("FAILED", ()), f"the query ended as {answer.state}"
    assert re.search(re.escape(words), answer.reason, re.IGNORECASE), f"the reason is another one: {answer.reason}"


@then(parse("Athena refuses the query as malformed"))
def query_is_refused(outcome: Outcome) -> None:
    """The request is refused, before there is a query that could fail."""
    error: Any = outcome.refusal(ClientError)
    assert error.response["Error"]["Code"] == "InvalidRequestException", f"it was refused otherwise: {error}"
    assert "mismatched input" in str(error), f"the message does not say what is wrong: {error}"
