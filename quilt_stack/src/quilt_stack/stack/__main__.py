"""Runs a deployment: ``python -m quilt_stack --settings FILE.json [--blueprint FILE] [--owned]``.

It is ready when it prints one line, ``READY`` and a JSON object with its URLs. SIGTERM, SIGINT and with
``--owned`` the end of its standard input stop it.
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
from contextlib import contextmanager
from pathlib import Path

import yaml
from pydantic import ValidationError

from quilt_stack.blueprint import Blueprint
from quilt_stack.patches import ChangedLibraryError
from quilt_stack.settings import DeploymentSettings
from quilt_stack.state_files import LOG_FILE, remove_run_files
from quilt_stack.wire.ports import PortUnavailableError, check_ports
from quilt_stack.wire.redaction import RedactingFormatter


class _UnusableError(Exception):
    """Something that the deployment was given cannot be used."""


def main() -> int:
    """Run a deployment; the exit code is 0 after an orderly stop, 1 if it could not start or stop."""
    arguments = _arguments()
    try:
        settings = _settings(arguments.settings)
        with _sole_use(settings.state_directory):
            _log_to(settings.state_directory / LOG_FILE)
            check_ports(settings)
            return _run(settings, _blueprint(arguments.blueprint), owned=arguments.owned)
    except (_UnusableError, PortUnavailableError, ChangedLibraryError) as error:
        return _complain(str(error))


def _run(settings: DeploymentSettings, blueprint: Blueprint, *, owned: bool) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped before it was ready."))
    try:
        # Late, so that what cannot be used is told at once: this import is most of the start.
        # Looking for garbage in what is being loaded takes a sixth of the start; later searches leave it out.
        gc.disable()
        from quilt_stack.stack.deployment import Deployment

        deployment = Deployment.start(settings, blueprint)
        gc.freeze()
        gc.enable()
    except (PortUnavailableError, ChangedLibraryError):
        raise
    except Exception as error:
        logging.exception("The deployment did not start")
        log = settings.state_directory / LOG_FILE
        return _complain(f"The deployment did not start: {type(error).__name__}; {log} says why.")
    sys.stdout.write(f"READY {deployment.public_json()}\n")
    sys.stdout.flush()
    deployment.run_until_stopped(owner=sys.stdin if owned else None)
    return 0


def _settings(path: Path) -> DeploymentSettings:
    try:
        return DeploymentSettings.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise _UnusableError(f"The settings {path} cannot be used: {error}") from error


def _blueprint(path: Path | None) -> Blueprint:
    if path is None:
        return Blueprint()
    try:
        return Blueprint.load(path)
    except (OSError, yaml.YAMLError) as error:
        raise _UnusableError(f"The blueprint {path} cannot be used: {error}") from error
    except ValidationError as error:
        # Without the values: they may be passwords.
        problems = "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors())
        raise _UnusableError(f"The blueprint {path} cannot be used: {problems}") from None


@contextmanager
def _sole_use(directory: Path) -> Iterator[None]:
    """Hold the state directory against other deployments, and clear what a killed one left in it."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove_run_files(directory)
        yield
    except BlockingIOError:
        raise _UnusableError(
            f"Another deployment runs in {directory}: use that one, stop it, or choose another state directory."
        ) from None
    finally:
        os.close(descriptor)


def _log_to(path: Path) -> None:
    handler = logging.FileHandler(path)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m quilt_stack", description="Run an embedded Quilt deployment.")
    parser.add_argument("--settings", type=Path, required=True, help="DeploymentSettings as JSON")
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
