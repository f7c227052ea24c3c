"""How the product's server is started: by the command that it installs, with an environment of its own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from environment.errors import SuiteError

COMMAND = "quilt-mcp"
STDERR_FILE = "stderr.txt"
_FROM_THE_SURROUNDINGS = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "PYTHONPATH",  # where `--product` puts another quilt-mcp
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "AWS_ENDPOINT_URL",
)
_OWN = {
    "MCP_SKIP_BANNER": "true",  # with its banner it asks PyPI for newer versions
    "PYTHON_DOTENV_DISABLED": "true",  # it looks for a .env from where it is installed upwards
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class Launch:
    """A server to start: its command, all of its environment, and the folder in which it runs."""

    command: tuple[str, ...]
    environment: dict[str, str]
    folder: Path
    written_before: int = field(default=0, compare=False)
    """Bytes that earlier servers wrote into the same file."""

    @property
    def written(self) -> str:
        """What it has written to its standard error so far."""
        path = self.folder / STDERR_FILE
        content = path.read_bytes() if path.is_file() else b""
        return content[self.written_before :].decode("utf-8", "replace")


def server_launch(home: Path, settings: dict[str, str]) -> Launch:
    """A server whose user's home is there, with these variables and nothing else of the machine's user.

    Raises:
        SuiteError: the product's command is not installed where this Python is.
    """
    command = Path(sys.executable).with_name(COMMAND)
    if not command.is_file():
        raise SuiteError(
            "Looked for the product's server", f"there is no {command}", f"Install {COMMAND} into this environment"
        )
    kept = {name: os.environ[name] for name in _FROM_THE_SURROUNDINGS if name in os.environ}
    home.mkdir(parents=True, exist_ok=True)
    errors = home / STDERR_FILE
    written_before = errors.stat().st_size if errors.is_file() else 0
    # Python itself starts it: the first line of a script is too long for some systems where folders are deep.
    command_line = sys.executable, str(command)
    return Launch(command_line, {**kept, "HOME": str(home), **_OWN, **settings}, home, written_before)
