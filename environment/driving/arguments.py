"""How the arguments of a call of the product were given: left out, empty, of another type…

What a call passes is classified, never kept: values may be secrets.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int, float),
    "float": (int, float),
    "list": (list, tuple),
    "dict": (dict,),
}
"""What a value may be of which the annotation says one of these names, whatever stands in its brackets."""


class Variation(StrEnum):
    """One way in which an argument may be given."""

    GIVEN = "given"
    LEFT_OUT = "left out"
    NONE = "None"
    EMPTY = "empty"
    TRUE = "true"
    FALSE = "false"
    OTHER_TYPE = "of another type"


def variations(
    method: Callable[..., Any], arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> dict[str, Variation]:
    """How each parameter of the method is given by a call; none if the method cannot be called like that."""
    signature = inspect.signature(method)
    try:
        bound = signature.bind(*arguments, **named)
    except TypeError:
        return {}
    return {
        name: _variation(str(parameter.annotation), bound.arguments[name])
        if name in bound.arguments
        else Variation.LEFT_OUT
        for name, parameter in signature.parameters.items()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }


def _variation(annotation: str, value: object) -> Variation:
    if value is None:
        return Variation.NONE
    types = outermost_types(annotation)
    allowed = tuple(each for name in types for each in _TYPES[name])
    if types and (not isinstance(value, allowed) or (isinstance(value, bool) and "bool" not in types)):
        return Variation.OTHER_TYPE
    if isinstance(value, bool):
        return Variation.TRUE if value else Variation.FALSE
    if isinstance(value, str):
        return Variation.GIVEN if value.strip() else Variation.EMPTY
    return Variation.EMPTY if value in ([], (), {}) else Variation.GIVEN


def outermost_types(annotation: str) -> frozenset[str]:
    """The types that an annotation names outside the brackets of others: `list` of ``Optional[List[str]]``.

    Empty if it names none of them, or if anything will do.
    """
    bare = re.sub(r"\btyping\.|<class '|'>|'", "", annotation).replace("Optional[", "").replace("Union[", "")
    names = {re.split(r"[\[\]]", each.strip())[0].lower() for each in re.split(r"[|,](?![^\[]*\])", bare)}
    return frozenset() if "any" in names else frozenset(names & _TYPES.keys())
