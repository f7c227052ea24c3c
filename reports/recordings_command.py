"""``acceptance parity`` and ``acceptance record``: recordings held against a deployment, and taken from one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from environment.console import console, say, working
from environment.errors import SuiteError
from environment.settings import BUILD
from environment.targets.opening import TargetKind, deployment
from quilt_stack import DeploymentError
from reports.documents import shown
from reports.parity import PARITY_FILE, load_parity, write_parity
from reports.recorded.recording import ANSWERS, Basis, Recording, load_recordings

if TYPE_CHECKING:
    from environment.targets.target import Target
    from reports.recorded.replaying import Replay

parity = typer.Typer(help="Compare a deployment's answers with those recorded from real stacks.")
record = typer.Typer(help="Record a deployment's answers.")

From = Annotated[Path, typer.Option("--from", help="folder of recordings")]


@parity.callback(invoke_without_command=True)
def parity_command(
    names: Annotated[list[str] | None, typer.Option("--only", help="a recording; several times. Default: all")] = None,
    target: Annotated[TargetKind, typer.Option(help="what is asked; an embedded deployment is started for it")] = (
        TargetKind.EMBEDDED
    ),
    folder: From = ANSWERS,
    write: Annotated[bool, typer.Option("--write", help="note in reports/parity.yaml what agrees")] = False,
) -> None:
    """Send the request of each recording and compare the answers. Exit 1 if one differs or could not be had."""
    there = load_recordings(folder)
    recordings = _chosen(there, names)
    agreeing, differing, unanswered = [], 0, 0
    for name, recording, answer in _answered(recordings, target):
        if isinstance(answer, Exception):
            unanswered += 1
            console.print(Text(f"{name} could not be asked: {answer}", style="red"), soft_wrap=True)
        elif answer.differences:
            differing += 1
            say(f"{name} differs ({recording.basis}: {recording.source})")
            for problem in answer.differences:
                console.print(Text(f"  {problem}", style="red"), soft_wrap=True)
        else:
            agreeing.append(name)
    counts = {basis: sum(recordings[name].basis is basis for name in agreeing) for basis in Basis}
    agree = f"{counts[Basis.RECORDED]} recorded and {counts[Basis.DECIDED]} decided answers agree"
    say(f"{agree}, {differing} differ{f', {unanswered} could not be asked' if unanswered else ''}.")
    if write:
        found = {name: recordings[name] for name in agreeing}
        write_parity(load_parity().with_recordings(found, there.keys() - recordings.keys()), PARITY_FILE)
        say(f"Wrote {shown(PARITY_FILE)}")
    raise typer.Exit(1 if len(agreeing) < len(recordings) or not recordings else 0)


@record.callback(invoke_without_command=True)
def record_command(
    names: Annotated[list[str] | None, typer.Option("--only", help="a recording; several times. Default: all")] = None,
    target: Annotated[TargetKind, typer.Option(help="whose answers are taken")] = TargetKind.LIVE,
    folder: From = ANSWERS,
    to: Annotated[Path, typer.Option("--to", help="folder for what was taken")] = BUILD / "recordings",
) -> None:
    """Send the request of each recording, and write what came back, without secrets, into a folder.

    What it makes on the deployment it takes away again. Read what it wrote, then put it into reports/recorded/answers.
    Exit 1 if a request could not be sent.
    """
    # Late, so that the command line need not load the AWS and GraphQL clients to show its help.
    from reports.recorded.capturing import captured, write_recording

    failed = 0
    to.mkdir(parents=True, exist_ok=True)
    for name, recording, answer in _answered(_chosen(load_recordings(folder), names), target):
        try:
            if isinstance(answer, Exception):
                raise answer
            taken = captured(recording, answer.found, answer.replay, answer.target)
            # What a real stack answered is not replaced by what one on this machine answers.
            if taken.basis is Basis.RECORDED or recording.basis is Basis.DECIDED:
                write_recording(taken, to / f"{name}.yaml")
        except (SuiteError, DeploymentError) as error:
            failed += 1
            console.print(Text(f"{name} was not recorded: {error}", style="red"), soft_wrap=True)
            continue
        differ = answer.differences
        say(f"{name}: {'as ' + recording.basis if not differ else 'otherwise than ' + recording.basis}")
        for line in differ:
            console.print(Text(f"  {line}"), soft_wrap=True)
    say(f"Wrote into {shown(to)}; look at it before you keep it.")
    raise typer.Exit(1 if failed else 0)


@dataclass(frozen=True)
class _Answer:
    """What came back from whom; ``differences`` is what is not as the recording has it."""

    found: Any
    replay: Replay
    target: Target
    differences: list[str]


def _answered(
    recordings: Mapping[str, Recording], kind: TargetKind
) -> Iterator[tuple[str, Recording, _Answer | SuiteError | DeploymentError]]:
    """Ask for each; one that could not be had comes with the reason, and the others are asked for all the same."""
    # Late, as above.
    from reports.recorded.comparing import differences
    from reports.recorded.replaying import Replay

    for group in _by_settings(recordings, kind):
        settings = next(iter(group.values())).settings
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(_opened(kind, settings))
            except DeploymentError as error:
                yield from ((name, recording, error) for name, recording in group.items())
                continue
            for name, recording in group.items():
                try:
                    with working(f"asking for {name}"):
                        replay = Replay(opened)
                        found = replay.answer(recording)
                    differ = list(differences(replay.named(recording.answer), found))
                    answer: _Answer | SuiteError = _Answer(found, replay, opened, differ)
                except SuiteError as error:
                    answer = error
                yield name, recording, answer


@contextmanager
def _opened(kind: TargetKind, settings: dict[str, Any]) -> Iterator[Target]:
    """The live deployment, or an embedded one of its own with these settings."""
    if kind is TargetKind.LIVE:
        with deployment(kind) as live:
            yield live
        return
    from environment.targets.embedded import EmbeddedTarget
    from quilt_stack import DeploymentSettings

    with TemporaryDirectory(prefix="recordings-") as directory:
        variables = dict(os.environ)  # one over TLS changes them
        given = DeploymentSettings.model_validate({**settings, "state_directory": Path(directory) / "state"})
        embedded = EmbeddedTarget.start(given)
        try:
            yield embedded
        finally:
            embedded.close()
            os.environ.clear()
            os.environ.update(variables)


def _by_settings(recordings: Mapping[str, Recording], kind: TargetKind) -> Iterable[dict[str, Recording]]:
    """The recordings by the settings that an embedded deployment needs for them; a live one has its own."""
    found: dict[str, dict[str, Recording]] = {}
    for name, recording in recordings.items():
        settings = json.dumps(recording.settings, sort_keys=True) if kind is TargetKind.EMBEDDED else ""
        found.setdefault(settings, {})[name] = recording
    return found.values()


def _chosen(recordings: Mapping[str, Recording], names: list[str] | None) -> dict[str, Recording]:
    unknown = [name for name in names or () if name not in recordings]
    if unknown:
        raise SuiteError(
            f"Looked for the recording {unknown[0]}", "there is none", f"Take one of {', '.join(recordings)}"
        )
    return {name: each for name, each in recordings.items() if not names or name in names}
