"""Standard output of the program that uses QuiltOps: whether it still is the program's own."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from functools import partial
from itertools import islice

from pytest_bdd import then, when

from data.upload import StoredFile
from environment.arrangement.faults import FaultArranger
from environment.checking.simultaneous import Threads
from environment.gherkin.references import parse
from environment.observers.storage import POINTERS
from environment.sessions.session import Session
from environment.targets.target import Target
from quilt_stack import Surface
from steps.concurrency import LIMIT_SECONDS
from steps.creation import publish

_LINE = "all packages are published"


@when(
    parse("{persona:Persona} creates a package of each, and the second begins before the first is done"),
    target_fixture="printed",
)
def create_overlapping(
    persona: Session,
    harvests: tuple[dict[str, StoredFile], ...],
    booked_names: Iterator[str],
    threads: Threads,
    faults: FaultArranger,
    target: Target,
) -> str:
    """S3 holds what each writes last; the first is let go, and then the second. What is printed then is kept."""
    names = list(islice(booked_names, len(harvests)))
    held = [faults.hold(Surface.AWS, method="PUT", path=_pointer(name, target), operator_too=True) for name in names]
    persona.prepare()
    with redirect_stdout(io.StringIO()) as printed:
        begun = []
        for name, files, hold in zip(names, harvests, held, strict=True):
            begun.append(threads.begin(partial(_publish, persona, name, files)))
            hold.wait_until_held(LIMIT_SECONDS)
        for call, hold in zip(begun, held, strict=True):
            hold.let_go()
            threads.end([call], limit_seconds=LIMIT_SECONDS)
        sys.stdout.write(_LINE)
    return printed.getvalue()


@then(parse("what the program prints afterwards is seen"))
def print_is_seen(printed: str) -> None:
    """The line that was written to standard output came out of it."""
    assert _LINE in printed, "what was printed after both were created is not seen on standard output"


def _publish(persona: Session, name: str, files: Mapping[str, StoredFile]) -> None:
    publish(persona, name, files, auto_organize=False).outcome.value  # noqa: B018 - it must have succeeded


def _pointer(name: str, target: Target) -> str:
    return rf"^/{re.escape(target.buckets.packages)}/{re.escape(POINTERS + name)}/"
