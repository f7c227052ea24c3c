"""What can be planted: each change parses, is one change, and is none that nobody could see."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environment.settings import ROOT
from strength.faults import Fault, faults_of
from strength.project import Project
from strength.source import Source


@cache
def product() -> tuple[list[Fault], Project]:
    project = Project.read(ROOT)
    return project.faults(), project


@cache
def source(file: str) -> Source:
    return Source((product()[1].product_root / file).read_text(encoding="utf-8"))


@pytest.mark.slow
@settings(max_examples=300)
@given(st.data())
def test_every_planted_source_parses_and_differs_in_one_place(data: st.DataObject) -> None:
    fault = data.draw(st.sampled_from(product()[0]))
    original = source(fault.file)
    planted = original.changed(fault.change)
    assert ast.dump(ast.parse(planted)) != ast.dump(original.tree), fault.id
    before, after = original.content[: fault.change.start], original.content[fault.change.end :]
    assert planted.encode() == before + fault.change.replacement.encode() + after
    assert original.line(fault.change.start) == fault.line


def test_ids_are_unique_and_the_same_each_time() -> None:
    ids = [each.id for each in product()[0]]
    assert len(ids) == len(set(ids)) > 1000
    assert ids == [each.id for each in Project.read(ROOT).faults()]


def test_an_id_stays_when_something_is_written_above() -> None:
    text = "def f(a):\n    if a > 1:\n        g(a)\n"
    assert {each.id for each in faults_of("m.py", text)} == {
        each.id for each in faults_of("m.py", "import os\n\n" + text)
    }


OPERATORS = {
    "a condition turned round": ("if a:\n    f()\n", "condition", "if (not (a)):\n    f()\n"),
    "and for or": ("x = a or f(b)\n", "condition", "x = a and f(b)\n"),
    "a missing not": ("x = not a\n", "condition", "x = (a)\n"),
    "a condition of a comprehension": ("x = [a for a in b if a]\n", "condition", "x = [a for a in b if (not (a))]\n"),
    "a comparison": ("x = a <= b\n", "comparison", "x = a < b\n"),
    "is not": ("x = a is not None\n", "comparison", "x = a is None\n"),
    "not in": ("x = a not  in b\n", "comparison", "x = a in b\n"),
    "a comparison after an é": ("x = 'é' + a == b\n", "comparison", "x = 'é' + a != b\n"),
    "a sum": ("x = a + b\n", "arithmetic", "x = a - b\n"),
    "a number": ("x = a[1:]\n", "off by one", "x = a[2:]\n"),
    "a boolean": ("f(True)\n", "boolean", "f(False)\n"),
    "a text": ("f('a')\n", "string", "f('XXaXX')\n"),
    "a parameter's default": ("def f(a, *, b=3):\n    g()\n", "default", "def f(a, *, b=4):\n    g()\n"),
    "a field's default": ("class C:\n    a: int = 1\n", "default", "class C:\n    a: int = 2\n"),
    "what or gives": ("x = a.b or ''\n", "default", "x = a.b\n"),
    "what get gives": ("x = a.get('b', c)\n", "default", "x = a.get('b')\n"),
    "a keyword argument": ("f(a, b=c)\n", "dropped argument", "f(a)\n"),
    "the only argument": ("f(b=(c),)\n", "dropped argument", "f()\n"),
    "the last argument": ("f(a, b)\n", "dropped argument", "f(a)\n"),
    "an entry": ("x = {'a': (1), 'b': 2}\n", "dropped field", "x = {'b': 2}\n"),
    "a call for its effect": ("f(a)\n", "deleted statement", "pass\n"),
    "an assignment others see": ("a.b = c\n", "deleted statement", "pass\n"),
    "a return value": ("def f():\n    return a\n", "lost return value", "def f():\n    return None\n"),
    "an exception": ("raise A('b')\n", "swapped exception", "raise RuntimeError('b')\n"),
    "an exception of the family": (
        "from m import AError, BError\nraise AError(b)\n",
        "swapped exception",
        "from m import AError, BError\nraise BError(b)\n",
    ),
    "what is caught": (
        "try:\n    f()\nexcept A:\n    g()\n",
        "swapped exception",
        "try:\n    f()\nexcept ZeroDivisionError:\n    g()\n",
    ),
    "a message": ("raise A(f'no {b}')\n", "message", 'raise A("")\n'),
    "a field of a document": (
        'q = """query Q {\n  me {\n    name\n    email\n  }\n}"""\n',
        "GraphQL document",
        'q = """query Q {\n  me {\n    email\n  }\n}"""\n',
    ),
    "an argument in a document": (
        'q = """query Q($a: Int, $b: Int) {\n  p(a: $a, b: $b) {\n    __typename\n  }\n}"""\n',
        "GraphQL document",
        'q = """query Q($a: Int, $b: Int) {\n  p(a: $a) {\n    __typename\n  }\n}"""\n',
    ),
    "a field of a document that is put together": (
        'q = f"""query Q {{\n  me {{\n    name\n    {more}\n  }}\n}}"""\n',
        "GraphQL document",
        'q = f"""query Q {{\n  me {{\n    {more}\n  }}\n}}"""\n',
    ),
}


@pytest.mark.parametrize("case", OPERATORS)
def test_an_operator_makes_its_change(case: str) -> None:
    text, kind, changed = OPERATORS[case]
    made = [Source(text).changed(each.change) for each in faults_of("m.py", text) if each.kind == kind]
    assert changed in made, made


NO_BEHAVIOUR = {
    "a docstring": 'def f() -> None:\n    """What it does."""\n',
    "a log message": 'def f() -> None:\n    logger.info("found %d", 3)\n    logging.getLogger("a").debug("b")\n',
    "an annotation": 'def f(a: Literal["b"]) -> Literal["c"]:\n    x: Literal["d"]\n',
    "a repr": 'class C:\n    def __repr__(self) -> str:\n        return f"C({self.a + 1})"\n',
    "what is for the type checker": 'if TYPE_CHECKING:\n    from m import n\n    x = "y"\n',
    "a condition of nothing": "if not a or b == 1:\n    # only said\n    logger.info('c')\n    pass\n",
    "what is exported": '__all__ = ["a"]\n',
    "a cast": 'x = cast("str", a)\n',
    "a description": 'x = b(description="c")\n',
    "a decorator": '@a("b", c=1)\ndef f() -> None:\n    pass\n',
}


@pytest.mark.parametrize("case", NO_BEHAVIOUR)
def test_what_is_no_behaviour_is_left_alone(case: str) -> None:
    left = [each for each in faults_of("m.py", NO_BEHAVIOUR[case]) if each.kind != "dropped argument"]
    assert left == [], [each.text for each in left]
