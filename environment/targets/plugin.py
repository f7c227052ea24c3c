"""pytest plugin: which deployment a run uses; started once per run, shared by all workers.

The deployment starts beside collection and the product's import, so that neither waits for the other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import pytest

from environment.embedded.control_client import ControlClient
from environment.embedded.lifecycle import DeploymentError
from environment.embedded.settings import DeploymentSettings
from environment.errors import SuiteError, unknown
from environment.evidence.journal import JOURNAL, AskJournal, JournalRecord
from environment.run_facts import RUN_FACTS, run_facts
from environment.settings import LiveSettings
from environment.targets.embedded import STANDING_STATE, EmbeddedTarget
from environment.targets.live import LiveTarget
from environment.targets.target import Target
from environment.undo.plugin import UNDO_TARGET, UndoTarget

KINDS = ("embedded", "live")
OPENING: pytest.StashKey[Future[Target]] = pytest.StashKey()
STATE_DIRECTORY = "deployment_state_directory"
ATTACH_LIMIT_SECONDS = 30.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options that say where and with which randomness scenarios run."""
    group = parser.getgroup("acceptance")
    group.addoption("--target", default="embedded", metavar="TARGET", help="embedded (default) or live")
    group.addoption("--seed", type=int, default=None, help="seed of all made-up people and names; printed by each run")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse an unknown target, and fix the seed for this process and its workers."""
    if config.option.target not in KINDS:
        raise pytest.UsageError(str(unknown("target", config.option.target, KINDS)))
    if config.option.seed is None:
        config.option.seed = random.SystemRandom().randrange(2**32)
    config.stash[UNDO_TARGET] = _undo_target
    config.stash[RUN_FACTS] = run_facts(config.option.target, config.option.seed, stack_start_seconds=0.0)


def pytest_report_header(config: pytest.Config) -> str:
    """Say what is needed to repeat this run."""
    return f"target: {config.option.target}, seed: {config.option.seed}"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to open the target; a worker attaches to the one that the run opened.

    The embedded one opens in a thread. The live one opens at once: its settings and the AWS profile come from the
    environment, which is cleaned next.
    """
    config = session.config
    if config.option.collectonly:
        return
    worker_input: dict[str, str] | None = getattr(config, "workerinput", None)
    if config.option.target == "live":
        config.stash[OPENING] = _completed(lambda: LiveTarget(LiveSettings()))
        return
    executor = ThreadPoolExecutor(1, thread_name_prefix="open-target")
    if worker_input is not None:
        config.stash[OPENING] = executor.submit(_attach, Path(worker_input[STATE_DIRECTORY]))
    else:
        config.stash[OPENING] = executor.submit(_open_embedded, _state_directory(config))
    executor.shutdown(wait=False)


def pytest_configure_node(node: pytest.Item) -> None:
    """Tell an xdist worker where the run's deployment is."""
    if node.config.option.target == "embedded":
        node.workerinput[STATE_DIRECTORY] = str(_state_directory(node.config))  # type: ignore[attr-defined]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Tell how long the target took to start, let everybody else finish, then close it, also when it was never used."""
    opening = session.config.stash.get(OPENING, None)
    if opening is None or opening.exception() is not None:
        return (yield)
    target = opening.result()
    facts = session.config.stash[RUN_FACTS]
    session.config.stash[RUN_FACTS] = replace(facts, stack_start_seconds=target.start_seconds)
    try:
        return (yield)
    finally:
        target.close()


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Target:
    """The deployment that this run judges the product on."""
    try:
        opened = pytestconfig.stash[OPENING].result()
    except (SuiteError, DeploymentError) as error:
        pytest.exit(str(error), returncode=4)
    if opened.control is not None:
        pytestconfig.stash[JOURNAL] = _journal_of(opened.control)
    return opened


def _journal_of(control: ControlClient) -> AskJournal:
    """What an embedded deployment answered to one connection, for the evidence of a failure."""

    def answers(client_port: int, since: float) -> list[JournalRecord]:
        exchanges = control.journal(client_ports=[client_port], since=since)
        return [JournalRecord(each.method, each.target, each.status, each.response_excerpt) for each in exchanges]

    return answers


def _undo_target(request: pytest.FixtureRequest) -> UndoTarget:
    opened: Target = request.getfixturevalue("target")
    return UndoTarget(opened.reference, opened)


_STATE: pytest.StashKey[Path] = pytest.StashKey()


def _state_directory(config: pytest.Config) -> Path:
    """Where the run's deployment keeps its state: the standing one's if one is up, else a new directory."""
    if _STATE not in config.stash:
        standing = EmbeddedTarget.attach(STANDING_STATE)
        config.stash[_STATE] = STANDING_STATE if standing else Path(mkdtemp(prefix="quilt-deployment-"))
    return config.stash[_STATE]


def _open_embedded(directory: Path) -> Target:
    if directory == STANDING_STATE:
        return _attach(directory)
    return EmbeddedTarget.start(DeploymentSettings(state_directory=directory))


def _attach(directory: Path) -> Target:
    attached = EmbeddedTarget.wait_and_attach(directory, ATTACH_LIMIT_SECONDS)
    if attached is None:
        raise SuiteError(
            f"Attached to the deployment in {directory}",
            f"it did not answer within {ATTACH_LIMIT_SECONDS:.0f} s",
            f"Look at {directory / 'deployment.log'}",
        )
    return attached


def _completed(open_target: Callable[[], Target]) -> Future[Target]:
    future: Future[Target] = Future()
    try:
        future.set_result(open_target())
    except SuiteError as error:
        future.set_exception(error)
    return future
