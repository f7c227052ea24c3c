"""Runs a deployment: ``python -m environment.embedded --settings FILE.json [--blueprint FILE] [--owned]``.

It is ready when it prints one line, ``READY`` and a JSON object with its URLs. SIGTERM, SIGINT and with
``--owned`` the end of its standard input stop it.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path

from pydantic import ValidationError

from environment.embedded.redaction import RedactingFormatter
from environment.embedded.settings import DeploymentSettings
from environment.embedded.state_files import LOG_FILE


def main() -> int:
    """Run a deployment; the exit code is 0 after an orderly stop, 1 if it could not start or stop."""
    arguments = _arguments()
    try:
        settings = DeploymentSettings.model_validate_json(arguments.settings.read_bytes())
    except (OSError, ValidationError) as error:
        return _complain(f"The settings {arguments.settings} cannot be used: {error}")
    settings.state_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    _log_to(settings.state_directory / LOG_FILE)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped before it was ready."))
    # Late, so that a wrong argument is told at once.
    from environment.embedded.deployment import Deployment, StartError

    try:
        deployment = Deployment.start(settings, arguments.blueprint)
    except StartError as error:
        return _complain(str(error))
    except Exception as error:
        logging.exception("The deployment did not start")
        return _complain(
            f"The deployment did not start: {type(error).__name__}; {settings.state_directory / LOG_FILE} says why."
        )
    sys.stdout.write(f"READY {deployment.public_json()}\n")
    sys.stdout.flush()
    deployment.run_until_stopped(owner=sys.stdin if arguments.owned else None)
    return 0


def _log_to(path: Path) -> None:
    handler = logging.FileHandler(path)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m environment.embedded", description="Run an embedded Quilt deployment."
    )
    parser.add_argument("--settings", type=Path, required=True, help="DeploymentSettings as JSON")
    parser.add_argument("--blueprint", type=Path, help="what the deployment holds when it opens, YAML or JSON")
    parser.add_argument("--owned", action="store_true", help="stop when standard input ends")
    return parser.parse_args()


def _complain(message: str) -> int:
    sys.stderr.write(message + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
