"""Where DuckDB's functions differ from Athena's of the same name, beyond what sqlglot knows of both.

Each rule takes one node of a tree whose types are known, and gives what stands in its place, so that the rows are
Athena's (Trino documentation, "Functions and operators"). What would be answered wrongly is refused.

Decision: some things are let through that Trino refuses (a text compared with a date, a subscript beyond an array's
end, which is null), and decimals are divided and averaged as doubles, of which Trino keeps the scale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from quilt_stack.aws.athena import failures

Rule = Callable[[Any], exp.Expr | None]

_MOMENT = "%Y-%m-%d %H:%M:%S.%g"
_LESS_THAN_A_DAY = frozenset({"hour", "minute", "second", "millisecond"})
_GROUP = re.compile(r"\\(.)|\$(\d)")


def as_athena(tree: exp.Query) -> None:
    """Put in the place of each node what DuckDB must be told for it; the types must have been annotated."""
    # From the leaves up, so that what is put in a node's place is made of parts that are mended already.
    for node in reversed(list(tree.dfs())):
        rule = _FUNCTIONS.get(node.name.lower()) if isinstance(node, exp.Anonymous) else _RULES.get(type(node))
        instead = None if rule is None else rule(node)
        if instead is not None:
            instead.type = instead.type or node.type
            node.replace(instead)


def _divided(node: exp.Div) -> exp.Expr | None:
    """Two integers are divided to an integer, towards zero."""
    sides = (node.left, node.right)
    if all(side.type is not None and side.type.this in exp.DataType.INTEGER_TYPES for side in sides):
        return exp.IntDiv(this=node.left, expression=node.right)
    return None


def _still_a_date(node: exp.Expr) -> exp.Expr | None:
    return _date_of_whole_days(node, node.text("unit")) if _is_date(node.this) else None


def _date_of_whole_days(node: exp.Expr, unit: str) -> exp.Expr:
    """A date stays a date when days are added to it or cut from it; DuckDB makes it a timestamp."""
    if unit.lower() in _LESS_THAN_A_DAY:
        raise failures.QueryFailure(f"INVALID_FUNCTION_ARGUMENT: '{unit.lower()}' is not a valid DATE field")
    return exp.cast(node.copy(), "date")


def _between(node: exp.Sub) -> exp.Expr | None:
    """From one date to another it is an interval; DuckDB gives a number of days."""
    if _is_date(node.left) and _is_date(node.right):
        return exp.Sub(
            this=exp.cast(node.left.copy(), "timestamp"), expression=exp.cast(node.right.copy(), "timestamp")
        )
    return _moved_date(node)


def _moved_date(node: exp.Add | exp.Sub) -> exp.Expr | None:
    date, interval = node.left, node.right
    if isinstance(date, exp.Interval):
        date, interval = interval, date
    if isinstance(interval, exp.Interval) and _is_date(date):
        return _date_of_whole_days(node, interval.text("unit"))
    return None


def _whole_units(node: exp.DateDiff) -> exp.Expr:
    """What lies between two moments is counted in whole units; DuckDB's namesake counts the bounds that are crossed."""
    unit = exp.Literal.string(node.text("unit").lower() or "day")
    # By this name sqlglot means another function.
    return exp.Anonymous(this="date_sub", expressions=[unit, node.expression, node.this])


def _replaced(node: exp.RegexpReplace) -> exp.Expr | None:
    """Groups are ``$1`` in Athena and ``\\1`` in DuckDB; a backslash takes the next letter as it is in both."""
    replacement = node.args.get("replacement")
    if not isinstance(replacement, exp.Literal):
        return None
    text = _GROUP.sub(lambda found: rf"\{found[2]}" if found[2] else found[1].replace("\\", r"\\"), replacement.name)
    replacement.replace(exp.Literal.string(text))
    return None


def _part(node: exp.ArraySlice) -> exp.Expr:
    """The third argument is a length, not an end."""
    rest = exp.func("list_slice", node.this, node.args["start"], exp.func("len", node.this.copy()))
    return exp.func("list_slice", rest, exp.Literal.number(1), node.args["end"])


def _repeated(node: exp.Repeat) -> exp.Expr:
    """Repeating gives an array."""
    return exp.func("list_resize", exp.array(node.this), node.args["times"], node.this.copy())


def _weekday(node: exp.Extract) -> exp.Expr | None:
    """Days of a week are counted from Monday, which is 1."""
    if node.name.upper() in ("DOW", "DAYOFWEEK", "DAY_OF_WEEK"):
        return exp.Extract(this=exp.var("isodow"), expression=node.expression)
    return None


def _row(node: exp.Struct) -> exp.Expr | None:
    """Fields without a name are called ``field0``, ``field1``, … unless a cast names them."""
    if isinstance(node.parent, exp.Cast) or any(isinstance(value, exp.PropertyEQ) for value in node.expressions):
        return None
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(f"field{position}"), expression=value)
            for position, value in enumerate(node.expressions)
        ]
    )


def _in_another_zone(node: exp.AtTimeZone) -> exp.Expr:
    # Decision: moments of other time zones than UTC are not kept here; DuckDB would take the zone for the moment's own.
    raise failures.QueryFailure(f"NOT_SUPPORTED: line 1:8: AT TIME ZONE {node.args['zone'].sql('athena')}")


def _cast(node: exp.Cast) -> exp.Expr | None:
    """Casts to decimals, integers and text.

    A decimal without a precision has that of its literal, else 38 digits, and the text of a moment has milliseconds.
    """
    kind = node.to.this
    if kind is exp.DataType.Type.DECIMAL and not node.to.expressions:
        whole, _, fraction = node.this.name.lstrip("+-").partition(".") if node.this.is_string else ("0" * 38, "", "")
        node.set("to", exp.DataType.build(f"decimal({len(whole + fraction)}, {len(fraction)})"))
    elif kind is exp.DataType.Type.VARCHAR and node.this.type is not None and node.this.type.is_type("timestamp"):
        text = exp.Anonymous(this="strftime", expressions=[node.this.copy(), exp.Literal.string(_MOMENT)])
        return exp.cast(text, node.to.copy())
    elif kind in exp.DataType.INTEGER_TYPES and _is_a(node.this, "DOUBLE", "FLOAT"):
        # Half is rounded up, to which DuckDB prefers the even number.
        node.set("this", exp.Round(this=node.this.copy()))
    return None


def _field(node: exp.SplitPart) -> exp.Expr:
    """A part beyond the last one is null."""
    parts = exp.Split(this=node.this, expression=node.args["delimiter"])
    return exp.Anonymous(this="list_extract", expressions=[parts, node.args["part_index"]])


def _matched(node: exp.RegexpExtract) -> exp.Expr:
    """What is not found is null."""
    is_found = exp.RegexpLike(this=node.this.copy(), expression=node.expression.copy())
    return exp.Case(ifs=[exp.If(this=is_found, true=node.copy())])


def _place(node: exp.ArrayPosition) -> exp.Expr:
    """What is not in an array has the place 0."""
    place = exp.Anonymous(this="list_position", expressions=[node.this, node.expression])
    return exp.func("coalesce", place, exp.Literal.number(0))


def _split(node: exp.Split) -> exp.Expr | None:
    if node.args.get("limit") is not None:
        raise failures.QueryFailure("NOT_SUPPORTED: line 1:8: split with a limit")
    return None


def _backwards(node: exp.Reverse) -> exp.Expr | None:
    return exp.Anonymous(this="list_reverse", expressions=[node.this]) if _is_a(node.this, "ARRAY") else None


def _days(node: exp.GenerateSeries) -> exp.Expr | None:
    return exp.cast(node.copy(), "date[]") if _is_date(node.args["start"]) else None


def _size(node: exp.ArraySize) -> exp.Expr | None:
    return exp.Anonymous(this="cardinality", expressions=[node.this]) if _is_a(node.this, "MAP") else None


def _among(node: exp.JSONArrayContains) -> exp.Expr:
    """Whether a value is one of a JSON array's; null if it is none. Texts are not numbers."""
    elements = exp.cast(node.this, "json[]")
    is_found = exp.Anonymous(this="list_contains", expressions=[elements, exp.func("to_json", node.expression)])
    is_array = exp.func("json_type", node.this.copy()).eq("ARRAY")
    return exp.Case(ifs=[exp.If(this=is_array, true=is_found)])


def _is_a(node: exp.Expr, *types: str) -> bool:
    return node.type is not None and node.type.this.name in types


def _is_date(node: exp.Expr) -> bool:
    return node.type is not None and node.type.this is exp.DataType.Type.DATE


_RULES: Mapping[type[exp.Expr], Rule] = {
    exp.Div: _divided,
    exp.DateTrunc: _still_a_date,
    exp.TimestampTrunc: _still_a_date,
    exp.DateAdd: _still_a_date,
    exp.DateSub: _still_a_date,
    exp.Add: _moved_date,
    exp.Sub: _between,
    exp.DateDiff: _whole_units,
    exp.RegexpReplace: _replaced,
    exp.Format: lambda node: exp.func("printf", node.this, *node.expressions),
    exp.ArraySlice: _part,
    exp.Repeat: _repeated,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.SplitPart: _field,
    exp.Extract: _weekday,
    exp.Struct: _row,
    exp.AtTimeZone: _in_another_zone,
    exp.ApproxQuantile: lambda node: exp.Anonymous(
        this="approx_quantile", expressions=[node.this, node.args["quantile"]]
    ),
    exp.ArrayPosition: _place,
    exp.Split: _split,
    exp.RegexpExtract: _matched,
    exp.Reverse: _backwards,
    exp.GenerateSeries: _days,
    exp.ArraySize: _size,
    exp.JSONArrayContains: _among,
    exp.Sign: lambda node: exp.cast(node.copy(), "double") if _is_a(node.this, "DOUBLE", "FLOAT") else None,
    exp.Typeof: lambda node: exp.Lower(this=node.copy()),
}
_FUNCTIONS: Mapping[str, Rule] = {
    "to_base": lambda node: exp.Lower(this=node.copy()),
    "map_agg": lambda node: exp.func("map", *(exp.func("list", each) for each in node.expressions)),
    "nan": lambda _: exp.cast(exp.Literal.string("NaN"), "double"),
    "infinity": lambda _: exp.cast(exp.Literal.string("Infinity"), "double"),
    "millisecond": lambda node: exp.Mod(this=node.copy(), expression=exp.Literal.number(1000)),
    "every": lambda node: exp.LogicalAnd(this=node.expressions[0]),
    "arrays_overlap": lambda node: exp.Anonymous(this="list_has_any", expressions=node.expressions),
    "e": lambda _: exp.func("exp", exp.Literal.number(1)),
}
