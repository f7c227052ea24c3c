"""Standard output of the program that uses QuiltOps: whether the program still has it."""

from __future__ import annotations

import io
import re
import sys
from contextlib import redirect_stdout
from functools import partial

from pytest_bdd import then, when

from environment.arrangement.faults import FaultArranger
from environment.checking.simultaneous import LIMIT_SECONDS, Threads
from environment.driving.files import StoredContent, Storeroom
from environment.driving.packages import Options, Package
from environment.driving.session import Session
from environment.driving.work import publish
from environment.gherkin.embedded import embedded_only
from environment.gherkin.references import parse
from environment.observers.storage import POINTERS
from environment.targets.target import Target
from quilt_stack import Surface

_LINE = "all packages are published"


@when(
    parse("{persona:Persona} publishes {packages:NewPackages}, and the second begins before the first is done"),
    target_fixture="printed",
)
@embedded_only
def publish_overlapping(
    persona: Session,
    packages: tuple[Package, ...],
    storeroom: Storeroom,
    threads: Threads,
    faults: FaultArranger,
    target: Target,
) -> str:
    """S3 holds back the last write of each, then lets the first go, then the second. What is printed then is kept."""
    paths = [rf"^/{re.escape(target.buckets.packages)}/{re.escape(POINTERS + each.name)}/" for each in packages]
    held = [faults.hold(Surface.AWS, method="PUT", path=path, operator_too=True) for path in paths]
    files = [storeroom.put(f"plot-{number}.csv", b"plot\n" * (number + 1)) for number in range(len(packages))]
    persona.prepare()
    with redirect_stdout(io.StringIO()) as printed:
        begun = []
        for package, file, hold in zip(packages, files, held, strict=True):
            begun.append(threads.begin(partial(_publish, persona, package, file)))
            hold.wait_until_held(LIMIT_SECONDS)
        for call, hold in zip(begun, held, strict=True):
            hold.let_go()
            threads.end([call])
        sys.stdout.write(_LINE)
    return printed.getvalue()


@then(parse("whatever the program prints afterwards still appears"))
def print_is_seen(printed: str) -> None:
    """The line that was written to standard output appeared there."""
    assert _LINE in printed, "what was printed after both were created is not seen on standard output"


def _publish(persona: Session, package: Package, file: StoredContent) -> None:
    publish(persona, package, [file], Options(keeps_folders=False)).value  # noqa: B018 - it must have succeeded
