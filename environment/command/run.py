"""One run from start to report: pytest over the features, then whatever turns its results into something to read."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from environment.command.course import finish
from environment.command.results import Results, results_of_a_run
from environment.product.placing import import_path, place_product
from environment.settings import BUILD, ROOT


def run_features(
    arguments: Sequence[str],
    *,
    product: str | None = None,
    workers: int | None = None,
    everything: bool = False,
    report: bool = True,
) -> int:
    """Run pytest with these arguments where one stands, and build the report unless none is wanted.

    What they leave open is decided by the plugin `environment.running.run_defaults`, which gets ``workers`` and
    ``everything``.

    Returns:
        pytest's exit code, or the first failing exit code of what came after it.

    Raises:
        SuiteError: if the product that was asked for cannot be put in place, another run writes to the same folder, or
            nothing can be written there.
    """
    with results_of_a_run(BUILD) as results:
        command = pytest_command(arguments, results, workers=workers, everything=everything)
        return finish(results, command, _environment(product), report=report)


def pytest_command(
    arguments: Sequence[str], results: Results, *, workers: int | None = None, everything: bool = False
) -> list[str]:
    """The command line of pytest; the caller's arguments come last, so that pytest lets them win."""
    # -P: a folder that one stands in is not searched for modules; -c: pytest would look beside the features for it.
    command = [
        sys.executable,
        "-P",
        "-m",
        "environment.command.pytest_process",
        "-c",
        str(ROOT / "pyproject.toml"),
        "-p",
        "environment.running.run_defaults",
    ]
    command += [f"--alluredir={results.allure}", f"--junitxml={results.junit}"]
    command += ["--everything"] if everything else []
    command += [] if workers is None else [f"--workers={workers}"]
    return [*command, *arguments]


def _environment(product: str | None) -> dict[str, str]:
    environment = dict(os.environ)
    if product is not None:
        environment["PYTHONPATH"] = import_path(place_product(product, BUILD), environment.get("PYTHONPATH"))
    return environment
