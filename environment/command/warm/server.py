"""The program of the warm process: listens, forks a child for each run, passes signals on, tells exit codes.

It ends when it is told to, or its socket is gone, and the last child has ended.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

from environment.command.warm.child import become
from environment.command.warm.libraries import Libraries
from environment.command.warm.messages import SOCKET, STANDARD_STREAMS, STOP, Request, receive, send

PROGRAM = "environment.command.warm.server"
LOOK_SECONDS = 15.0
ASKING_SECONDS = 5.0


@dataclass
class Server:
    """Listens, forks, passes on.

    ``serve`` returns in a child, with what it was asked for; in the warm process it returns None when it is to end.
    """

    listening: socket.socket
    place: Path
    libraries: Libraries
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _connections: dict[int, socket.socket] = field(default_factory=dict)
    """By the process id of the child that runs for it."""
    _told_to_end: bool = False

    def serve(self) -> tuple[Request, list[int]] | None:
        """Answer until told to stop, and until the last child has ended."""
        woken, waking = os.pipe()
        for end in (woken, waking):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._end)
        self._selector.register(woken, selectors.EVENT_READ, "child")
        self._selector.register(self.listening, selectors.EVENT_READ, "new")
        gc.freeze()
        while self._listens or self._connections:
            for key, _ in self._selector.select(LOOK_SECONDS):
                if key.data == "child":
                    os.read(woken, 4096)
                elif key.data == "new":
                    request = self._answer()
                    if request is not None:
                        signal.set_wakeup_fd(-1)
                        for end in (woken, waking):
                            os.close(end)
                        return request
                else:
                    self._pass_on(key.data)
            self._bury()
            if self._listens and (self._told_to_end or not self.place.exists()):
                self._stop()
            elif self._listens and not self._connections and (why := self.libraries.outdated):
                _note(f"{why}: imports all anew")
                begin_anew(self.listening)
        return None

    @property
    def _listens(self) -> bool:
        return self.listening.fileno() != -1

    def _end(self, *_: object) -> None:
        self._told_to_end = True

    def _stop(self) -> None:
        self._selector.unregister(self.listening)
        self.listening.close()
        self.place.unlink(missing_ok=True)

    def _answer(self) -> tuple[Request, list[int]] | None:
        """Answer a new connection; returns in a child with what it was asked for."""
        connection, _ = self.listening.accept()
        connection.settimeout(ASKING_SECONDS)
        streams: list[int] = []
        try:
            send(connection, {"unfit": self.libraries.unfit or self.libraries.outdated})
            request, streams = receive(connection, STANDARD_STREAMS)
            if request == STOP:
                self._told_to_end = True
            elif request is not None and len(streams) == STANDARD_STREAMS:
                refused = self.libraries.otherwise(request)
                process = 0 if refused else self._fork()
                if not refused and process == 0:
                    kept, streams = streams, []
                    return request, kept
                _note(refused or f"process {process} runs {' '.join(request['arguments'])}")
                send(connection, {"refused": refused, "process": process})
                if process:
                    self._connections[process] = connection
                    self._selector.register(connection, selectors.EVENT_READ, process)
        except OSError:
            pass  # the asker has gone: EOF is seen for a child that runs already
        finally:
            for each in streams:
                os.close(each)
            if connection not in self._connections.values():
                connection.close()
        return None

    def _fork(self) -> int:
        for each in (sys.stdout, sys.stderr):
            each.flush()
        process = os.fork()
        if process == 0:
            self._selector.close()
            self.listening.close()
            for each in self._connections.values():
                each.close()
        return process

    def _pass_on(self, process: int) -> None:
        """Pass a signal on to a child; one whose asker has gone is interrupted, so that it undoes what it did."""
        connection = self._connections[process]
        try:
            number, _ = receive(connection)
        except OSError:
            number = None
        if number is None:
            self._selector.unregister(connection)
        os.kill(process, signal.SIGINT if number is None else number)

    def _bury(self) -> None:
        for process in list(self._connections):
            found, status = os.waitpid(process, os.WNOHANG)
            if found == 0:
                continue
            connection = self._connections.pop(process)
            try:
                self._selector.unregister(connection)
                send(connection, os.waitstatus_to_exitcode(status))
            except (OSError, KeyError):
                pass  # nobody waits for it
            finally:
                connection.close()


def _note(what: str) -> None:
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


def begin_anew(listening: socket.socket) -> None:
    """Become a new process that imports what there is now; who asks meanwhile is not kept waiting."""
    listening.set_inheritable(True)
    _, folder, _, *switched_off = sys.argv
    os.execv(sys.executable, [sys.executable, "-P", "-m", PROGRAM, folder, str(listening.fileno()), *switched_off])


def main() -> None:
    """Arguments: the folder; the number of an open socket to go on with, or 0; what pytest is to leave out."""
    folder, number = Path(sys.argv[1]), int(sys.argv[2])
    place = folder / SOCKET
    if number:
        listening = socket.socket(fileno=number)
        listening.set_inheritable(False)
    else:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(place))
        listening.listen()
    libraries = Libraries(folder, sys.argv[3:])
    asked = Server(listening, place, libraries).serve()
    if asked is None:
        return
    become(*asked, libraries)


if __name__ == "__main__":
    main()
