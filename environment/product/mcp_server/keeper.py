"""Runs a command until its own standard input ends: a server on a port must not outlive its worker, even a killed one.

A program of its own that needs nothing but Python: ``python keeper.py command argument…``. A server on standard input
and output needs none, because its input ends with the worker.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

_GRACE_SECONDS = 3.0


def main() -> int:
    """Return what the command returned."""
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)

    def end_with_input() -> None:
        while os.read(0, 1):  # unbuffered: a lock on a buffer would outlast the program
            pass
        process.terminate()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()

    threading.Thread(target=end_with_input, daemon=True).start()
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
