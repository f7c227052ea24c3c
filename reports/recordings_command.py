"""``acceptance parity`` and ``acceptance record``: recordings held against a deployment, and taken from one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from environment.console import console, say, working
from environment.errors import SuiteError
from environment.settings import BUILD
from environment.targets.opening import TargetKind, deployment
from reports.documents import shown
from reports.parity import PARITY_FILE, load_parity, write_parity
from reports.recorded.recording import ANSWERS, Basis, Recording, load_recordings

if TYPE_CHECKING:
    from environment.targets.target import Target

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
    recordings = _chosen(load_recordings(folder), names)
    agreeing, failed = [], 0
    for name, recording, problems in _replayed(recordings, target):
        if problems:
            failed += 1
            say(f"{name} differs ({recording.basis}: {recording.source})")
            for problem in problems:
                console.print(Text(f"  {problem}", style="red"), soft_wrap=True)
        else:
            agreeing.append(name)
    counts = {basis: sum(recordings[name].basis is basis for name in agreeing) for basis in Basis}
    say(f"{counts[Basis.RECORDED]} recorded and {counts[Basis.DECIDED]} decided answers agree, {failed} differ.")
    if write:
        write_parity(load_parity().with_recordings({name: recordings[name] for name in agreeing}), PARITY_FILE)
        say(f"Wrote {shown(PARITY_FILE)}")
    raise typer.Exit(1 if failed or not recordings else 0)


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
    from reports.recorded.comparing import differences
    from reports.recorded.replaying import Replay

    failed = 0
    to.mkdir(parents=True, exist_ok=True)
    for settings, group in _by_settings(_chosen(load_recordings(folder), names), target).items():
        with _opened(target, dict(settings)) as opened:
            for name, recording in group.items():
                replay = Replay(opened)
                try:
                    with working(f"asking for {name}"):
                        found = replay.answer(recording)
                    taken = captured(recording, found, replay, opened)
                    # What a real stack answered is not replaced by what one on this machine answers.
                    if taken.basis is Basis.RECORDED or recording.basis is Basis.DECIDED:
                        write_recording(taken, to / f"{name}.yaml")
                except SuiteError as error:
                    failed += 1
                    console.print(Text(f"{name} was not recorded: {error}", style="red"), soft_wrap=True)
                    continue
                differ = list(differences(replay.named(recording.answer), found))
                say(f"{name}: {'as ' + recording.basis if not differ else 'otherwise than ' + recording.basis}")
                for line in differ:
                    console.print(Text(f"  {line}"), soft_wrap=True)
    say(f"Wrote into {shown(to)}; look at it before you keep it.")
    raise typer.Exit(1 if failed else 0)


def _replayed(recordings: Mapping[str, Recording], kind: TargetKind) -> Iterator[tuple[str, Recording, list[str]]]:
    # Late, as above.
    from reports.recorded.comparing import differences
    from reports.recorded.replaying import Replay

    for settings, group in _by_settings(recordings, kind).items():
        with _opened(kind, dict(settings)) as opened:
            for name, recording in group.items():
                replay = Replay(opened)
                try:
                    with working(f"asking for {name}"):
                        found = replay.answer(recording)
                    yield name, recording, list(differences(replay.named(recording.answer), found))
                except SuiteError as error:
                    yield name, recording, [str(error)]


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
        given = DeploymentSettings.load(None, state_directory=Path(directory) / "state", **settings)
        embedded = EmbeddedTarget.start(given)
        try:
            yield embedded
        finally:
            embedded.close()


def _by_settings(
    recordings: Mapping[str, Recording], kind: TargetKind
) -> dict[tuple[tuple[str, Any], ...], dict[str, Recording]]:
    """The recordings by the settings that an embedded deployment needs for them; a live one has its own."""
    found: dict[tuple[tuple[str, Any], ...], dict[str, Recording]] = {}
    for name, recording in recordings.items():
        settings = tuple(sorted(recording.settings.items())) if kind is TargetKind.EMBEDDED else ()
        found.setdefault(settings, {})[name] = recording
    return found


def _chosen(recordings: Mapping[str, Recording], names: list[str] | None) -> dict[str, Recording]:
    unknown = [name for name in names or () if name not in recordings]
    if unknown:
        raise SuiteError(
            f"Looked for the recording {unknown[0]}", "there is none", f"Take one of {', '.join(recordings)}"
        )
    return {name: each for name, each in recordings.items() if not names or name in names}
