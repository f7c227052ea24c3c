"""A lane: a judging session with a deployment of its own, and what the command asks of it, with time limits."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from environment.errors import SuiteError
from environment.settings import STATE_VARIABLE
from reports.documents import shown
from strength.messages import Answer, Ready, Request, ScenarioItem, Seen
from strength.project import Project
from strength.session import VARIABLE

START_LIMIT_SECONDS = 300.0
IMPORT_LIMIT_SECONDS = 120.0
END_LIMIT_SECONDS = 60.0
Limit = Callable[[str], float]


@dataclass(frozen=True)
class Ended:
    """A scenario that ended; ``seen`` is None if its process died in it."""

    nodeid: str
    seen: Seen | None
    message: str = ""
    seconds: float = 0.0
    lines: dict[str, str] | None = None


@dataclass
class Run:
    """What came of a request: scenarios in the order in which they ended, and what kept it from its end."""

    ended: list[Ended] = field(default_factory=list)
    not_imported: str | None = None
    hung: str | None = None

    @property
    def last(self) -> Ended:
        """The scenario that ended last."""
        return self.ended[-1]


class Lane:
    """One session; it serves one request at a time.

    Raises:
        SuiteError: if it does not start, which a product that cannot be imported is one reason for.
    """

    def __init__(self, project: Project, folder: Path, number: int, arguments: Sequence[str] = ()) -> None:
        self._project = project
        self._folder = folder
        self._log = folder / f"lane-{number}.log"
        self._arguments = arguments
        self.items: tuple[ScenarioItem, ...] = ()
        self.restarts = -1
        self.restart()

    def restart(self) -> None:
        """End the session with its deployment, and start another one."""
        self.close()
        self.restarts += 1
        requests, answers = os.pipe(), os.pipe()
        settings = self._project.settings
        pipes = json.dumps([requests[0], answers[1], settings.package, settings.entry])
        environment = {**os.environ, VARIABLE: pipes, STATE_VARIABLE: str(self._folder / "state")}
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, (str(self._project.root), os.environ.get("PYTHONPATH")))
        )
        command = [sys.executable, "-m", "pytest", *settings.pytest, "-p", "strength.session", *self._arguments]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._project.root,
                env=environment,
                pass_fds=(requests[0], answers[1]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        os.close(requests[0])
        os.close(answers[1])
        self._requests: TextIO = os.fdopen(requests[1], "w", encoding="utf-8")
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_read, args=(answers[0], self._lines), daemon=True).start()
        self._greet()

    def run(
        self,
        scenarios: Sequence[str],
        limit: Limit,
        *,
        overlay: Path | None = None,
        modules: Sequence[str] = (),
        expected: Mapping[str, Seen] | None = None,
        trace: bool = False,
    ) -> Run:
        """Run scenarios in a process of their own; with ``expected``, until one does not end so.

        ``limit`` says how long a scenario may take; one that takes longer ends the run, and its process.

        Raises:
            SuiteError: if the session itself does not answer.
        """
        request = Request(
            scenarios=tuple(scenarios),
            overlay=None if overlay is None else str(overlay),
            modules=tuple(modules),
            expected=None if expected is None else {each: expected[each] for each in scenarios if each in expected},
            trace=str(self._project.product_root) if trace else None,
        )
        self._send(request)
        return self._listen(limit)

    def end_at_once(self) -> None:
        """End the session whatever it does; who waits for it is told that it ended."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the session; its deployment goes with it."""
        process: subprocess.Popen[bytes] | None = getattr(self, "_process", None)
        if process is None:
            return
        try:
            self._requests.close()
            process.wait(END_LIMIT_SECONDS)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _greet(self) -> None:
        line = self._next(START_LIMIT_SECONDS, at_its_end="")
        ready = Ready.model_validate_json(line) if line else Ready(problem=self._last_words())
        if ready.problem:
            self.close()
            raise SuiteError(
                f"Started a session that judges {self._project.settings.package}",
                ready.problem,
                f"Look at {shown(self._log)}",
            )
        self.items = ready.items
        self._listen(lambda _: START_LIMIT_SECONDS)  # what all scenarios rely on is made

    def _send(self, request: Request) -> None:
        try:
            self._requests.write(request.model_dump_json() + "\n")
            self._requests.flush()
        except BrokenPipeError:
            raise self._silent() from None

    def _listen(self, limit: Limit) -> Run:
        run = Run()
        process, begun, seconds = 0, "", IMPORT_LIMIT_SECONDS
        while True:
            line = self._next(seconds)
            if line is None:
                if not process or run.hung is not None:
                    raise self._silent()
                run.hung = begun
                os.kill(process, signal.SIGKILL)
                seconds = END_LIMIT_SECONDS
                continue
            answer = Answer.model_validate_json(line)
            if answer.process is not None:
                process = answer.process
            if answer.not_imported is not None:
                run.not_imported = answer.not_imported
            if answer.begins is not None:
                begun, seconds = answer.begins, limit(answer.begins)
            if answer.nodeid is not None:
                begun, seconds = "", END_LIMIT_SECONDS
                run.ended.append(Ended(answer.nodeid, answer.seen, answer.message, answer.seconds, answer.lines))
            if answer.ended is not None:
                if begun and run.hung is None:
                    run.ended.append(Ended(begun, None, f"the process ended with {answer.ended}"))
                return run

    def _next(self, seconds: float, at_its_end: str | None = None) -> str | None:
        """The next line; None if there is none in time.

        Raises:
            SuiteError: if the session has ended, unless something is given that stands for that.
        """
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return None
        if line:
            return line
        if at_its_end is None:
            raise self._silent()
        return at_its_end

    def _silent(self) -> SuiteError:
        return SuiteError("Judged a fault", f"the session ended: {self._last_words()}", f"Look at {shown(self._log)}")

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _read(descriptor: int, lines: queue.Queue[str]) -> None:
    """Put each line into the queue; an empty one says that there are no more."""
    with os.fdopen(descriptor, encoding="utf-8") as answers:
        for line in answers:
            lines.put(line)
    lines.put("")
