"""Processes as owners of undo logs."""

from __future__ import annotations

import os

import psutil

from environment.undo.records import OwnerProcess

_SAME_START_SECONDS = 1.0
"""How far two readings of one process's start may lie apart: the kernel counts in ticks since a boot time."""


def this_process() -> OwnerProcess:
    """This process."""
    return OwnerProcess(pid=os.getpid(), started=psutil.Process().create_time())


def is_alive(process: OwnerProcess) -> bool:
    """Whether the process still runs; a zombie does not, nor does a later process with its number."""
    try:
        running = psutil.Process(process.pid)
        return (
            abs(running.create_time() - process.started) < _SAME_START_SECONDS
            and running.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.NoSuchProcess:
        return False
