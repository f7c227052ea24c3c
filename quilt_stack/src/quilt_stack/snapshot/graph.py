"""Objects as data: written by the names of their classes and by their attributes, read without calling anything.

Pickle would be shorter, and would run what a file tells it to run. Here a file names classes of moto, of this package
and a few others. An object is made bare, without its class's constructor, and gets the attributes that it had. Objects
that refer to each other, in circles too, do so again.

A graph is a list of nodes, each a list that begins with its kind. A value in a node is a text, a number, true, false or
null as it is, or a list of one number: the node that it is. Node 0 is a list with what was written alone.
"""

from __future__ import annotations

import gc
import re
import sys
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from importlib import import_module
from inspect import getattr_static
from types import FunctionType, MethodType
from typing import Any
from uuid import UUID

from requests.structures import CaseInsensitiveDict

from quilt_stack.snapshot.errors import DamagedError, NotHeldError

_SCALARS = frozenset({str, int, float, bool, type(None)})
# No part begins with an underscore: importing a ``__main__`` would run a program.
_MODULES = re.compile(r"(moto|quilt_stack)(\.[a-z][a-z0-9_]*)*")
_OTHER_CLASSES: Mapping[str, type] = {
    f"{each.__module__}:{each.__qualname__}": each
    for each in (dict, list, set, str, int, float, bool, OrderedDict, defaultdict, CaseInsensitiveDict)
}
_LOCKS = {"lock": threading.Lock, "rlock": threading.RLock, "condition": threading.Condition}
_LOCK_KINDS = {type(make()): kind for kind, make in _LOCKS.items()}


@dataclass(frozen=True)
class Form:
    """How objects of a class are written whose attributes are not all data.

    ``write`` gives the attributes to write, ``read`` gives those of the new object from what was written: what is in
    dictionaries and lists is not there yet then, what is in tuples is.
    """

    write: Callable[[Any], dict[str, Any]]
    read: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Language:
    """What both sides of a file know.

    Attributes:
        known: objects that are not written, but meant by name: whoever reads puts in his own.
        forms: by the name of a class, ``module:qualified name``; a subclass has its own.
    """

    known: Mapping[str, object]
    forms: Mapping[str, Form]


@dataclass(frozen=True)
class Graph:
    """The nodes, fit for JSON, and the bytes that they name by number."""

    nodes: list[list[Any]]
    bodies: Sequence[bytes]


def write(value: object, language: Language) -> Graph:
    """A value as data.

    Raises:
        NotHeldError: something in it is neither data nor known nor of a class that may be read.
    """
    with _without_looking_for_garbage():
        return _Writer(language).graph(value)


def read(graph: Graph, language: Language) -> Any:
    """The value that was written.

    Raises:
        DamagedError: it is no graph, or names what must not be read.
    """
    try:
        with _without_looking_for_garbage():
            return _Reader(graph, language).value()
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, ImportError) as error:
        raise DamagedError(f"it holds what no snapshot does ({type(error).__name__}: {error})") from error


@contextmanager
def _without_looking_for_garbage() -> Iterator[None]:
    """Nothing that is made here is garbage before the end; looking for it takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Writer:
    def __init__(self, language: Language) -> None:
        self._forms = language.forms
        self._known = {id(value): name for name, value in language.known.items()}
        # A method is another object each time that it is asked for.
        self._known_methods = {value: name for name, value in language.known.items() if isinstance(value, MethodType)}
        self._nodes: list[list[Any]] = []
        self._numbers: dict[int, int] = {}
        self._waiting: deque[tuple[int, Any, str]] = deque()
        self._kept: list[object] = []  # what is numbered by its id must not go away before the end
        self._bodies: list[bytes] = []

    def graph(self, value: object) -> Graph:
        self._value([value], "the state")
        while self._waiting:
            number, found, place = self._waiting.popleft()
            self._nodes[number] = self._node(found, place)
        return Graph(self._nodes, self._bodies)

    def _value(self, value: Any, place: str) -> Any:
        if type(value) in _SCALARS:
            return value
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._nodes)
            self._nodes.append([])
            self._kept.append(value)
            self._waiting.append((number, value, place))
        return [number]

    def _values(self, values: Any, place: str) -> list[Any]:
        return [self._value(each, place) for each in values]

    def _node(self, value: Any, place: str) -> list[Any]:
        name = self._known.get(id(value))
        if name is None and isinstance(value, MethodType):
            name = self._known_methods.get(value)
        if name is not None:
            return ["known", name]
        kind = type(value)
        if kind is dict:
            return ["dict", *self._items(value, place)]
        if kind in (list, tuple, deque):
            return [kind.__name__, *self._values(value, place)]
        if kind in (set, frozenset):
            return [kind.__name__, *self._values(map(_hashable, value), place)]
        if kind in (bytes, bytearray):
            self._bodies.append(bytes(value))
            return [kind.__name__, len(self._bodies) - 1]
        if kind in (datetime, date):
            return [kind.__name__, value.isoformat()]
        if kind is timedelta:
            return ["timedelta", value.days, value.seconds, value.microseconds]
        if kind in (Decimal, UUID):
            return [kind.__name__, str(value)]
        if kind is re.Pattern:
            return ["pattern", value.pattern, value.flags]
        if kind in _LOCK_KINDS:
            return [_LOCK_KINDS[kind]]
        if isinstance(value, type | FunctionType):
            return ["named", self._named(value, place)]
        if isinstance(value, MethodType):
            return ["method", self._value(value.__self__, place), value.__func__.__name__]
        if isinstance(value, Enum):
            return ["enum", self._named(kind, place), value.name]
        return self._object(value, place)

    def _object(self, value: Any, place: str) -> list[Any]:
        kind = type(value)
        name = self._named(kind, place)
        form = self._forms.get(name)
        if form is None and not hasattr(value, "__dict__") and kind not in (OrderedDict, defaultdict):
            raise NotHeldError(f"a {name} in {place}")
        attributes = form.write(value) if form is not None else getattr(value, "__dict__", {})
        if isinstance(value, defaultdict):
            attributes = {**attributes, "default_factory": value.default_factory}
        inside = f"{place.partition(' of ')[0]} of {kind.__name__}"
        written = self._items(attributes, kind.__name__)
        if isinstance(value, dict):
            return ["object", name, written, "dict", *self._items(dict(dict.items(value)), inside)]
        if isinstance(value, list):
            return ["object", name, written, "list", *self._values(list.__iter__(value), inside)]
        if isinstance(value, BaseException):
            return ["object", name, written, "exception", *self._values(value.args, inside)]
        if isinstance(value, str | int | float | tuple | set | frozenset | bytes):
            raise NotHeldError(f"a {name} in {place}")
        return ["object", name, written, "plain"]

    def _items(self, items: Mapping[Any, Any], place: str) -> list[Any]:
        found: list[Any] = []
        for key, value in items.items():
            found.append(self._value(_hashable(key), place))
            found.append(self._value(value, f"{key} of {place}" if isinstance(key, str) else place))
        return found

    def _named(self, found: Any, place: str) -> str:
        name = f"{found.__module__}:{found.__qualname__}"
        try:
            same = _find(name) is found
        except (LookupError, AttributeError, ImportError, ValueError):
            same = False
        if not same:
            raise NotHeldError(f"a {name} in {place}")
        return name


class _Reader:
    def __init__(self, graph: Graph, language: Language) -> None:
        self._nodes = graph.nodes
        self._bodies = graph.bodies
        self._language = language
        self._made: dict[int, Any] = {}

    def value(self) -> Any:
        for number, node in enumerate(self._nodes):
            self._make(number, node)
        # What dictionaries and sets hold by its hash must be complete before.
        later = []
        for number, (kind, *rest) in enumerate(self._nodes):
            if kind == "object":
                self._fill_attributes(self._made[number], rest)
            elif kind in ("list", "deque"):
                self._made[number].extend(map(self._found, rest))
            if kind in ("dict", "set", "object"):
                later.append((self._made[number], kind, rest))
        for made, kind, rest in later:
            if kind == "object":
                self._fill_items(made, rest[2], rest[3:])
            elif kind == "dict":
                made.update(self._pairs(rest))
            else:
                made.update(map(self._found, rest))
        return self._made[0][0]

    def _make(self, number: int, node: list[Any]) -> None:
        """Make everything that can be made without what it holds; the rest is made when it is asked for."""
        kind, *rest = node
        if kind in _EMPTY:
            self._made[number] = _EMPTY[kind]()
        elif kind in ("bytes", "bytearray"):
            body = self._bodies[rest[0]]
            self._made[number] = body if kind == "bytes" else bytearray(body)
        elif kind in _PARSED:
            self._made[number] = _PARSED[kind](*rest)
        elif kind == "known":
            self._made[number] = self._language.known[rest[0]]
        elif kind == "named":
            self._made[number] = _find(rest[0])
        elif kind == "enum":
            self._made[number] = _class(rest[0]).__members__[rest[1]]  # type: ignore[attr-defined]
        elif kind == "object":
            self._made[number] = _BARE[rest[2]](_class(rest[0]))
        elif kind not in _LATE_KINDS:
            raise ValueError(f"there is no kind {kind!r}")

    def _found(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        [number] = value
        if number not in self._made:
            kind, *rest = self._nodes[number]
            if kind == "method":
                owner = self._found(rest[0])
                function = getattr_static(type(owner), rest[1])
                if not isinstance(function, FunctionType):
                    raise TypeError(f"{rest[1]} is no method")
                self._made[number] = MethodType(function, owner)
            else:
                self._made[number] = {"tuple": tuple, "frozenset": frozenset}[kind](map(self._found, rest))
        return self._made[number]

    def _pairs(self, items: list[Any]) -> dict[Any, Any]:
        found = list(map(self._found, items))
        return dict(zip(found[::2], found[1::2], strict=True))

    def _fill_attributes(self, made: Any, rest: list[Any]) -> None:
        attributes = self._pairs(rest[1])
        form = self._language.forms.get(rest[0])
        if form is not None:
            attributes = form.read(attributes)
        if isinstance(made, defaultdict):
            made.default_factory = attributes.pop("default_factory")
        if attributes:
            made.__dict__.update(attributes)

    def _fill_items(self, made: Any, base: str, items: list[Any]) -> None:
        if base == "dict":
            put = OrderedDict.__setitem__ if isinstance(made, OrderedDict) else dict.__setitem__
            for key, value in self._pairs(items).items():
                put(made, key, value)
        elif base == "list":
            list.extend(made, map(self._found, items))
        elif base == "exception":
            made.args = tuple(map(self._found, items))


def _hashable(value: Any) -> Any:
    """The same; it is found again by what it is, not by what a class makes of its attributes."""
    kind: Any = type(value)
    if kind in _SCALARS:
        return value
    is_plain = isinstance(value, str | int | float | tuple | frozenset | bytes | Enum | date | None)
    if not is_plain and kind.__hash__ is not object.__hash__ and not is_dataclass(kind):
        raise NotHeldError(f"a {kind.__module__}:{kind.__qualname__} as a key")
    return value


@lru_cache(maxsize=4096)
def _find(name: str) -> Any:
    """The class or function of a name ``module:qualified name``, if a file may name it."""
    if name in _OTHER_CLASSES:
        return _OTHER_CLASSES[name]
    module_name, _, path = name.partition(":")
    if not _MODULES.fullmatch(module_name):
        raise LookupError(f"{name} must not be read")
    found: Any = sys.modules.get(module_name) or import_module(module_name)
    for part in path.split("."):
        found = vars(found)[part]
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    if not isinstance(found, type | FunctionType) or found.__module__ != module_name:
        raise LookupError(f"{name} must not be read")
    return found


def _class(name: str) -> type:
    found = _find(name)
    if not isinstance(found, type):
        raise TypeError(f"{name} is no class")
    return found


_EMPTY: Mapping[str, Callable[[], Any]] = {"dict": dict, "list": list, "set": set, "deque": deque, **_LOCKS}
_PARSED: Mapping[str, Callable[..., Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "timedelta": timedelta,
    "Decimal": Decimal,
    "UUID": UUID,
    "pattern": re.compile,
}
_BARE: Mapping[str, Callable[[type], Any]] = {
    "plain": object.__new__,
    "dict": lambda kind: (OrderedDict if issubclass(kind, OrderedDict) else _dict_base(kind)).__new__(kind),
    "list": list.__new__,
    "exception": BaseException.__new__,
}
_LATE_KINDS = ("tuple", "frozenset", "method")


def _dict_base(kind: type) -> Any:
    return defaultdict if issubclass(kind, defaultdict) else dict
