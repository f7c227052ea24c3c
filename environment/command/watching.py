"""`acceptance run --watch`: the same run again each time that the product, a step or a feature is saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from environment.command.process import was_interrupted
from environment.console import say
from environment.errors import SuiteError
from environment.product.checkout import checkout
from environment.product.judged import judged_product
from environment.settings import ROOT

_SUFFIXES = (".py", ".feature", ".yaml")
_OWN = ("features", "steps", "environment", "data", "reports")
_FEATURE = ".feature"
_MOST_NAMED = 3


def watched(product: str | None, arguments: Sequence[str] = ()) -> list[Path]:
    """Where a run's sources are: the suite's, the product's modules, and the features that the arguments name."""
    folder = checkout(product) if product else None
    modules = None if product else judged_product().modules
    return [*(ROOT / each for each in _OWN), *filter(None, [folder, modules]), *_places(arguments).values()]


def narrowed(arguments: Sequence[str], changed: Sequence[Path]) -> list[str]:
    """The arguments for the next run: of changed features alone, if nothing else changed and they were chosen before.

    A feature or a folder of the arguments is one that is there; another one chooses nothing.
    """
    places = _places(arguments)
    chosen = [each.resolve() for each in places.values()]
    features = [each for each in changed if each.suffix == _FEATURE and each.exists()]
    whole = [each for each in features if not places or any(each.is_relative_to(one) for one in chosen)]
    if len(whole) < len(changed) or any(path.suffix == _FEATURE for path in places.values()):
        return list(arguments)
    return [*(each for each in arguments if each not in places), *map(str, whole)]


def _places(arguments: Sequence[str]) -> dict[str, Path]:
    """Which of the arguments are features or folders, as files, without the scenario or line that they name."""
    files = {each: Path(re.sub(r"::.*|:\d+$", "", each)) for each in arguments}
    return {each: path for each, path in files.items() if path.exists()}


def run_on_each_change(run: Callable[[Sequence[str]], int], arguments: Sequence[str], folders: Sequence[Path]) -> int:
    """Run, and run again after each change in the folders, until Ctrl-C; returns the last exit code.

    run: takes pytest's arguments and returns an exit code. What cannot be run is said, and waited for to be mended.
    """
    from watchfiles import DefaultFilter, watch

    class Sources(DefaultFilter):
        def __call__(self, change: object, path: str) -> bool:
            return path.endswith(_SUFFIXES) and super().__call__(change, path)  # type: ignore[arg-type]

    # It yields an empty set after a while in which nothing changed, and keeps what changes during a run.
    changes = watch(*folders, watch_filter=Sources(), rust_timeout=200, yield_on_timeout=True, raise_interrupt=False)
    next(changes)
    code = _run(run, arguments)
    while not was_interrupted(code):
        say("Waiting for a change of the product, a step or a feature; Ctrl-C ends.")
        found = next(filter(None, changes), None)
        if found is None:  # Ctrl-C
            break
        changed = sorted(Path(path) for _, path in found)
        say(f"Changed: {', '.join(each.name for each in changed[:_MOST_NAMED])}{' …' * (len(changed) > _MOST_NAMED)}")
        code = _run(run, narrowed(arguments, changed))
    return code


def _run(run: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    try:
        return run(arguments)
    except SuiteError as error:
        say(str(error))
        return 1
