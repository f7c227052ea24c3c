"""pytest plugin: which deployment a run uses; started once per run, shared by all workers.

The deployment starts beside collection and the product's import, so that neither waits for the other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import mkdtemp

import pytest

from environment.embedded.lifecycle import DeploymentError
from environment.embedded.settings import DeploymentSettings
from environment.errors import SuiteError, unknown
from environment.run_facts import RUN_FACTS
from environment.settings import LiveSettings
from environment.targets.embedded import STANDING_STATE, EmbeddedTarget
from environment.targets.live import LiveTarget
from environment.targets.target import Target

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


def pytest_report_header(config: pytest.Config) -> str:
    """Say what is needed to repeat this run."""
    return f"target: {config.option.target}, seed: {config.option.seed}"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to open the target, in a thread; a worker attaches to the one that the run opened."""
    config = session.config
    if config.option.collectonly:
        return
    executor = ThreadPoolExecutor(1, thread_name_prefix="open-target")
    worker_input: dict[str, str] | None = getattr(config, "workerinput", None)
    if worker_input is not None:
        state = worker_input[STATE_DIRECTORY]
        config.stash[OPENING] = executor.submit(_attach if state else _open_live, Path(state))
    elif config.option.target == "live":
        config.stash[OPENING] = executor.submit(_open_live, Path())
    else:
        directory = _state_directory(config)
        config.stash[OPENING] = executor.submit(_open_embedded, directory)
    executor.shutdown(wait=False)


def pytest_configure_node(node: pytest.Item) -> None:
    """Tell an xdist worker where the run's deployment is."""
    embedded = node.config.option.target == "embedded"
    node.workerinput[STATE_DIRECTORY] = str(_state_directory(node.config)) if embedded else ""  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Close the target, also when it was never used."""
    opening = session.config.stash.get(OPENING, None)
    if opening is not None and opening.exception() is None:
        target = opening.result()
        facts = session.config.stash.get(RUN_FACTS, None)
        if facts is not None:
            facts.stack_start_seconds = target.start_seconds
        target.close()


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """The deployment that this run judges the product on."""
    try:
        yield pytestconfig.stash[OPENING].result()
    except (SuiteError, DeploymentError) as error:
        pytest.exit(str(error), returncode=4)


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


def _open_live(_: Path) -> Target:
    return LiveTarget(LiveSettings())
