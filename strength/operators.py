"""What can be wrong with an expression: each operator finds its changes in one node.

cosmic-ray 8.7 has operators for comparisons, numbers, booleans and exceptions; it has none for arguments, fields,
statements, defaults, strings and GraphQL documents, plants in the working copy, and starts a command for each fault.
What is left to take from it is a table of operators, at the price of aiohttp, GitPython and parso.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from strength.source import Change, Source

Operator = Callable[[ast.AST, Source], Iterator[Change]]

CONDITION = "condition"
COMPARISON = "comparison"
ARITHMETIC = "arithmetic"
OFF_BY_ONE = "off by one"
BOOLEAN = "boolean"
STRING = "string"
MESSAGE = "message"
DEFAULT = "default"
ARGUMENT = "dropped argument"
FIELD = "dropped field"

_COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: (r"==", "!="),
    ast.NotEq: (r"!=", "=="),
    ast.Lt: (r"<", "<="),
    ast.LtE: (r"<=", "<"),
    ast.Gt: (r">", ">="),
    ast.GtE: (r">=", ">"),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
}
_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: (r"-", "+"),
    ast.Mult: (r"\*", "//"),
    ast.Div: (r"/", "*"),
    ast.FloorDiv: (r"//", "*"),
}
_WITH_DEFAULT = {"get": 1, "getenv": 1, "getattr": 2, "pop": 1}
FOR_READERS = {"description", "title", "examples", "stacklevel", "exc_info"}
"""Keyword arguments that change nothing but what people read."""


def conditions(node: ast.AST, source: Source) -> Iterator[Change]:
    """A condition is turned round; `and` is `or`; a `not` is missing."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield source.replace(CONDITION, node.test, f"(not ({source.of(node.test)}))")
    elif isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield source.replace(CONDITION, test, f"(not ({source.of(test)}))")
    elif isinstance(node, ast.BoolOp):
        word, other = (r"\band\b", "or") if isinstance(node.op, ast.And) else (r"\bor\b", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from _between(CONDITION, left, right, word, other, source)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield source.replace(CONDITION, node, f"({source.of(node.operand)})")


def comparisons(node: ast.AST, source: Source) -> Iterator[Change]:
    """One comparison is another."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            word, other = _COMPARISONS[type(operator)]
            yield from _between(COMPARISON, left, right, word, other, source)


def arithmetic(node: ast.AST, source: Source) -> Iterator[Change]:
    """Plus is minus, times is divided by; not where texts are joined."""
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC and not _is_text(node):
        word, other = _ARITHMETIC[type(node.op)]
        yield from _between(ARITHMETIC, node.left, node.right, word, other, source)


def constants(node: ast.AST, source: Source) -> Iterator[Change]:
    """A number is one more, a boolean the other one, a text another text."""
    if isinstance(node, ast.Constant):
        kind, replacement = _other_value(node.value)
        if kind:
            yield source.replace(kind, node, replacement)


def defaults(node: ast.AST, source: Source) -> Iterator[Change]:
    """What holds when nothing is given: of a parameter, of `x or y`, of `get(x, y)`."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            yield from _as_default(default, source)
    elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        if isinstance(node.values[-1], ast.Constant | ast.List | ast.Dict):
            kept = source.between(source.start(node), source.end(node.values[-2]))
            yield from _if_balanced(source.replace(DEFAULT, node, kept))
    elif isinstance(node, ast.Call) and not node.keywords:
        place = _WITH_DEFAULT.get(_called(node))
        if place is not None and len(node.args) == place + 1 and not _is_none(node.args[place]):
            yield from _dropped(DEFAULT, node.args[place], source)


def arguments(node: ast.AST, source: Source) -> Iterator[Change]:
    """A call without one of its keyword arguments, or without the last of several others."""
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg not in FOR_READERS:
            yield from _dropped(ARGUMENT, keyword, source)
    plain = len(node.args) > 1 and not any(isinstance(each, ast.Starred) for each in node.args)
    if plain and _called(node) not in (*_WITH_DEFAULT, "cast", "isinstance", "issubclass"):
        yield from _dropped(ARGUMENT, node.args[-1], source)


def fields(node: ast.AST, source: Source) -> Iterator[Change]:
    """A dictionary without one of its entries."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                end = source.end(value)
                while source.content[end : end + 1] == b")":  # belongs to the value: a dictionary ends with a brace
                    end += 1
                change = source.without_item(FIELD, source.start(key), end)
                if change is not None:
                    yield change


EXPRESSIONS: tuple[Operator, ...] = (conditions, comparisons, arithmetic, constants, defaults, arguments, fields)


def _between(kind: str, left: ast.AST, right: ast.AST, word: str, other: str, source: Source) -> Iterator[Change]:
    """The change of the operator between two operands."""
    start, end = source.end(left), source.start(right)
    found = re.search(word, source.between(start, end))
    if found:
        offset = start + len(source.between(start, end)[: found.start()].encode())
        yield Change(kind, offset, offset + len(found[0].encode()), other)


def _other_value(value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        return BOOLEAN, str(not value)
    if isinstance(value, int):
        return OFF_BY_ONE, str(value + 1)
    if isinstance(value, str) and "\n" not in value:  # documents have operators of their own
        return STRING, repr(f"XX{value}XX")
    return "", ""


def _as_default(node: ast.expr, source: Source) -> Iterator[Change]:
    for change in constants(node, source):
        yield Change(DEFAULT, change.start, change.end, change.replacement)


def _dropped(kind: str, item: ast.AST, source: Source) -> Iterator[Change]:
    change = source.without_item(kind, source.start(item), source.end(item))
    if change is not None:
        yield change


def _if_balanced(change: Change) -> Iterator[Change]:
    """Nothing if a parenthesis is not closed."""
    if change.replacement.count("(") == change.replacement.count(")"):
        yield change


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.BinOp) -> bool:
    def text(side: ast.AST) -> bool:
        return isinstance(side, ast.JoinedStr) or (
            isinstance(side, ast.Constant) and isinstance(side.value, str | bytes)
        )

    return text(node.left) or text(node.right)
