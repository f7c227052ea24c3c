"""IAM condition operators (AWS documentation, "IAM JSON policy elements: Condition operators").

moto knows ``StringEquals`` alone and counts every other operator, and every missing key, as true (foundations 2).
An operator that is not known here raises: a condition that is silently passed over would grant what a policy refuses.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

Context = Mapping[str, Sequence[str]]
"""Values of a request's condition keys, by key in lower case (``aws:principalarn``); an absent key is not there."""

_VARIABLE = re.compile(r"\$\{([^}]+)\}")
_LITERAL_VARIABLES = frozenset("*?$")


class PolicyError(ValueError):
    """A policy document says something that cannot be evaluated."""


def matches_pattern(pattern: str, value: str, context: Context | None = None, *, ignore_case: bool = False) -> bool:
    """Compare with ``*`` and ``?``; with a context also policy variables such as ``${aws:username}``.

    A variable whose key the request does not carry makes the pattern match nothing.
    """
    expression = _expression(pattern, context)
    return expression is not None and _compiled(expression, ignore_case).fullmatch(value) is not None


def conditions_hold(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether every operator of a statement's ``Condition`` holds for every key that it names.

    Raises:
        PolicyError: for an operator that is unknown or a value it cannot take.
    """
    return all(
        _operator_holds(operator, expected if isinstance(expected, list) else [expected], context.get(key.lower()))
        for operator, keys in conditions.items()
        for key, expected in _with_variables(keys, context).items()
    )


def _operator_holds(operator: str, expected: list[Any], actual: Sequence[str] | None) -> bool:
    quantifier, _, name = operator.rpartition(":")
    if name == "Null":
        return (actual is None) == (_text(expected[0]) == "true")
    base = name.removesuffix("IfExists")
    if base not in _COMPARISONS or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise PolicyError(f"unknown condition operator {operator!r}")
    comparison, negated = _COMPARISONS[base]
    if actual is None:
        return quantifier != "ForAnyValue" and (negated or quantifier == "ForAllValues" or base != name)

    def satisfies(value: str) -> bool:
        return any(comparison(_text(each), value) for each in expected) != negated

    return any(map(satisfies, actual)) if quantifier == "ForAnyValue" else all(map(satisfies, actual))


def _with_variables(keys: Mapping[str, Any], context: Context) -> dict[str, Any]:
    def resolved(value: Any) -> Any:
        if isinstance(value, list):
            return [resolved(each) for each in value]
        if not isinstance(value, str):
            return value
        return _VARIABLE.sub(lambda found: _value_of(found[1], context) or found[0], value)

    return {key: resolved(value) for key, value in keys.items()}


def _value_of(variable: str, context: Context) -> str | None:
    if variable in _LITERAL_VARIABLES:
        return variable
    values = context.get(variable.lower())
    return values[0] if values else None


def _expression(pattern: str, context: Context | None) -> str | None:
    parts: list[str] = []
    position = 0
    for found in _VARIABLE.finditer(pattern) if context is not None else ():
        value = _value_of(found[1], context or {})
        if value is None:
            return None
        parts += [_wildcards(pattern[position : found.start()]), re.escape(value)]
        position = found.end()
    return "".join([*parts, _wildcards(pattern[position:])])


def _wildcards(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


@lru_cache(maxsize=4096)
def _compiled(expression: str, ignore_case: bool) -> re.Pattern[str]:
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise PolicyError(f"{text!r} is not a number") from error


def _moment(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 time or of a number of seconds."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PolicyError(f"{text!r} is neither an ISO 8601 time nor seconds since the epoch") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _in_network(expected: str, actual: str) -> bool:
    try:
        return ipaddress.ip_address(actual) in ipaddress.ip_network(expected, strict=False)
    except ValueError as error:
        raise PolicyError(f"{expected!r} is not an address range") from error


def _arn_like(expected: str, actual: str) -> bool:
    """Each of the six parts of an ARN is compared by itself: a ``*`` does not reach over a colon."""
    patterns, parts = expected.split(":", 5), actual.split(":", 5)
    return len(patterns) == len(parts) and all(map(matches_pattern, patterns, parts))


_Comparison = Callable[[str, str], bool]


def _pair(name: str, negative: str, comparison: _Comparison) -> dict[str, tuple[_Comparison, bool]]:
    return {name: (comparison, False), negative: (comparison, True)}


_COMPARISONS: dict[str, tuple[_Comparison, bool]] = {
    **_pair("StringEquals", "StringNotEquals", lambda expected, actual: expected == actual),
    **_pair(
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        lambda expected, actual: expected.lower() == actual.lower(),
    ),
    **_pair("StringLike", "StringNotLike", matches_pattern),
    **_pair("ArnEquals", "ArnNotEquals", _arn_like),
    **_pair("ArnLike", "ArnNotLike", _arn_like),
    **_pair("NumericEquals", "NumericNotEquals", lambda expected, actual: _number(expected) == _number(actual)),
    **_pair("DateEquals", "DateNotEquals", lambda expected, actual: _moment(expected) == _moment(actual)),
    **_pair("IpAddress", "NotIpAddress", _in_network),
    "Bool": (lambda expected, actual: expected.lower() == actual.lower(), False),
    "BinaryEquals": (lambda expected, actual: expected == actual, False),
    "NumericLessThan": (lambda expected, actual: _number(actual) < _number(expected), False),
    "NumericLessThanEquals": (lambda expected, actual: _number(actual) <= _number(expected), False),
    "NumericGreaterThan": (lambda expected, actual: _number(actual) > _number(expected), False),
    "NumericGreaterThanEquals": (lambda expected, actual: _number(actual) >= _number(expected), False),
    "DateLessThan": (lambda expected, actual: _moment(actual) < _moment(expected), False),
    "DateLessThanEquals": (lambda expected, actual: _moment(actual) <= _moment(expected), False),
    "DateGreaterThan": (lambda expected, actual: _moment(actual) > _moment(expected), False),
    "DateGreaterThanEquals": (lambda expected, actual: _moment(actual) >= _moment(expected), False),
}
