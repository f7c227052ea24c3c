"""Queries in SQL as scenarios write them: over tables by the names that they have there, answered in the same words.

In the SQL a table's name means the table, `'north'` the name of the package "north", `"packages bucket"` the name of
that bucket, and `"Tabulator data catalog"` the name of the catalog. In the rows and reasons that come back, the names
of the scenario stand for the real ones again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

import sqlglot
from botocore.exceptions import ClientError
from sqlglot import expressions
from sqlglot.errors import ParseError

from environment.arrangement.outsiders import OutsiderArranger
from environment.driving.packages import NAMESPACE, Package
from environment.driving.session import Session
from environment.driving.tables import Table
from environment.errors import SuiteError
from environment.observers.athena import AthenaObserver, QueryAnswer
from environment.product.outcome import attempt, attempt_as, keep_answer
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.undo.scratch import of_outsider

QUERY = "query"
REFUSED_QUERY = "refused_query"
NOT_THERE = "no_such_"
"""How the name of a table begins that is not to be there."""

_WORDS_OF_SQL = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[A-Za-z_]\w*")
_CATALOG = '"Tabulator data catalog"'
_BUCKET = re.compile(r'"(\w+) bucket"')


def tables_in(sql: str) -> list[str]:
    """The tables of a scenario that SQL names: not those of other schemas, nor those that are not to be there.

    What is not SQL names none.
    """
    try:
        query = sqlglot.parse_one(sql, dialect="athena")
    except ParseError:
        return []
    own = {part.alias for part in query.find_all(expressions.CTE)}
    tables = [
        table for table in query.find_all(expressions.Table) if not table.db or _BUCKET.fullmatch(f'"{table.db}"')
    ]
    return [table.name for table in tables if table.name not in own and not table.name.startswith(NOT_THERE)]


class QueryWords:
    """What names in the SQL of one scenario mean, and how its answers read.

    Attributes:
        asked: what each person asked last, as the scenario writes it, by the person's name.
    """

    def __init__(self, target: Target, run: str, undo: UndoLog) -> None:
        self.asked: dict[str, str] = {}
        self._target = target
        self._undo = undo
        self._package_name = re.compile(rf"{NAMESPACE}/([^/\s]+?)-{run}-\d+(?![\w-])")

    def real(self, sql: str, tables: Iterable[Table], packages: Iterable[Package]) -> str:
        """The SQL to send. What Athena keeps of it is booked with the tables that it names."""
        meant = {table.word: table for table in tables}
        names = {self.in_short_names(package.name): package.name for package in packages}

        def replaced(found: re.Match[str]) -> str:
            word = found[0]
            if (bucket := _BUCKET.fullmatch(word)) and hasattr(self._target.buckets, bucket[1]):
                return f'"{getattr(self._target.buckets, bucket[1])}"'
            if word == _CATALOG:
                return f'"{self._target.tabulator_data_catalog}"'
            if word.startswith("'"):
                return f"'{names.get(word[1:-1], word[1:-1])}'"
            if table := meant.get(word.strip('"')):
                return f'"{self.booked(table)}"'
            return word

        return _WORDS_OF_SQL.sub(replaced, sql)

    def booked(self, table: Table) -> str:
        """The name of a table that is going to be queried; what Athena keeps of it is undone."""
        if not table.is_queried:
            self._undo.book("query results", f"the results of queries on {table.name}", table=table.name)
            table.is_queried = True
        return table.name

    def in_short_names(self, text: str) -> str:
        """A text in which packages of the scenario have the names that it gave them."""
        return self._package_name.sub(r"\1", text)

    def of_parts(self, packages: Iterable[Package]) -> Callable[[str], str]:
        """How a cell of an answer reads: what is a package, a revision or a file of the scenario has its name."""
        parts = self._parts(packages)
        return lambda text: parts.get(text.partition("?")[0], self.in_short_names(text))

    def _parts(self, packages: Iterable[Package]) -> dict[str, str]:
        """Top hashes of revisions and places of files, in words."""
        parts = {}
        for package in packages:
            name = self.in_short_names(package.name)
            for revision in package.revisions:
                which = "latest" if revision is package.revisions[-1] else "earlier"
                parts[revision.top_hash] = f"{which} revision of {name}"
                parts |= {file.uri: f"{file.name} of {name}" for file in revision.files.values()}
        parts.pop("", None)  # of a revision that the registry never had
        return parts


def query(persona: Session, sql: str) -> None:
    """Let Athena answer in Tabulator's catalog, with a client that QuiltOps gives; the answer is the persona's."""
    target = persona.target
    client = attempt(persona.ops.get_aws_client, "athena", region=target.region).value
    try:
        answer = AthenaObserver(client, target.tabulator_data_catalog).query(sql, target.buckets.packages)
    except ClientError as error:
        attempt_as(persona.name, refused_query, error)
    else:
        keep_answer(persona.name, QUERY, answer)


def refused_query(error: ClientError) -> NoReturn:
    """A query that Athena did not even begin."""
    raise error


def query_through_service(persona: Session, sql: str) -> None:
    """Let the service that QuiltOps' own tools use answer, in a workgroup of its choice."""
    found = attempt_as(persona.name, _ask_service, persona, sql).value
    if not found["success"]:
        keep_answer(persona.name, QUERY, QueryAnswer("FAILED", str(found.get("error")), ()))
        return
    rows = found["data"].astype(object).to_dict(orient="records")
    texts = tuple({name: None if _is_nothing(value) else str(value) for name, value in row.items()} for row in rows)
    keep_answer(persona.name, QUERY, QueryAnswer("SUCCEEDED", "", texts))


def _ask_service(persona: Session, sql: str) -> Any:
    from quilt_mcp.services.athena_service import AthenaQueryService

    target = persona.target
    service = AthenaQueryService(backend=persona.ops, data_catalog_name=target.tabulator_data_catalog)
    return service.execute_query(sql, database_name=target.buckets.packages)


def _is_nothing(value: object) -> bool:
    return value is None or value != value  # pandas writes what is missing as a number unlike itself


class Outsider:
    """An IAM user whom the registry does not know, there as soon as something is allowed to it."""

    def __init__(self, target: Target, undo: UndoLog, words: QueryWords) -> None:
        self._target = target
        self._undo = undo
        self._words = words
        self._athena: AthenaObserver | None = None

    def let_read(self, bucket: str) -> None:
        """Let AWS allow it to read a bucket, and to query with Athena.

        Raises:
            UnavailableHereError: AWS does not let the suite make such a user.
        """
        name = f"quilt-mcp-test-outsider-{secrets.token_hex(4)}"
        arranger = OutsiderArranger(self._target)
        arranger.must_be_allowed(name)
        scratch, prefix = self._target.buckets.scratch, of_outsider(name)
        self._undo.book("objects", f"the objects s3://{scratch}/{prefix}", bucket=scratch, prefix=prefix)
        self._undo.book("IAM user", f"the IAM user {name}", name=name)
        location = f"s3://{scratch}/{prefix}"
        client = arranger.create(name, bucket, location)
        self._athena = AthenaObserver(client, self._target.tabulator_data_catalog, location)

    def ask(self, table: Table) -> QueryAnswer:
        """What Athena answers to a query for all rows of a table.

        Raises:
            SuiteError: nothing is allowed to it yet.
        """
        if self._athena is None:
            raise SuiteError(
                "Let an outside AWS identity query", "AWS allows it nothing", "Let it read a bucket before"
            )
        return self._athena.query(f'SELECT * FROM "{self._words.booked(table)}"', self._target.buckets.packages)


def rows_of(answer: QueryAnswer) -> Sequence[Mapping[str, str | None]]:
    """The rows of a query.

    Raises:
        AssertionError: it failed.
    """
    assert answer.state == "SUCCEEDED", f"the query {_ended(answer)}: {answer.reason}"
    return answer.rows


def _ended(answer: QueryAnswer) -> str:
    rows = len(answer.rows)
    answered = f"was answered with {rows} {'row' if rows == 1 else 'rows'}"
    return {"SUCCEEDED": answered, "FAILED": "failed"}.get(answer.state, f"ended as {answer.state}")


def must_have_failed(answer: QueryAnswer, because_of: Iterable[str], words: QueryWords) -> None:
    """Pass if the query ended without rows, for a reason that says each of these words.

    Raises:
        AssertionError: it did not, or for another reason.
    """
    assert (answer.state, answer.rows) == ("FAILED", ()), f"the query {_ended(answer)}"
    reason = words.in_short_names(answer.reason)
    silent = [word for word in because_of if word.lower() not in reason.lower()]
    assert not silent, f"the reason does not say {' and '.join(silent)}: {reason}"
