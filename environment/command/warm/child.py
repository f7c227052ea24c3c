"""A fork of the warm process becomes the process of a run."""

from __future__ import annotations

import importlib
import io
import os
import runpy
import signal
import sys
from typing import Any

from environment.command.warm.libraries import Libraries, folders_before_all
from environment.command.warm.messages import Request


def become(request: Request, streams: list[int], libraries: Libraries) -> None:
    """Make this child what a fresh process would be, and run what was asked for.

    Its own are files, folder, variables, signals, randomness, and all modules but those of libraries.
    """
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path[:0] = [str(each.absolute()) for each in folders_before_all(request["environment"])]
    sys.dont_write_bytecode = bool(request["environment"].get("PYTHONDONTWRITEBYTECODE"))
    importlib.invalidate_caches()
    for each in libraries.sources_of_randomness:
        each.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    sys.stdin = _reader(0, sys.stdin)
    sys.stdout = _writer(1, sys.stdout, line_buffering=os.isatty(1))
    sys.stderr = _writer(2, sys.stderr, line_buffering=True)
    vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)
    for name in [each for each in sys.modules if each.partition(".")[0] == "environment"]:
        del sys.modules[name]
    try:
        _run(request)
    finally:
        libraries.learn()


def _reader(number: int, like: Any) -> io.TextIOWrapper:
    return open(number, encoding=like.encoding, errors=like.errors, closefd=False)


def _writer(number: int, like: Any, *, line_buffering: bool) -> io.TextIOWrapper:
    raw = io.FileIO(number, "w", closefd=False)
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    buffer: Any = raw if unbuffered else io.BufferedWriter(raw)
    return io.TextIOWrapper(
        buffer, encoding=like.encoding, errors=like.errors, line_buffering=line_buffering, write_through=unbuffered
    )


def _run(request: Request) -> None:
    """Run what was asked for, as the program of this process."""
    sys.argv = [request["module"], *request["arguments"]]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
