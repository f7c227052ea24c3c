"""What a run's processes left when they died: undone as soon as the run has ended."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from environment.console import say
from environment.errors import SuiteError
from environment.settings import state_directory
from environment.undo.log import SUFFIX
from environment.undo.plugin import DIRECTORY
from environment.undo.process import is_alive
from environment.undo.records import read

ADVICE = "'acceptance clean-up' tries again"


def undo_what_a_dead_process_left(since: datetime) -> None:
    """Undo what processes that died booked from a moment on and did not undo; says what it does.

    What cannot be undone stays in its undo log, and is said.
    """
    directory = state_directory() / DIRECTORY
    undo_logs = map(read, sorted(directory.glob(f"*{SUFFIX}")))
    left = [
        thing
        for undo_log in undo_logs
        if undo_log.opened is not None and not is_alive(undo_log.opened.process)
        for thing in undo_log.open_things
        if thing.at >= since
    ]
    if not left:
        return
    # Late: a run that ended well need not load the AWS clients once more.
    from environment.arrangement.undoing import target_of
    from environment.undo.clean_up import clean_up

    say(f"A process of the run ended before it had undone {len(left)} things:")
    try:
        done = clean_up(directory, cache(target_of), say=say)
    except (SuiteError, OSError) as error:
        say(f"They stay as they are: {error}. {ADVICE}.")
        return
    if done.failed:
        say(f"{len(done.failed)} of them could not be undone; {ADVICE}.")
