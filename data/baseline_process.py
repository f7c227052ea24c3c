"""Makes the baseline of an embedded deployment in a process of its own: ``python -m data.baseline_process DIRECTORY``.

A run starts it and goes on to import the product; importing and making would hold each other up in one process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from filelock import FileLock

from data.baseline import BASELINE, BaselinePackage, create_baseline
from data.package_access import ManifestReader, RegistryWriter
from data.upload import ArrangedDataset, arrange_dataset
from environment.observers.registry import RegistryObserver
from environment.secrecy.redaction import redact
from environment.settings import ROOT
from environment.targets.embedded import EmbeddedTarget
from environment.targets.target import Target
from quilt_stack import process_environment

LOG_FILE = "baseline.log"
START_LIMIT_SECONDS = 60.0
# Decision: half a gigabyte is not worth its seconds in every run; scenarios that need it make their own.
LEFT_OUT_OF_EMBEDDED = frozenset({"test-user/large-package"})


def wanted_packages(target: Target) -> tuple[BaselinePackage, ...]:
    """The packages that every scenario may rely on there."""
    left_out = LEFT_OUT_OF_EMBEDDED if target.kind == "embedded" else frozenset()
    return tuple(package for package in BASELINE if package.name not in left_out)


def make_baseline(
    target: Target, registry_observer: RegistryObserver, arrange: Callable[[str], ArrangedDataset]
) -> None:
    """Make what is missing, by one process at a time, and return when search knows it.

    ``arrange`` puts a dataset into the data bucket.

    Raises:
        SuiteError: the deployment refuses.
    """
    bucket = target.buckets.packages
    with FileLock(target.shared_directory / "baseline.lock"):
        create_baseline(
            RegistryWriter(registry_observer, bucket),
            ManifestReader(target.client("s3"), bucket),
            _Shelf(arrange),
            wanted_packages(target),
        )
        target.wait_until_indexed()


class BaselineProcess:
    """The process, started. It is in nobody's way: whoever needs the baseline makes what it has not made."""

    def __init__(self, state_directory: Path) -> None:
        self._log = state_directory / LOG_FILE
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(state_directory)],
                cwd=ROOT,
                env=process_environment(os.environ, state_directory),
                stdin=subprocess.PIPE,  # its end tells the process that the run has ended, however it ended
                stdout=log,
                stderr=log,
            )

    def has_ended(self) -> bool:
        """Whether there is nothing left to make, or it failed."""
        return self._process.poll() is not None

    def end(self) -> str | None:
        """End it, if it has not ended; why it failed, if it did."""
        if not self.has_ended():
            self._process.kill()
        code = self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
        if code in (0, -signal.SIGKILL):
            return None
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines() or ["no message"]
        return f"Making the baseline beside the product's import ended with code {code}: {redact(lines[-1])}"


class _Shelf(Mapping[str, ArrangedDataset]):
    """Arranges a dataset when it is looked up."""

    def __init__(self, take: Callable[[str], ArrangedDataset]) -> None:
        self._take = take

    def __getitem__(self, name: str) -> ArrangedDataset:
        return self._take(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _end_with_the_run() -> None:
    """End this process at the end of standard input, whatever a request to a dead deployment still waits for."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def main(state_directory: Path) -> int:
    """Make the baseline of the deployment whose state is there, as soon as it answers.

    Standard input is a pipe that the run holds; nothing is written to it.
    """
    threading.Thread(target=_end_with_the_run, daemon=True, name="end with the run").start()
    target = EmbeddedTarget.wait_and_attach(state_directory, START_LIMIT_SECONDS)
    if target is None:
        sys.stderr.write(f"The deployment in {state_directory} did not answer within {START_LIMIT_SECONDS:g} s\n")
        return 1

    def arrange(name: str) -> ArrangedDataset:
        return arrange_dataset(name, target.client("s3"), target.buckets.data)

    make_baseline(target, RegistryObserver(target.graphql_endpoint, target.token("admin")), arrange)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
