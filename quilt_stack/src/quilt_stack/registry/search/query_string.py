"""The ``query_string`` language of Elasticsearch 7.10 (registry facts 1.5, 8.2).

luqum reads the grammar; the meaning is given here. Operators do not nest by precedence: as in Lucene, every clause
becomes required, optional or excluded by the operators beside it, so ``a OR b AND c`` requires b and c.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import InvalidOperation
from typing import Any

from luqum import thread, tree
from luqum.exceptions import ParseError

from quilt_stack.registry.search.patterns import (
    QuerySyntaxError,
    has_wildcard,
    regular_expressions,
    unescaped,
    wildcard_expressions,
)
from quilt_stack.registry.search.queries import (
    Boolean,
    Boosted,
    Exists,
    Fuzzy,
    MatchAll,
    MatchNone,
    Pattern,
    Phrase,
    Query,
    Range,
    Term,
)

LONGEST_QUERY = 32_768
"""Characters; longer ones are refused."""

_SPECIAL_IN_WORDS = "/"


@dataclass(frozen=True)
class _Clause:
    """An operand with the operator before it: ``AND``, ``OR`` or None."""

    operator: str | None
    node: Any


def parse_query_string(text: str, *, all_required: bool = False, field: str | None = None) -> Query:
    """Read a query.

    Args:
        text: the query; a blank one matches nothing.
        all_required: whether words without an operator between them are combined by AND instead of OR.
        field: field of words without a prefix; None for all default fields.

    Raises:
        QuerySyntaxError: the text is no query.
    """
    if not text.strip():
        return MatchNone()
    if len(text) > LONGEST_QUERY:
        raise QuerySyntaxError(f"The query has {len(text)} characters, at most {LONGEST_QUERY} are read.")
    try:
        return _Reader(all_required).query(thread.parse(_with_words_for_operators(text)), field)
    except (ParseError, InvalidOperation) as error:
        raise QuerySyntaxError(f"Cannot parse {_shortened(text)!r}: {error}") from None
    except RecursionError:
        raise QuerySyntaxError("The query is nested too deeply.") from None


class _Reader:
    """Gives luqum's tree its meaning."""

    def __init__(self, all_required: bool) -> None:
        self._all_required = all_required

    def query(self, node: Any, field: str | None) -> Query:
        match node:
            case tree.BaseOperation():
                return self._boolean(_flattened(node, None), field)
            case tree.Not() | tree.Prohibit() | tree.Plus():
                return self._boolean([_Clause(None, node)], field)
            case tree.BaseGroup():
                return self.query(node.expr, field)
            case tree.SearchField():
                return self._field(node)
            case tree.Boost():
                return Boosted(self.query(node.expr, field), float(node.force))
        return self._leaf(node, field)

    def _leaf(self, node: Any, field: str | None) -> Query:
        match node:
            case tree.Regex():
                return Pattern(field, *regular_expressions(str(node.value)[1:-1]))
            case tree.Phrase():
                return Phrase(field, unescaped(str(node.value)[1:-1]))
            case tree.Word():
                return self._word(str(node.value), field)
            case tree.Fuzzy():
                # A bare ~ leaves the number of edits to the length; luqum shows that in the node's text alone.
                edits = None if str(node).rstrip().endswith("~") else int(node.degree)
                return Fuzzy(field, unescaped(_checked(str(node.term.value))), edits)
            case tree.Proximity():
                return Phrase(field, unescaped(str(node.term.value)[1:-1]), int(node.degree))
            case tree.Range():
                return Range(field, _bound(node.low), _bound(node.high), node.include_low, node.include_high)
            case tree.From():
                return Range(field, low=_bound(node.a), include_low=node.include)
            case tree.To():
                return Range(field, high=_bound(node.a), include_high=node.include)
        raise QuerySyntaxError(f"{type(node).__name__} is not part of the query language here.")

    def _word(self, text: str, field: str | None) -> Query:
        _checked(text)
        if text == "*":
            return MatchAll() if field in (None, "*") else Exists(str(field))
        if has_wildcard(text):
            return Pattern(field, *wildcard_expressions(text))
        return Term(field, unescaped(text), self._all_required)

    def _field(self, node: Any) -> Query:
        name = unescaped(str(node.name))
        if isinstance(node.expr, tree.SearchField):
            raise QuerySyntaxError(f"The field {name!r} is followed by another field: escape the second colon.")
        if name == "_exists_":
            return Exists(unescaped(str(getattr(node.expr, "value", node.expr)).strip('"')))
        return self.query(node.expr, name)

    def _boolean(self, clauses: list[_Clause], field: str | None) -> Query:
        must: list[int] = []
        should: list[int] = []
        must_not: list[int] = []
        inner: list[Query] = []
        for position, clause in enumerate(clauses):
            self._relax_or_require_the_previous(clause, position, must, should, must_not)
            node = clause.node
            excluded = isinstance(node, tree.Not | tree.Prohibit)
            required = isinstance(node, tree.Plus)
            inner.append(self.query(node.a if excluded or required else node, field))
            if excluded:
                must_not.append(position)
            elif required or clause.operator == "AND" or (self._all_required and clause.operator != "OR"):
                must.append(position)
            else:
                should.append(position)
        if len(inner) == 1 and not must_not:
            return inner[0]
        return Boolean(
            must=tuple(inner[position] for position in must),
            should=tuple(inner[position] for position in should),
            must_not=tuple(inner[position] for position in must_not),
        )

    def _relax_or_require_the_previous(
        self, clause: _Clause, position: int, must: list[int], should: list[int], must_not: list[int]
    ) -> None:
        previous = position - 1
        if previous < 0 or previous in must_not:
            return
        if clause.operator == "AND" and previous in should:
            should.remove(previous)
            must.append(previous)
        if clause.operator == "OR" and self._all_required and previous in must:
            must.remove(previous)
            should.append(previous)


def _flattened(node: Any, operator: str | None) -> list[_Clause]:
    """The operands of nested operations in order; groups in parentheses stay whole."""
    if not isinstance(node, tree.BaseOperation):
        return [_Clause(operator, node)]
    own = {tree.AndOperation: "AND", tree.OrOperation: "OR"}.get(type(node))
    clauses: list[_Clause] = []
    for operand in node.children:
        clauses.extend(_flattened(operand, own if clauses else operator))
    return clauses


def _checked(text: str) -> str:
    """Refuse characters that a word may only hold escaped: an open slash begins a regular expression."""
    escaped = False
    for character in text:
        if character in _SPECIAL_IN_WORDS and not escaped:
            raise QuerySyntaxError(f"Cannot parse {_shortened(text)!r}: escape the slash as \\/.")
        escaped = character == "\\" and not escaped
    return text


def _bound(node: Any) -> str | None:
    text = str(node.value)
    if text == "*":
        return None
    return unescaped(text[1:-1] if isinstance(node, tree.Phrase) else text)


def _with_words_for_operators(text: str) -> str:
    """Write ``&&``, ``||`` and ``!`` as words and escape ``'``: luqum knows neither those nor a plain apostrophe.

    Quotes and escapes stay as they are.
    """
    symbols = {"&&": " AND ", "||": " OR "}
    written: list[str] = []
    closing: str | None = None
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\":
            written.append(text[position : position + 2])
            position += 2
            continue
        if closing is None and text[position : position + 2] in symbols:
            written.append(symbols[text[position : position + 2]])
            position += 2
            continue
        if character in '"/' and closing in (None, character):
            closing = None if closing else character
        if character == "'" and closing is None:
            character = "\\'"  # to Lucene it is a letter like any other
        negation = character == "!" and closing is None and (not written or written[-1][-1] in " (:")
        written.append("NOT " if negation else character)
        position += 1
    return "".join(written)


def _shortened(text: str) -> str:
    return text if len(text) <= 200 else text[:200] + "…"
