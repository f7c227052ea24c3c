"""One run from start to report: pytest over the features, then whatever turns its results into something to read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from environment.errors import SuiteError
from environment.running.course import finish
from environment.running.results import results_of_a_run
from environment.settings import BUILD, ROOT

SELECTING = ("-k", "-m", "--lf", "--last-failed", "--ff", "--collect-only", "--co")
DISTRIBUTING = ("-n", "--numprocesses", "--pdb", "-x")
FEATURES = "features"

# What a person waits for before a pull request; CI's nightly run takes everything.
QUICK = "not slow and not large"


def run_features(
    arguments: Sequence[str], *, product: str | None = None, workers: int | None = None, everything: bool = False
) -> int:
    """Run pytest with these arguments and build the report.

    Without a selection of its own a run leaves out what is tagged slow or large, unless ``everything`` is asked for.

    Returns:
        pytest's exit code, or the first failing exit code of what came after it.

    Raises:
        SuiteError: if the product that was asked for cannot be put in place, another run writes to the same folder, or
            nothing can be written there.
    """
    with results_of_a_run(BUILD) as results:
        shutil.rmtree(BUILD / "product", ignore_errors=True)
        # Named, because pytest looks for it beside the features, which may lie elsewhere.
        configuration = ["-c", str(ROOT / "pyproject.toml")]
        quick = [] if everything or _selects(arguments) else ["-m", QUICK]
        command = [
            sys.executable,
            "-m",
            "pytest",
            *configuration,
            *arguments,
            *quick,
            *_distribution(arguments, workers),
        ]
        command += [f"--alluredir={results.allure}", f"--junitxml={results.junit}"]
        return finish(results, command, _environment(product))


def _distribution(arguments: Sequence[str], workers: int | None) -> list[str]:
    """Worker processes pay off for a whole run alone: each one imports the product anew."""
    if workers is None:
        settled = _selects(arguments) or any(argument.split("=")[0] in DISTRIBUTING for argument in arguments)
        workers = 1 if settled else (os.cpu_count() or 1)
    return [] if workers <= 1 else ["-n", str(workers)]


def _selects(arguments: Sequence[str]) -> bool:
    return any(argument.startswith(FEATURES) or argument.split("=")[0] in SELECTING for argument in arguments)


def _environment(product: str | None) -> dict[str, str]:
    environment = dict(os.environ)
    if product is not None:
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, (str(_install_product(product)), environment.get("PYTHONPATH")))
        )
    return environment


def _install_product(product: str) -> Path:
    """Put another quilt-mcp into a folder of its own, before the installed one on the path; its dependencies stay."""
    overlay = BUILD / "product"
    shutil.rmtree(overlay, ignore_errors=True)
    installer = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(overlay), product]
    done = subprocess.run(installer, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise SuiteError(f"Installed '{product}'", last, "Give a folder with a pyproject.toml or a pip requirement")
    return overlay
