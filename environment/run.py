"""One run from start to report: pytest over the features, then whatever turns its results into something to read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

from environment.errors import SuiteError
from environment.settings import BUILD, ROOT


def run_features(
    arguments: Sequence[str], *, product: str | None = None, workers: int | None = None, everything: bool = False
) -> int:
    """Run pytest with these arguments where one stands, and build the report.

    What they leave open is decided by the plugin `environment.run_defaults`, which gets ``workers`` and ``everything``.

    Returns:
        pytest's exit code, or the first failing exit code of what came after it.

    Raises:
        SuiteError: if the product that was asked for cannot be put in place.
    """
    results = BUILD / "allure-results"
    BUILD.mkdir(parents=True, exist_ok=True)
    _remove_results_of_earlier_run(results)
    command = pytest_command(arguments, results, workers=workers, everything=everything)
    exit_code = subprocess.run(command, env=_environment(product), check=False).returncode
    if exit_code == 0 and not (BUILD / "outcomes.json").exists():
        return 0  # pytest was asked for something else than to run: --collect-only, --help, --markers
    after = [entry_point.load()(BUILD) for entry_point in entry_points(group="acceptance.after_run")]
    return next((code for code in (exit_code, *after) if code), 0)


def _remove_results_of_earlier_run(results: Path) -> None:
    """A run that ends before it has any must not be taken for the one before it."""
    for folder in (results, BUILD / "report", BUILD / "product"):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("junit.xml", "summary.json", "outcomes.json"):
        (BUILD / name).unlink(missing_ok=True)


def pytest_command(
    arguments: Sequence[str], results: Path, *, workers: int | None = None, everything: bool = False
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
    command += [f"--alluredir={results}", f"--junitxml={BUILD / 'junit.xml'}"]
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
