"""Where npm's `@cucumber/language-server` lies: below `.venv`, as the package-lock.json beside this module has it.

The server looks for its grammars in a `node_modules` of its own (bin/cucumber-language-server.cjs of 1.7.0). npm's
usual flat layout does not put them there; hence `install-strategy=shallow` in the .npmrc, with which the lock was made.
"""

from __future__ import annotations

from pathlib import Path

from environment.settings import ROOT
from reports.node import ensure_installed

_SOURCE = Path(__file__).parent
_HOME = ROOT / ".venv" / "language-server"


def ensure_language_server() -> Path:
    """The folder of the package `@cucumber/language-server`; installs it there unless it is there already.

    Needs the network only when it installs. Raises SuiteError if npm cannot be run or does not succeed.
    """
    home = ensure_installed(_SOURCE, _HOME, "the language server of Cucumber")
    return home / "node_modules" / "@cucumber" / "language-server"
