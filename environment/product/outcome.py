"""What came of calling the product: a value or a refusal, and a register so that no error goes unnoticed.

A step calls the product through `attempt`. The product's exception becomes part of the outcome; a Then step either
takes the `Outcome.value` or asserts the `Outcome.refusal`. An error on which nothing asserted fails the scenario at its
end (rule 6; `environment.evidence.unasserted` does that with pytest). The register knows who called, so that a
sentence about a person reads the answer of that person (`last_outcome`).
"""

from __future__ import annotations

import inspect
import reprlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import Parameter
from typing import Any, Generic, ParamSpec

import pytest
from typing_extensions import TypeVar

from environment.errors import IN_WORDS, SuiteError, failure_in_words
from environment.product.calling import Sender, calling_as
from environment.product.intervals import covered_seconds
from environment.product.mcp_server.faults import ToolMissing
from environment.product.wording import MOST_REASONS, no_tool, not_done, not_done_in, wrongly_answered
from environment.secrecy.redaction import REDACTED, is_secret_name, redact

P = ParamSpec("P")
T = TypeVar("T", default=Any)
E = TypeVar("E", bound=Exception)


class OperationFailed(AssertionError):  # noqa: N818  # reads as the sentence that it reports
    """The product raised where the scenario promised a value. ``error`` is what it raised (also ``__cause__``).

    ``for_readers`` says what failed as the sentence says it, instead of the message. ``step`` is the position of the
    step that made the call, None if it is not known.
    """

    def __init__(self, message: str, error: Exception, for_readers: str = "", step: int | None = None) -> None:
        super().__init__(message)
        self.error = error
        self.step = step
        self.for_readers = for_readers or message


@dataclass(frozen=True)
class Call:
    """A call as it was made: on which interface (QuiltOps, AdminOps), in which mode, with what.

    ``signed_in`` says whether the persona had presented a token, whatever it was worth; ``arguments`` are what the
    caller handed over, not copied and not redacted.
    """

    interface: str
    mode: str
    signed_in: bool
    operation: str
    arguments: tuple[object, ...]
    named_arguments: Mapping[str, object]


@dataclass(eq=False)
class Outcome(Generic[T]):
    """What one call of the product came to.

    ``started`` and ``ended`` are `time.perf_counter` readings, ``arguments`` is a short text without secrets.
    ``step`` is the position of the step in which the call ended, that of the first for set-up.
    ``sentence`` is that step without its keyword, "" if it is not known.
    ``made_by_then`` says that a Then made the call, to look: no other sentence is about its answer.
    ``refusal_expected`` says that a sentence asked for a refusal, whichever came.
    ``call`` is the call itself, if it was one of a persona's session; not redacted.
    """

    operation: str
    arguments: str
    actor: str | None
    started: float
    ended: float
    error: Exception | None = None
    result: T | None = field(default=None, repr=False)
    asserted: bool = False
    refusal_expected: bool = False
    step: int = 0
    sentence: str = ""
    made_by_then: bool = False
    call: Call | None = field(default=None, repr=False)

    @property
    def seconds(self) -> float:
        """How long the call took."""
        return self.ended - self.started

    @property
    def succeeded(self) -> bool:
        """Whether the operation returned. Reading it asserts nothing."""
        return self.error is None

    @property
    def value(self) -> T:
        """What the operation returned. Raises OperationFailed from the product's error if it raised one."""
        __tracebackhide__ = True
        if self.error is not None:
            raise self.failure() from self.error
        return self.result  # type: ignore[return-value]  # it is T whenever there was no error

    def failure(self, *, in_its_step: bool = False) -> OperationFailed:
        """The product's error as a failure of the scenario; only for an outcome that has one.

        `in_its_step`: it fails the step that made the call, whichever runs now.
        """
        if self.error is None:
            raise ValueError(f"{self.called} did not fail")
        words, failed = not_done(self.actor, self.operation), f"{self.called} failed: {_describe(self.error)}"
        now = current_outcomes()
        is_later = not in_its_step and now is not None and now.step != self.step
        lacking = no_tool(self.sentence, words, self.actor) if isinstance(self.error, ToolMissing) else ""
        told = lacking or not_done_in(self.sentence, words, self.actor, is_later=is_later)
        failure = OperationFailed(_first(words, ": ", failed), self.error, _first(told, ": ", failed), self.step)
        if lacking:
            setattr(failure, IN_WORDS, lacking)
        return failure

    def refusal(self, *kinds: type[E]) -> E:
        """The error with which the product refused, which counts as asserted from now on.

        Raises AssertionError if it did not refuse, with none of ``kinds``, or with a message that is empty.
        """
        __tracebackhide__ = True
        self.refusal_expected = True
        # Of many kinds, any will do: naming one would mislead.
        expected = (
            f"{self.called} was to be refused{f' with {kinds[0].__name__}' if len(kinds) <= MOST_REASONS else ''}"
        )
        words = wrongly_answered(self.actor, kinds, self.error)
        if self.error is None:
            raise _wrong_answer(words, f"{expected}, but it returned {_shortened(self.result)}")
        if not isinstance(self.error, kinds):
            raise _wrong_answer(words, f"{expected}, but it raised {_describe(self.error)}") from self.error
        self.asserted = True
        if not str(self.error).strip():
            raise AssertionError(f"{expected} that says why, but its message is empty") from self.error
        return self.error

    @property
    def error_raised(self) -> Exception:
        """The error with which the product refused, for a look at what it says. Reading it asserts nothing.

        Raises AssertionError if it did not refuse.
        """
        __tracebackhide__ = True
        if self.error is None:
            words = wrongly_answered(self.actor, (), None)
            expected = f"{self.called} was to be refused, but it returned {_shortened(self.result)}"
            raise _wrong_answer(words, expected)
        return self.error

    @property
    def answer(self) -> str:
        """What came of the call in words, shortened and redacted."""
        return f"returned {_shortened(self.result)}" if self.error is None else f"raised {_describe(self.error)}"

    @property
    def called(self) -> str:
        """The call in words, such as ``Dana's create_package_revision``."""
        return f"{self.actor}'s {self.operation}" if self.actor else self.operation


class Outcomes:
    """The outcomes of one scenario, from whichever thread they come."""

    def __init__(self) -> None:
        self._outcomes: list[Outcome[object]] = []
        self._lock = threading.Lock()
        self._steps_begun = 0
        self._step_type = self._sentence = ""

    def begin_step(self, step_type: str, sentence: str = "") -> None:
        """Note that a given, when or then begins, to which the calls from now on belong."""
        self._steps_begun += 1
        self._step_type, self._sentence = step_type, sentence

    @property
    def step_type(self) -> str:
        """Whether the step that runs is a given, a when or a then; "" in set-up."""
        return self._step_type

    @property
    def step(self) -> int:
        """The position of the step that runs, that of the first in set-up."""
        return max(self._steps_begun - 1, 0)

    def add(self, outcome: Outcome[object]) -> None:
        """Register an outcome."""
        with self._lock:
            outcome.step, outcome.sentence = self.step, self._sentence
            outcome.made_by_then = self._step_type == "then"
            self._outcomes.append(outcome)

    def of(self, actor: str, *operations: str) -> list[Outcome[object]]:
        """The outcomes of somebody's calls in a Given or When, of these operations if any are named."""
        made = [outcome for outcome in self.all() if outcome.actor == actor and not outcome.made_by_then]
        return [outcome for outcome in made if not operations or outcome.operation in operations]

    def last(self, actor: str, *operations: str) -> Outcome[object] | None:
        """The last of them; None if there is none."""
        return next(reversed(self.of(actor, *operations)), None)

    def all(self) -> list[Outcome[object]]:
        """Every outcome, in the order in which the calls ended."""
        with self._lock:
            return list(self._outcomes)

    def unasserted(self) -> list[Outcome[object]]:
        """Outcomes that raised and on which nothing asserted."""
        return [outcome for outcome in self.all() if outcome.error is not None and not outcome.asserted]

    def product_seconds(self) -> float:
        """Seconds in which at least one call of the product was under way."""
        return covered_seconds((outcome.started, outcome.ended) for outcome in self.all())


OUTCOMES = pytest.StashKey[Outcomes]()
"""A scenario's register, in ``item.stash`` while and after the item runs."""

_current: Outcomes | None = None
_current_lock = threading.Lock()


@contextmanager
def registered_in(outcomes: Outcomes) -> Iterator[Outcomes]:
    """Register every outcome of the block, in all threads of the process, in ``outcomes``.

    One register at a time for the whole process, because context variables do not reach worker threads: a scenario is
    alone in its process. Raises RuntimeError if another register is in use.
    """
    global _current
    with _current_lock:
        if _current is not None:
            raise RuntimeError("another scenario's outcomes are being registered in this process")
        _current = outcomes
    try:
        yield outcomes
    finally:
        with _current_lock:
            _current = None


def current_outcomes() -> Outcomes | None:
    """The register in use, None outside a scenario."""
    with _current_lock:
        return _current


def last_outcome(actor: str, *operations: str) -> Outcome:
    """What came of somebody's last call in a Given or When of the scenario (see `Outcomes.last`).

    Raises:
        SuiteError: if there was none; it names what was called.
    """
    register = current_outcomes() or Outcomes()
    found = register.last(actor, *operations)
    if found is not None:
        return found
    called = [outcome.called for outcome in register.all() if not outcome.made_by_then]
    raise SuiteError(
        f"Looked for the last answer to {actor}",
        f"{actor} never called {' or '.join(operations) or 'anything'}",
        f"Let {actor} act in an earlier Given or When; called were: {', '.join(dict.fromkeys(called)) or 'nothing'}",
    )


def all_outcomes(actor: str, *operations: str) -> list[Outcome]:
    """What came of each of somebody's calls in a Given or When of the scenario (see `Outcomes.of`)."""
    register = current_outcomes()
    return list(register.of(actor, *operations)) if register is not None else []


def keep_answer(actor: str, operation: str, answer: T) -> T:
    """Register an answer that a persona got by other means than a call of the product, such as rows from Athena."""
    now = time.perf_counter()
    register = current_outcomes()
    if register is not None:
        register.add(Outcome(operation, "", actor, started=now, ended=now, result=answer))
    return answer


def keep_refusal(actor: str, operation: str, error: Exception) -> None:
    """Register that a persona was refused by other means than a call of the product, as by S3 behind a link."""
    now = time.perf_counter()
    register = current_outcomes()
    if register is not None:
        register.add(Outcome(operation, "", actor, started=now, ended=now, error=error))


def attempt(operation: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Outcome[T]:
    """Call the product and keep what comes of it.

    No `Exception` of the product gets through; KeyboardInterrupt, SystemExit and pytest's own outcomes do. Raises
    TypeError if the operation is asynchronous, since its outcome would not be known, and lets a `SuiteError` through:
    that is not the product's. An operation that knows its ``actor`` (a persona's name) is called by it in messages.
    """
    return attempt_as(getattr(operation, "actor", None), operation, *args, **kwargs)


def attempt_as(actor: str | None, operation: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Outcome[T]:
    """`attempt`, with the name of the persona that acts, for messages."""
    if inspect.iscoroutinefunction(operation):
        raise TypeError(f"{_name(operation)} is asynchronous: call it through asyncio.run")
    # Taken before the call: one that outlives its scenario must not be told to the next one.
    register = current_outcomes()
    arguments = _summary(operation, args, kwargs)
    call = _call(operation, args, kwargs)
    outcome: Outcome[T] = Outcome(_name(operation), arguments, actor, started=time.perf_counter(), ended=0.0, call=call)
    try:
        with calling_as(Sender.PRODUCT):
            outcome.result = operation(*args, **kwargs)
    except SuiteError:
        raise  # not the product's: what was to be called cannot be
    except Exception as error:  # noqa: BLE001  # whatever the product raises is its answer
        outcome.error = error
    outcome.ended = time.perf_counter()
    if register is not None:
        register.add(outcome)  # type: ignore[arg-type]  # a register of outcomes of anything
    return outcome


def _wrong_answer(words: str, detail: str) -> AssertionError:
    """It is a plain AssertionError, by which the ledger of known defects knows it."""
    return failure_in_words(_first(words, ". ", detail), f"{words}." if words else "")


def _first(words: str, mark: str, detail: str) -> str:
    """What readers of scenarios understand, and after it what engineers look for."""
    return f"{words}{mark}{detail}" if words else detail


def _name(operation: Callable[..., object]) -> str:
    return str(getattr(operation, "__name__", None) or type(operation).__name__)


def _call(
    operation: Callable[..., object], arguments: tuple[object, ...], named_arguments: Mapping[str, object]
) -> Call | None:
    session: Any = operation  # a persona's, or any other function
    if not hasattr(session, "interface"):
        return None
    return Call(session.interface, str(session.mode), session.signed_in(), _name(operation), arguments, named_arguments)


def _describe(error: Exception) -> str:
    text = redact(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class _Shortening(reprlib.Repr):
    """Short representations; strings are redacted before they are cut, so that no part of a secret remains."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring, self.maxother = 80, 240
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = 4
        self.maxlevel = 3

    def repr_str(self, x: str, level: int) -> str:
        """The representation of a string."""
        return super().repr_str(redact(x), level)


_shortening = _Shortening()


def _shortened(value: object) -> str:
    return redact(_shortening.repr(value))


def _summary(operation: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    """The arguments, by name where the signature tells the names, shortened, secrets redacted."""
    try:
        signature = inspect.signature(operation)
        named = signature.bind(*args, **kwargs).arguments
        kinds = {name: parameter.kind for name, parameter in signature.parameters.items()}
    except (TypeError, ValueError):
        # a built-in without a signature, or arguments that do not fit it: the call itself will say so
        named, kinds = {"": args, "named": kwargs}, {"": Parameter.VAR_POSITIONAL, "named": Parameter.VAR_KEYWORD}
    told: list[str] = []
    for name, value in named.items():
        if kinds[name] is Parameter.VAR_POSITIONAL:
            told += map(_shortened, value)
        else:
            pairs = value if kinds[name] is Parameter.VAR_KEYWORD else {name: value}
            told += [f"{each}={_shown(each, pairs[each])}" for each in pairs]
    return ", ".join(told)


def _shown(name: str, value: object) -> str:
    return REDACTED if is_secret_name(name) and value is not None else _shortened(value)
