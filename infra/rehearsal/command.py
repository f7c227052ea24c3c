"""``acceptance rehearse``: the live target without AWS, over the same scenarios as the embedded one, and compared."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from environment.console import console, say, working
from environment.settings import BUILD, ROOT

rehearse = typer.Typer(help="Rehearse the live target without AWS.")
_QUICK = "not slow and not large"
_WAIT = "QUILT_TEST_LONGEST_WAIT_SECONDS"
LIVE, EMBEDDED = "live", "embedded"


@rehearse.callback(invoke_without_command=True)
def rehearsal(
    features: Annotated[
        list[str] | None, typer.Option("--features", help="folder, file or scenario, as pytest takes it; several times")
    ] = None,
    marks: Annotated[str, typer.Option("--marks", "-m", help="tags of the scenarios, as pytest takes them")] = _QUICK,
    folder: Annotated[Path, typer.Option("--build", help="where both runs leave their results")] = BUILD / "rehearsal",
    workers: Annotated[int, typer.Option(min=1, help="processes of each run")] = 2,
    seed: Annotated[int, typer.Option(help="seed of both runs")] = 1,
    wait: Annotated[
        float, typer.Option(min=0, help="seconds that a scenario may wait; with 600 all links expire, 5 minutes each")
    ] = 5,
) -> None:
    """Stand up a live environment on an embedded deployment, run the features on both targets, compare the results.

    The environment's AWS side comes from the CloudFormation template, and the suite knows it by an .env.test and an AWS
    profile of the template's role alone. Exit 1 if a scenario ended otherwise on the live target and no tag says why.
    """
    # Late, so that the command line need not load the AWS and GraphQL clients to show its help.
    from infra.rehearsal.stand_in import StandIn

    folder = folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    asked = [*(features or ["features"]), "-m", marks, "--seed", str(seed)]
    if workers > 1:
        asked += ["-n", str(workers)]
    with working("standing up a live environment"):
        stand_in = StandIn.found(folder / "environment")
    try:
        with working("standing up a live environment"):
            stand_in.stand_up()
            stand_in.upload_data()
        _run(folder, LIVE, asked, stand_in.write_settings(**{_WAIT: f"{wait:g}"}))
    finally:
        stand_in.stop()
        shutil.rmtree(folder / "environment")
    _run(folder, EMBEDDED, asked, {})
    compared = [sys.executable, "-m", "environment.command.main", "report", "compare"]
    done = subprocess.run([*compared, str(folder / LIVE), str(folder / EMBEDDED)], cwd=ROOT, check=False)
    raise typer.Exit(done.returncode)


def _run(folder: Path, target: str, asked: list[str], variables: dict[str, str]) -> None:
    from infra.rehearsal.running import command_of, environment_of

    console.rule(f"on the {target} target")
    results = ["--target", target, "--results", str(folder / target), "--parity", str(folder / "parity.yaml")]
    started = time.perf_counter()
    done = subprocess.run(
        command_of([*asked, *results]), cwd=ROOT, env=environment_of(folder / "state", variables), check=False
    )
    minutes = (time.perf_counter() - started) / 60
    say(f"the {target} run ended with {done.returncode} after {minutes:.1f} minutes")
