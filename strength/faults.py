"""All faults that can be planted in a module of the product, each with an id that stays when others come and go."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from strength.documents import documents
from strength.operators import DEFAULT, EXPRESSIONS, FOR_READERS
from strength.source import Change, Source
from strength.statements import STATEMENTS

MODULE = "module"
_LOGGING = {"logger", "logging", "log", "_logger", "print", "warnings"}
_NOT_BEHAVIOUR = {"__repr__"}
_NOT_VALUES = {"logger", "_logger", "__all__"}


@dataclass(frozen=True)
class Scope:
    """Where a fault lies: the qualified name, the lines whose running reaches it, and through which names it is met.

    ``names`` is empty inside a function. What stands in a module or a class runs once, at import; who comes to it later
    uses one of these names.
    """

    name: str
    first_line: int
    last_line: int
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fault:
    """One fault: ``file`` is relative to the product's folder; ``number`` counts its kind in the function."""

    file: str
    scope: Scope
    number: int
    change: Change
    line: int
    before: str
    after: str

    @property
    def kind(self) -> str:
        """What kind of change it is."""
        return self.change.kind

    @property
    def id(self) -> str:
        """File, qualified name, kind and number, which stay when the rest of the module changes."""
        return f"{self.file}::{self.scope.name}::{self.kind.replace(' ', '-')}::{self.number}"

    @property
    def text(self) -> str:
        """The change in a few words."""
        return f"{self.before} -> {self.after or 'nothing'}"


def faults_of(file: str, text: str) -> list[Fault]:
    """Every fault of a module.

    Raises:
        SyntaxError: if the text is not Python.
    """
    source = Source(text)
    numbers: Counter[tuple[str, str]] = Counter()
    found = []
    for scope, change in _Walk(source).changes():
        key = (scope.name, change.kind)
        numbers[key] += 1
        before, after = excerpt(source.between(change.start, change.end)), excerpt(change.replacement)
        found.append(Fault(file, scope, numbers[key], change, source.line(change.start), before, after))
    return found


class _Walk:
    """Goes through a module and leaves out what is no behaviour: docstrings, annotations, log messages, `__repr__`."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def changes(self) -> Iterator[tuple[Scope, Change]]:
        yield from self._body(self._source.tree.body, (), None)

    def _body(
        self, body: list[ast.stmt], qualified: tuple[str, ...], inside: str | None
    ) -> Iterator[tuple[Scope, Change]]:
        """``inside`` is "function", "class", or None in the module itself."""
        for statement in body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from self._function(statement, qualified)
            elif isinstance(statement, ast.ClassDef):
                yield from self._body(statement.body, (*qualified, statement.name), "class")
            elif not _is_no_behaviour(statement):
                yield from self._statement(statement, qualified, inside)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, qualified: tuple[str, ...]
    ) -> Iterator[tuple[Scope, Change]]:
        if node.name in _NOT_BEHAVIOUR:
            return
        name = (*qualified, node.name)
        whole = Scope(".".join(name), node.body[0].lineno, node.end_lineno or node.lineno)
        for change in self._of_node(node):
            yield whole, change
        yield from self._body(node.body, name, "function")

    def _statement(
        self, node: ast.stmt, qualified: tuple[str, ...], inside: str | None
    ) -> Iterator[tuple[Scope, Change]]:
        blocks = [block for name in ("body", "orelse", "finalbody") if (block := getattr(node, name, None))]
        handlers = [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]
        first_inner = min((each.lineno for block in blocks for each in block), default=None)
        last = node.end_lineno or node.lineno
        scope = self._scope(node, qualified, inside, last if first_inner is None else max(node.lineno, first_inner - 1))
        for change in self._expressions(node, skip=(*(e for b in blocks for e in b), *handlers)):
            yield scope, _as_default_of_class(change, node, inside)
        for handler in handlers:
            place = self._scope(handler, qualified, inside, handler.body[0].lineno)
            for change in self._expressions(handler, skip=tuple(handler.body)):
                yield place, change
            yield from self._body(handler.body, qualified, inside)
        for block in blocks:
            yield from self._body(block, qualified, inside)

    def _scope(self, node: ast.AST, qualified: tuple[str, ...], inside: str | None, last: int) -> Scope:
        name = ".".join(qualified) or MODULE
        first = int(getattr(node, "lineno", last))
        if inside == "function":
            return Scope(name, first, last)
        bound = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
        return Scope(name, first, last, frozenset(bound | set(qualified[-1:])))

    def _expressions(self, node: ast.AST, skip: tuple[ast.AST, ...]) -> Iterator[Change]:
        """Changes of a node and of what is in it, but for the nodes to skip."""
        yield from self._of_node(node)
        for child in _children(node):
            if not any(child is each for each in skip):
                yield from self._expressions(child, skip)

    def _of_node(self, node: ast.AST) -> Iterator[Change]:
        for operator in (*EXPRESSIONS, *STATEMENTS, documents):
            yield from operator(node, self._source)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions below a node that make its behaviour."""
    if isinstance(node, ast.JoinedStr | ast.Lambda):
        return  # where the parts of an f-string are, Python says since 3.12 only; faults must be the same before
    if isinstance(node, ast.AnnAssign):
        yield from filter(None, (node.target, node.value))
        return
    if isinstance(node, ast.keyword) and node.arg in FOR_READERS:
        return
    if isinstance(node, ast.Raise):
        yield from _of_raise(node)
        return
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call) and _root(node.func) == "cast":
        children.remove(node.args[0])
    yield from children


def _of_raise(node: ast.Raise) -> Iterator[ast.AST]:
    """Without the message, which has an operator of its own."""
    if isinstance(node.exc, ast.Call):
        yield from (each for each in node.exc.args if not isinstance(each, ast.Constant | ast.JoinedStr))
        yield from node.exc.keywords


def _is_no_behaviour(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal | ast.Pass | ast.Assert):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or (
            isinstance(node.value, ast.Call) and _root(node.value.func) in _LOGGING
        )
    if isinstance(node, ast.If):
        names = {each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)}
        does_nothing = not node.orelse and all(map(_is_no_behaviour, node.body))
        return does_nothing or bool(names & {"TYPE_CHECKING", "__name__"})
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id in _NOT_VALUES for target in targets)


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def _as_default_of_class(change: Change, node: ast.stmt, inside: str | None) -> Change:
    """What a class says a field is unless given, is a default."""
    if inside == "class" and isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant):
        return Change(DEFAULT, change.start, change.end, change.replacement)
    return change


def excerpt(text: str, longest: int = 120) -> str:
    """A text in one line, for people."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
