"""The ``acceptance`` command: everything besides pytest that a person or CI calls by hand.

Each part of the house adds its own commands through the entry-point group ``acceptance.commands``; this module
brings those that start, stop and inspect where scenarios run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from environment.console import console, say, working
from environment.errors import SuiteError
from environment.settings import ROOT, state_directory
from environment.targets.opening import TargetKind, deployment, is_up
from quilt_stack import DeploymentError, DeploymentSettings

application = typer.Typer(
    help="Judge quilt-mcp's QuiltOps by plain-language scenarios.", no_args_is_help=True, pretty_exceptions_enable=False
)
errors = Console(stderr=True)


@application.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(
    context: typer.Context,
    product: Annotated[
        str | None, typer.Option(help="quilt-mcp to judge instead: a checkout, a version or what else pip takes")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="processes; default: one per core, or one when scenarios are selected")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="also what is tagged slow or large, which a run leaves out otherwise")
    ] = False,
    repeat: Annotated[
        int, typer.Option(min=1, help="run each scenario so many times and name those that do not end alike")
    ] = 1,
    report: Annotated[bool, typer.Option("--report/--no-report", help="build the report, which takes seconds")] = True,
    watch: Annotated[
        bool, typer.Option("--watch", help="run again whenever the product, a step or a feature is saved")
    ] = False,
) -> None:
    """Run features in both modes and report in build/.

    Everything else is passed to pytest: --target, --backend, --gate, -m, -k…
    """
    from environment.command.run import run_features

    again = [] if repeat == 1 else ["--count", str(repeat)]
    run_them = partial(run_features, product=product, workers=workers, everything=everything, report=report)
    if not watch:
        raise typer.Exit(run_them([*context.args, *again]))
    from environment.command.watching import run_on_each_change, watched

    arguments = [*context.args, *again]
    raise typer.Exit(run_on_each_change(run_them, arguments, watched(product, arguments)))


@application.command()
def up(
    settings: Annotated[
        Path | None, typer.Option(help="the deployment's settings, YAML or JSON: ports, delays, forms of search…")
    ] = None,
) -> None:
    """Start an embedded deployment that stays; runs use it until it is taken down."""
    from environment.command.warm import process as warm
    from environment.targets.embedded import EmbeddedTarget
    from environment.targets.starting import STANDING_STATE
    from environment.targets.web_catalog import with_web_catalog

    target = EmbeddedTarget.attach(STANDING_STATE)
    if target is None:
        chosen = with_web_catalog(DeploymentSettings.load(settings, state_directory=STANDING_STATE))
        target = EmbeddedTarget.start(chosen, owned=False)
        console.print(f"Started in {target.start_seconds:.1f} s.")
    warm.start()
    _describe(target.state_directory)


@application.command()
def down() -> None:
    """Stop the deployment that ``acceptance up`` started, and remove its state."""
    import quilt_stack
    from environment.command.warm import process as warm
    from environment.targets.starting import STANDING_STATE

    warm.stop()
    running = quilt_stack.attach(STANDING_STATE)
    if running is None:
        console.print("No deployment is up.")
        return
    running.stop()
    console.print("Stopped.")


@application.command()
def status() -> None:
    """Say whether a deployment is up, and where; exit 1 when none is."""
    from environment.targets.starting import STANDING_STATE

    if not _describe(STANDING_STATE):
        console.print("No deployment is up. 'acceptance up' starts one.")
        raise typer.Exit(1)


@application.command("clean-up")
def clean_up(
    target: Annotated[
        TargetKind,
        typer.Option(help="whose scratch bucket to look into; this machine's undo logs are undone wherever they lead"),
    ] = TargetKind.EMBEDDED,
    older_than: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="HOURS",
            help="leave what is younger; default: 0 for undo logs, 2 for scratch objects",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be done, and do nothing")] = False,
) -> None:
    """Undo what killed runs left behind, and empty the scratch bucket.

    On the live target also what lost machines booked in its scratch bucket, unless a run goes on there. Deletes only
    what undo logs, directories of runs and the scratch rules name: never reference data, a baseline package or what
    somebody else put there. Exit code: 0 all done, 1 something could not be undone and stays in its undo log, 2 the
    settings or the deployment are wrong.
    """
    from environment.command.leftovers import Leftovers
    from environment.targets.live import LiveTarget

    age = None if older_than is None else timedelta(hours=older_than)
    with working("looking for leftovers"):
        leftovers = Leftovers(state_directory(), older_than=age, dry_run=dry_run, say=say)
        removal = leftovers.remove_booked()
        if target is TargetKind.EMBEDDED and not is_up():
            say("no deployment is up: there is no scratch bucket to look into")
        else:
            with deployment(target) as opened:
                if isinstance(opened, LiveTarget):
                    leftovers.remove_mirrored(opened, removal)
                leftovers.remove_scratch(opened, removal)
    swept = len(removal.scratch)
    say(f"{swept} things {'to be ' if dry_run else ''}deleted from the scratch bucket.")
    done, failed = removal.undo_logs, len(removal.undo_logs.failed) + len(removal.failed_scratch)
    say(f"{len(done.undone)} undone, {len(done.vacuous)} gone already, {failed} failed.")
    raise typer.Exit(0 if removal.complete else 1)


def _describe(state_directory: Path) -> bool:
    import quilt_stack

    running = quilt_stack.attach(state_directory)
    if running is None:
        return False
    console.print(running.summary(), markup=False, highlight=False, soft_wrap=True)
    return True


def _must_be_a_checkout() -> None:
    if not (ROOT / "features").is_dir():
        raise SuiteError(
            "Started acceptance",
            f"{ROOT} holds no features: the suite is installed without them, and runs only from a checkout",
            "Clone its repository and run 'make setup' there",
        )


def needed(arguments: Sequence[str], parts: Iterable[EntryPoint]) -> list[EntryPoint]:
    """The parts whose commands must be known, because the imports of all take a second and a half.

    None for a command of this module, one that is asked for, else all: for help and wrong names.
    """
    own = {each.name or getattr(each.callback, "__name__", "") for each in application.registered_commands}
    if arguments and arguments[0] in own:
        return []
    parts = list(parts)
    return [each for each in parts if each.name in arguments[:1]] or parts


def main() -> None:
    """Entry point: add the commands of the other parts, run, and show errors for people as one line."""
    try:
        _must_be_a_checkout()
        for entry_point in needed(sys.argv[1:], entry_points(group="acceptance.commands")):
            application.add_typer(entry_point.load(), name=entry_point.name)
        application()
    except (SuiteError, DeploymentError) as error:
        errors.print(f"acceptance: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
