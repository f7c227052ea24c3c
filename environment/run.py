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
from environment.running.results import Results, results_of_a_run
from environment.settings import BUILD, ROOT


def run_features(
    arguments: Sequence[str], *, product: str | None = None, workers: int | None = None, everything: bool = False
) -> int:
    """Run pytest with these arguments where one stands, and build the report.

    What they leave open is decided by the plugin `environment.run_defaults`, which gets ``workers`` and ``everything``.

    Returns:
        pytest's exit code, or the first failing exit code of what came after it.

    Raises:
        SuiteError: if the product that was asked for cannot be put in place, another run writes to the same folder, or
            nothing can be written there.
    """
    with results_of_a_run(BUILD) as results:
        shutil.rmtree(BUILD / "product", ignore_errors=True)
        command = pytest_command(arguments, results, workers=workers, everything=everything)
        return finish(results, command, _environment(product))


def pytest_command(
    arguments: Sequence[str], results: Results, *, workers: int | None = None, everything: bool = False
) -> list[str]:
    """The command line of pytest; the caller's arguments come last, so that pytest lets them win."""
    # -P: a folder that one stands in is not searched for modules; -c: pytest would look beside the features for it.
    command = [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "-c",
        str(ROOT / "pyproject.toml"),
        "-p",
        "environment.run_defaults",
    ]
    command += [f"--alluredir={results.allure}", f"--junitxml={results.junit}"]
    command += ["--everything"] if everything else []
    command += [] if workers is None else [f"--workers={workers}"]
    return [*command, *arguments]


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
