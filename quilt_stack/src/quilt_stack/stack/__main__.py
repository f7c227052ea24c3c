"""Runs a deployment: ``python -m quilt_stack.stack --settings FILE [--blueprint FILE] [--owned]``.

This is the process that `lifecycle.begin` starts, and ``quilt-stack up`` for people. It is ready when it prints one
line, ``READY`` and a JSON object with its URLs. SIGTERM, SIGINT and with ``--owned`` the end of its standard input stop
it.
"""

from __future__ import annotations

import argparse
import fcntl
import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from quilt_stack.blueprint import Blueprint
from quilt_stack.errors import DeploymentError
from quilt_stack.kept import Kept
from quilt_stack.patches import ChangedLibraryError
from quilt_stack.settings import DeploymentSettings
from quilt_stack.state_files import LOG_FILE, make_private, remove_run_files
from quilt_stack.wire.exposure import check_exposure
from quilt_stack.wire.masking import RedactingFormatter


def main() -> int:
    """Run a deployment; the exit code is 0 after an orderly stop, 1 if it could not start or stop."""
    arguments = _arguments()
    try:
        settings = DeploymentSettings.load(arguments.settings)
        check_exposure(settings)
        keeping = nullcontext() if settings.keep is None else Kept(settings.keep).sole_use()
        with _sole_use(settings.state_directory), keeping:
            _log_to(settings.state_directory / LOG_FILE)
            blueprint = Blueprint() if arguments.blueprint is None else Blueprint.load(arguments.blueprint)
            return _run(settings, blueprint, owned=arguments.owned)
    except (DeploymentError, ChangedLibraryError) as error:
        return _complain(str(error))


def _run(settings: DeploymentSettings, blueprint: Blueprint, *, owned: bool) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped before it was ready."))
    try:
        # Late, so that what cannot be used is told at once: this import is most of the start.
        # Looking for garbage in what is being loaded takes a sixth of the start; later searches leave it out.
        gc.disable()
        from quilt_stack.stack.deployment import Deployment

        deployment = Deployment.start(settings, blueprint, owned=owned)
        gc.freeze()
        gc.enable()
    except (DeploymentError, ChangedLibraryError):
        raise
    except Exception as error:
        logging.exception("The deployment did not start")
        log = settings.state_directory / LOG_FILE
        return _complain(f"The deployment did not start: {type(error).__name__}; {log} says why.")

    def tell_ready() -> None:
        sys.stdout.write(f"READY {deployment.public_json()}\n")
        sys.stdout.flush()

    deployment.run_until_stopped(sys.stdin if owned else None, tell_ready)
    return 0


@contextmanager
def _sole_use(directory: Path) -> Iterator[None]:
    """Hold the state directory against other deployments, and clear what a killed one left in it."""
    make_private(directory)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove_run_files(directory)
        yield
    except BlockingIOError:
        raise DeploymentError(
            f"Another deployment runs in {directory}: use that one, stop it, or choose another state directory."
        ) from None
    finally:
        os.close(descriptor)


def _log_to(path: Path) -> None:
    handler = logging.FileHandler(path)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m quilt_stack.stack", description="Run a Quilt stack.")
    parser.add_argument("--settings", type=Path, required=True, help="DeploymentSettings, YAML or JSON")
    parser.add_argument("--blueprint", type=Path, help="what the deployment holds when it opens, YAML or JSON")
    parser.add_argument("--owned", action="store_true", help="stop when standard input ends")
    return parser.parse_args()


def _complain(message: str) -> int:
    sys.stderr.write(message + "\n")
    return 1


if __name__ == "__main__":
    exit_code = main()
    logging.shutdown()
    sys.stdout.flush()
    # Everything is closed by now; taking the interpreter down would cost half a second, which each run would wait for.
    os._exit(exit_code)
