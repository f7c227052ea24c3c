"""Runs of the sample in which scenarios are lost: a feature and its sentences, put beside those of the sample."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from sample_runs import SampleRun, run_sample

LOST = "features/journeys/losing.feature"
STEPS = '''
    import os
    import signal
    import socket
    import time
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    import pytest
    from pytest_bdd import given


    def hang():
        listener = socket.create_server(("127.0.0.1", 0))
        with socket.create_connection(listener.getsockname()) as client:
            client.recv(1)


    def product_call(operation):
        """As a product does it: whatever is raised inside becomes an error of its own."""
        try:
            operation()
        except Exception as error:
            raise RuntimeError("the product is not well") from error


    @given("its process ends with 139")
    def ends():
        product_call(lambda: os._exit(139))


    @given("its process ends with 0")
    def ends_well():
        product_call(lambda: os._exit(0))


    @given("its process is killed")
    def is_killed():
        os.kill(os.getpid(), signal.SIGKILL)


    @given("the product hangs in a socket")
    def hangs():
        product_call(hang)


    @given("the product waits for a thread that hangs")
    def hangs_in_a_thread():
        def both():
            with ThreadPoolExecutor(1) as pool:
                pool.submit(hang).result()
        product_call(both)


    @given("the product hangs where no signal reaches it")
    def hangs_deaf():
        def deaf():
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            hang()
        product_call(deaf)


    @given("the disk gets full")
    def fills():
        room = Path.cwd().parent / "filled"
        with pytest.raises(OSError), room.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))


    @given("somebody interrupts the run")
    def interrupts():
        os.kill(os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid(), signal.SIGINT)
        time.sleep(30)
'''
FEATURE = """\
Feature: Losing
  A run that loses something is not accepted.
"""
SCENARIO = """
  @JRN-1 @local_mode {tags}
  Scenario: {name}
    Given {sentence}
    Then all is well
"""


def losing_run(
    folder: Path, scenarios: dict[str, str], *arguments: str, tags: str = "", chosen: str = LOST
) -> SampleRun:
    """Run scenarios of one Given each, by name, in local mode; `arguments` are pytest's."""
    project = folder / "project"
    feature = project / LOST
    feature.parent.mkdir(parents=True, exist_ok=True)
    written = [SCENARIO.format(name=name, sentence=sentence, tags=tags) for name, sentence in scenarios.items()]
    feature.write_text(FEATURE + "".join(written), encoding="utf-8")
    (project / "conftest.py").write_text(dedent(STEPS), encoding="utf-8")
    return run_sample(folder, chosen, *arguments)
