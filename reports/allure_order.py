"""Allure's tree in the order of the front page: journeys first, then capabilities and features by their names.

Allure 3.18 sorts groups by the lowest number among their scenarios, and numbers these anew in each group by when they
began, so that the capability that a worker happened to begin with comes first. Here they are numbered through the tree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports.features import capability_order


def order_as_on_the_front_page(awesome: Path) -> None:
    """Number the scenarios anew in every tree of this part of a report (one for all modes, and one for each).

    From a scenario's page, the arrows then lead to its neighbours in the tree.
    """
    for path in (awesome / "widgets").rglob("tree.json"):
        tree = json.loads(path.read_bytes())
        ordered = list(_leaves(tree, tree["root"], 0))
        for number, leaf in enumerate(ordered, start=1):
            tree["leavesById"][leaf]["groupOrder"] = number
        path.write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")
        path.with_name("nav.json").write_text(json.dumps(ordered), encoding="utf-8")


def _leaves(tree: dict[str, Any], node: dict[str, Any], depth: int) -> Iterator[str]:
    """Ids of the scenarios below a node; rules and scenarios stay in the order in which they began."""
    groups = [tree["groupsById"][each] for each in node.get("groups", ())]
    if depth == 0:
        groups.sort(key=lambda each: capability_order(each["name"]))
    elif depth == 1:
        groups.sort(key=lambda each: str(each["name"]))
    else:
        groups.sort(key=lambda each: _began(tree, each))
    for group in groups:
        yield from _leaves(tree, group, depth + 1)
    yield from node.get("leaves", ())


def _began(tree: dict[str, Any], node: dict[str, Any]) -> int:
    """When the first scenario below a node began, in milliseconds since the epoch."""
    return min(int(tree["leavesById"][leaf]["start"]) for leaf in _leaves(tree, node, 2))
