"""``quilt-stack doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from quilt_stack.doctor import machine, standing
from quilt_stack.doctor.diagnosis import Diagnosis, Health
from quilt_stack.settings import DeploymentSettings


def examine(state_directory: Path, settings: Path | None) -> bool:
    """Look at the machine and at the stack that stands, and say how each thing is; whether nothing is wrong.

    Raises:
        UnusableFileError: the settings cannot be read.
    """
    wanted = DeploymentSettings.load(settings, state_directory=state_directory)
    found = []
    for each in _findings(state_directory, wanted):
        typer.echo(str(each))
        found.append(each)
    return not any(each.health is Health.WRONG for each in found)


def _findings(state_directory: Path, settings: DeploymentSettings) -> Iterator[Diagnosis]:
    yield from machine.versions()
    yield from machine.memory()
    stack, said = standing.find(state_directory)
    yield from said
    if stack is None:
        yield from machine.ports(settings)
        yield from machine.certificate(settings)
    else:
        yield from standing.answers(stack)
        yield from standing.trust(stack)
        yield from standing.arranged(stack)
    yield from standing.surroundings(stack)
    yield from machine.pages()
    yield from machine.others(state_directory)
