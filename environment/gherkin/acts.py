"""Acts: what people do, defined once and said in two tenses.

A step function with a Given and a When, "Dana has published …" and "Dana publishes …", is an act. What a When asks of
the product is judged by later sentences; what a Given asks of it must succeed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import takewhile

from environment.gherkin.vocabulary import StepDefinition
from environment.product.outcome import current_outcomes


def tenses(definitions: Iterable[StepDefinition]) -> dict[Callable[..., object], str]:
    """The acts among these definitions: each function with its sentence in both tenses, `[publishes|has published]`."""
    patterns: dict[Callable[..., object], dict[str, str]] = {}
    for one in definitions:
        patterns.setdefault(one.callback, {})[one.type] = one.pattern
    return {
        function: _in_both_tenses(by_type["when"], by_type["given"])
        for function, by_type in patterns.items()
        if by_type.keys() >= {"given", "when"}
    }


def require_success() -> None:
    """Pass if every call of the product in this step returned.

    Raises:
        OperationFailed: the product refused one of them.
    """
    register = current_outcomes()
    if register is not None:
        for outcome in register.all():
            if outcome.step == register.step:
                outcome.value  # noqa: B018 - it raises if the call did


def _in_both_tenses(when: str, given: str) -> str:
    if when == given:
        return when  # from now on …
    present, perfect = when.split(" "), given.split(" ")
    before = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(present, perfect, strict=False))))
    rest = zip(reversed(present[before:]), reversed(perfect[before:]), strict=False)
    after = len(list(takewhile(lambda pair: pair[0] == pair[1], rest)))
    verbs = (words[before : len(words) - after] for words in (present, perfect))
    both = f"[{'|'.join(' '.join(words) for words in verbs)}]"
    return " ".join([*present[:before], both, *present[len(present) - after :]])
