"""One run from start to report: pytest over the features, then whatever turns its results into something to read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

from environment.product.placing import import_path, place_product
from environment.settings import BUILD, ROOT

SELECTING = ("-k", "-m", "--lf", "--last-failed", "--ff", "--collect-only", "--co")
DISTRIBUTING = ("-n", "--numprocesses", "--pdb", "-x")
FEATURES = "features"

# What a person waits for before a pull request; CI's nightly run takes everything.
QUICK = "not slow and not large"


def run_features(
    arguments: Sequence[str],
    *,
    product: str | None = None,
    workers: int | None = None,
    everything: bool = False,
    report: bool = True,
) -> int:
    """Run pytest with these arguments, and build the report unless none is wanted.

    Without a selection of its own a run leaves out what is tagged slow or large, unless ``everything`` is asked for.

    Returns:
        pytest's exit code, or the first failing exit code of what came after it.

    Raises:
        SuiteError: if the product that was asked for cannot be put in place.
    """
    results = BUILD / "allure-results"
    BUILD.mkdir(parents=True, exist_ok=True)
    _remove_results_of_earlier_run(results)
    # Named, because pytest looks for it beside the features, which may lie elsewhere.
    configuration = ["-c", str(ROOT / "pyproject.toml")]
    quick = [] if everything or _selects(arguments) else ["-m", QUICK]
    command = [sys.executable, "-m", "pytest", *configuration, *arguments, *quick, *_distribution(arguments, workers)]
    command += [f"--alluredir={results}", f"--junitxml={BUILD / 'junit.xml'}"]
    exit_code = subprocess.run(command, cwd=ROOT, env=_environment(product), check=False).returncode
    after = [entry_point.load()(BUILD, report=report) for entry_point in entry_points(group="acceptance.after_run")]
    return next((code for code in (exit_code, *after) if code), 0)


def _remove_results_of_earlier_run(results: Path) -> None:
    """A run that ends before it has any must not be taken for the one before it."""
    for folder in (results, BUILD / "report", BUILD / "product"):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("junit.xml", "summary.json", "outcomes.json"):
        (BUILD / name).unlink(missing_ok=True)


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
        environment["PYTHONPATH"] = import_path(place_product(product, BUILD), environment.get("PYTHONPATH"))
    return environment
