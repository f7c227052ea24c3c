"""What can be wrong with a statement: it is missing, it returns nothing, it raises or catches another exception."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from strength.operators import MESSAGE, Operator
from strength.source import Change, Source

DELETED = "deleted statement"
RETURN = "lost return value"
EXCEPTION = "swapped exception"
_NEVER_RAISED = "ZeroDivisionError"


def deletions(node: ast.AST, source: Source) -> Iterator[Change]:
    """A call for its effect, an assignment to what others see, a refusal, an end of a loop: not there."""
    effect = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await)
    seen_by_others = isinstance(node, ast.Assign | ast.AnnAssign) and any(
        isinstance(target, ast.Attribute | ast.Subscript)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )
    if effect or seen_by_others or isinstance(node, ast.AugAssign | ast.Raise | ast.Delete | ast.Continue | ast.Break):
        yield source.replace(DELETED, node, "pass")


def returns(node: ast.AST, source: Source) -> Iterator[Change]:
    """A function that returns nothing."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    if not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield source.replace(RETURN, node, "return None")


def exceptions(node: ast.AST, source: Source) -> Iterator[Change]:
    """Another exception is raised; what was caught is not."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
        yield source.replace(EXCEPTION, node.exc.func, _another(node.exc.func.id, source))
    elif isinstance(node, ast.ExceptHandler) and node.type is not None:
        yield source.replace(EXCEPTION, node.type, _NEVER_RAISED)


def messages(node: ast.AST, source: Source) -> Iterator[Change]:
    """An exception that says nothing."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
        message = node.exc.args[0]
        if isinstance(message, ast.JoinedStr | ast.Constant):
            yield source.replace(MESSAGE, message, '""')


STATEMENTS: tuple[Operator, ...] = (deletions, returns, exceptions, messages)


def _another(name: str, source: Source) -> str:
    """Another exception that the module knows, else one of Python's."""
    known = sorted(
        alias.name
        for node in source.tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.endswith("Error") and alias.asname is None
    )
    later = [each for each in known if each > name] or [each for each in known if each != name]
    return later[0] if later else "RuntimeError"
