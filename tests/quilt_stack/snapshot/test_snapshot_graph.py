"""Objects as data: all comes back, in the same shape, and nothing is run that a file names."""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quilt_stack.snapshot import graph
from quilt_stack.snapshot.errors import DamagedError, NotHeldError
from quilt_stack.snapshot.graph import Form, Graph, Language
from quilt_stack.wire.faults import Surface

PLAIN = Language({}, {})
TEXTS = st.text()
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | TEXTS
    | st.binary(max_size=40)
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.dates()
    | st.timedeltas()
    | st.uuids()
    | st.decimals(allow_nan=False)
    | st.sampled_from(Surface)
)
KEYS = (
    st.none() | st.booleans() | st.integers() | TEXTS | st.tuples(TEXTS, st.integers()) | st.frozensets(st.integers())
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.tuples(inner, inner)
        | st.lists(inner, max_size=3).map(deque)
        | st.sets(KEYS, max_size=4)
        | st.dictionaries(TEXTS, inner, max_size=3).map(OrderedDict)
        | st.dictionaries(TEXTS, st.lists(inner, max_size=2), max_size=3).map(lambda items: defaultdict(list, items))
    ),
    max_leaves=20,
)


def over_the_file(value: object, language: Language = PLAIN) -> Any:
    """What is read of what is written, through JSON."""
    written = graph.write(value, language)
    return graph.read(Graph(json.loads(json.dumps(written.nodes)), written.bodies), language)


@given(VALUES)
def test_all_data_comes_back_with_its_types(value: object) -> None:
    again = over_the_file(value)
    assert again == value
    assert types(again) == types(value)


def types(value: Any) -> Any:
    """The types in a value; those in sets are left out, they have no order."""
    inside: Any = ()
    if isinstance(value, dict):
        inside = [(types(key), types(each)) for key, each in value.items()]
    elif isinstance(value, list | tuple | deque):
        inside = [types(each) for each in value]
    return type(value), inside


def test_the_same_object_is_the_same_again_and_circles_are_closed() -> None:
    shared: list[Any] = [1]
    circle: dict[str, Any] = {"shared": shared, "again": (shared, [shared])}
    circle["itself"] = circle
    again = over_the_file(circle)
    assert again["itself"] is again
    assert again["shared"] is again["again"][0] is again["again"][1][0]
    again["shared"].append(2)
    assert again["again"][0] == [1, 2]


def test_locks_are_new_and_patterns_compiled() -> None:
    held = threading.Lock()
    held.acquire()
    again = over_the_file({"lock": held, "rlock": threading.RLock(), "pattern": re.compile("a+", re.IGNORECASE)})
    assert again["lock"].acquire(blocking=False)
    assert again["pattern"].fullmatch("AA")


@pytest.mark.parametrize("value", [object(), iter([]), open, lambda: 1, 1j, memoryview(b""), re.match("a", "a")])
def test_what_is_no_data_is_named_with_its_place(value: object) -> None:
    with pytest.raises(NotHeldError, match="in inner of outer"):
        graph.write({"outer": {"inner": value}}, PLAIN)


@dataclass
class Ours:
    """A class of a module that no file may name."""

    numbers: list[int] = field(default_factory=list)

    def add(self) -> None:
        """A method."""


def test_classes_of_other_modules_are_neither_written_nor_read() -> None:
    with pytest.raises(NotHeldError, match="test_snapshot_graph:Ours"):
        graph.write(Ours(), PLAIN)
    with pytest.raises(DamagedError, match="must not be read"):
        graph.read(Graph([["list", [1]], ["object", "test_snapshot_graph:Ours", [], "plain"]], []), PLAIN)


@pytest.mark.parametrize(
    "node",
    [
        ["named", "os:system"],
        ["named", "builtins:eval"],
        ["named", "subprocess:Popen"],
        ["named", "quilt_stack.__main__:main"],
        ["named", "moto.moto_server.werkzeug_app:os"],
        ["named", "moto.core.utils:requests"],
        ["named", "quilt_stack.lifecycle:subprocess"],
        ["named", "quilt_stack.lifecycle:Path"],
        ["named", "moto..core:x"],
        ["object", "subprocess:Popen", [], "plain"],
        ["object", "builtins:type", [], "plain"],
        ["object", "quilt_stack.lifecycle:start", [], "plain"],
        ["enum", "os:environ", "HOME"],
        ["method", [0], "append"],
        ["known", "nothing"],
        ["pickle", "cos\nsystem\n"],
        ["bytes", 7],
        ["dict", 1],
        ["list", [99]],
        ["tuple", [1]],
        ["datetime", "yesterday"],
        [],
        "list",
        None,
    ],
)
def test_what_a_file_must_not_say_is_refused_and_not_run(node: Any) -> None:
    with pytest.raises(DamagedError):
        graph.read(Graph([["list", [1]], node], []), PLAIN)


def test_no_constructor_runs_when_something_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from quilt_stack.clock import Clock

    clock = Clock()
    clock.advance(5)
    written = graph.write(clock, PLAIN)
    monkeypatch.setattr(Clock, "__init__", lambda self: pytest.fail("called"))
    assert graph.read(written, PLAIN).ahead() == 5


def test_known_objects_and_methods_are_those_of_the_reader() -> None:
    mine, yours = Ours([1]), Ours([2])
    written = graph.write([mine, mine.add], Language({"it": mine, "add": mine.add}, {}))
    again = graph.read(written, Language({"it": yours, "add": yours.add}, {}))
    assert again[0] is yours and again[1] == yours.add


def test_a_form_says_how_a_class_is_written() -> None:
    from quilt_stack.clock import Clock

    form = Form(lambda clock: {"by": clock.ahead()}, lambda found: {"_offset": found["by"], "_lock": threading.Lock()})
    clock = Clock()
    clock.advance(7)
    assert over_the_file(clock, Language({}, {"quilt_stack.clock:Clock": form})).ahead() == 7


def test_examples_of_every_leaf_come_back() -> None:
    value = [datetime(2026, 1, 2, tzinfo=UTC), date(2026, 1, 2), timedelta(1), Decimal("1.50"), UUID(int=7), "\ud800"]
    assert over_the_file(value) == value
