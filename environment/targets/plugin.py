"""pytest plugin: which deployment a run uses; started once per run, in a long one once more for each further worker.

The deployment starts beside all imports and collection, so that neither waits for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from environment.errors import SuiteError, unknown
from environment.gherkin.records import SCENARIO
from environment.gherkin.tags import EMBEDDED_ONLY
from environment.product.run_facts import RUN_FACTS, run_facts
from environment.running.exclusive import HAS_ITS_OWN, SHARED
from environment.running.seed import settle_seed
from environment.running.surroundings import TARGET_ENDED
from environment.secrecy.redaction import redact
from environment.settings import STATE_VARIABLE, LiveSettings, state_directory
from environment.targets.answers import JOURNAL, AskJournal, JournalRecord
from environment.targets.early_start import BEFORE_CLOSING, EARLY_START, RUN_DIRECTORY, EarlyStart, make_run_directory
from environment.targets.embedded import EmbeddedTarget
from environment.targets.live import LiveTarget
from environment.targets.own_deployments import begin_further, each_worker_has_one, end_further
from environment.targets.starting import STANDING_STATE
from environment.targets.target import Target, UnavailableHereError
from environment.targets.web_catalog import with_web_catalog
from environment.undo.plugin import UNDO_TARGET, UndoTarget
from quilt_stack import ControlClient, DeploymentError, DeploymentSettings

KINDS = ("embedded", "live")
OPENING: pytest.StashKey[Future[Target]] = pytest.StashKey()
NO_TARGET = 4
"""Exit code of a run that has no deployment to run on; pytest's own for a wrong command line."""
NOT_LIVE = "it needs faults, a clock, a mailbox or tokens that no live deployment has; judged on the embedded one"
STATE_DIRECTORY = "deployment_state_directory"
ATTACH_LIMIT_SECONDS = 60.0
_HAS_FIRST = pytest.StashKey[bool]()
"""In the controller: a worker has the run's first deployment."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that says with which randomness scenarios run; `early_start` has those that say where."""
    group = parser.getgroup("acceptance")
    group.addoption(
        "--seed",
        type=int,
        default=None,
        help="seed of made-up people and names, and of a random order; printed by each run",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse an unknown target, and fix the seed for this process and its workers."""
    if config.option.target not in KINDS:
        raise pytest.UsageError(str(unknown("target", config.option.target, KINDS)))
    seed = settle_seed(config)
    config.stash[UNDO_TARGET] = _undo_target
    config.stash[TARGET_ENDED] = lambda: _ended(config)
    config.stash[RUN_FACTS] = run_facts(config.option.target, seed, stack_start_seconds=0.0)


def pytest_report_header(config: pytest.Config) -> str:
    """Say what is needed to repeat this run."""
    return f"target: {config.option.target}, seed: {config.option.seed}"


def begin_to_open(config: pytest.Config) -> None:
    """Begin to open the target; a worker attaches to the one that the run opened.

    The embedded one opens in a thread. The live one opens at once: its settings and the AWS profile come from the
    environment, which is cleaned next. A target that cannot be opened ends the run with exit code `NO_TARGET`.
    """
    if config.option.collectonly:
        return
    config.stash[BEFORE_CLOSING] = ExitStack()
    _make_run_directory(config)
    worker_input: dict[str, str] | None = getattr(config, "workerinput", None)
    try:
        if config.option.target == "live":
            target = LiveTarget(LiveSettings())
            if worker_input is None:
                target.hold()
            config.stash[SHARED] = state_directory(config.rootpath) / "live"
            opening = config.stash[OPENING] = Future()
            opening.set_result(target)
            config.stash[RUN_FACTS] = replace(
                config.stash[RUN_FACTS],
                platform_version=target.platform_version,
                rehearsal=target.is_on_this_machine,
            )
            return
        if worker_input is None and _state_directory(config) == STANDING_STATE:
            config.stash[SHARED] = STANDING_STATE / "exclusive"
        executor = ThreadPoolExecutor(1, thread_name_prefix="open-target")
        if worker_input is not None:
            config.stash[OPENING] = executor.submit(_attach, Path(worker_input[STATE_DIRECTORY]))
        else:
            config.stash[OPENING] = executor.submit(_embedded(config))
        executor.shutdown(wait=False)
    except (SuiteError, DeploymentError) as error:
        _end_run(error)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Give the workers nothing to do before they have where to do it: one that ends in mid-scenario says nothing."""
    if OPENING in session.config.stash and _distributes(session.config):
        _opened(session.config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip on a live target what is tagged as not for it; the report gives the reason, and claims nothing."""
    if config.option.target == "live":
        for item in items:
            if item.get_closest_marker(EMBEDDED_ONLY):
                item.add_marker(pytest.mark.skip(reason=NOT_LIVE))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Hold the tag against what the scenario takes: on the embedded target, where it takes it.

    Raises:
        SuiteError: if the tag is missing, or is there for nothing.
    """
    _taken(item.config).clear()  # what undoing asked for since the last scenario
    try:
        result = yield
    except UnavailableHereError as error:
        pytest.skip(str(error))
    taken, tagged = _taken(item.config), item.get_closest_marker(EMBEDDED_ONLY) is not None
    if taken and not tagged:
        sentence = item.stash[SCENARIO].steps[taken[0]].full_text
        raise SuiteError(f'"{sentence}"', "only the embedded deployment can do that", f"Add @{EMBEDDED_ONLY}")
    if tagged and not taken:
        without_need = "this scenario needs nothing that only the embedded deployment has"
        raise SuiteError(f"@{EMBEDDED_ONLY}", without_need, "Remove the tag")
    return result


def _taken(config: pytest.Config) -> list[int]:
    """The sentences that needed the embedded deployment since this was cleared last.

    Nothing as long as the target is not open, or never will be.
    """
    opened = opened_target(config)
    return [] if opened is None else opened.taken


def opened_target(config: pytest.Config) -> Target | None:
    """The target, as soon as it is open; None as long as it is not, or never will be."""
    opening = config.stash.get(OPENING, None)
    is_open = opening is not None and opening.done() and opening.exception() is None
    return opening.result() if opening is not None and is_open else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Item) -> None:
    """Tell an xdist worker where its deployment is, and whether others are on it, too."""
    config = node.config
    if config.option.target != "embedded":
        return
    worker_input: dict[str, Any] = node.workerinput  # type: ignore[attr-defined]
    directory = _state_directory(config)
    worker_input[HAS_ITS_OWN] = each_worker_has_one(config)
    if worker_input[HAS_ITS_OWN] and config.stash.get(_HAS_FIRST, False):
        directory = begin_further(config, worker_input["workerid"])
    config.stash[_HAS_FIRST] = True
    worker_input[STATE_DIRECTORY] = str(directory)


@contextmanager
def closing(config: pytest.Config) -> Generator[None]:
    """Tell how long the target took to start, let everybody else finish, then close it, also when it was never used."""
    opening = config.stash.get(OPENING, None)
    if opening is None or opening.exception() is not None:
        yield
        return
    target = opening.result()
    config.stash[RUN_FACTS] = replace(config.stash[RUN_FACTS], stack_start_seconds=target.start_seconds)
    try:
        yield
    finally:
        config.stash[BEFORE_CLOSING].close()
        if target.ended() is not None and RUN_DIRECTORY in config.stash:
            config.stash[RUN_DIRECTORY].keep()  # the message points to the log in it
        end_further(config)
        target.close()


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Target:
    """The deployment that this run judges the product on."""
    is_worker = hasattr(pytestconfig, "workerinput")
    opened = pytestconfig.stash[OPENING].result() if is_worker else _opened(pytestconfig)
    if opened.control is not None:
        pytestconfig.stash[JOURNAL] = _journal_of(opened.control)
    return opened


def _journal_of(control: ControlClient) -> AskJournal:
    """What an embedded deployment answered to one connection, for the evidence of a failure."""

    def answers(client_port: int, since: float) -> list[JournalRecord]:
        exchanges = control.journal(client_ports=[client_port], since=since, all_answers=True)
        return [JournalRecord(each.method, each.target, each.status, each.response_excerpt) for each in exchanges]

    return answers


def _undo_target(request: pytest.FixtureRequest) -> UndoTarget:
    opened: Target = request.getfixturevalue("target")
    return UndoTarget(opened.reference, opened, opened.ended, opened.mirror)


def _ended(config: pytest.Config) -> str | None:
    """Why nothing can be judged on the target any more; None also as long as it is not open."""
    opened = opened_target(config)
    return None if opened is None else opened.ended()


def _distributes(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput") and bool(config.getoption("numprocesses", None))


def _make_run_directory(config: pytest.Config) -> None:
    try:
        make_run_directory(config)
    except OSError as error:
        _end_run(
            SuiteError(
                f"Made a directory for this run in {state_directory(config.rootpath)}",
                error.strerror or type(error).__name__,
                f"Make it writable, or name another one in {STATE_VARIABLE}",
            )
        )


def _opened(config: pytest.Config) -> Target:
    """The target, or the end of the run: nothing can be judged without one."""
    try:
        return config.stash[OPENING].result()
    except SuiteError as error:
        _end_run(error)
    except DeploymentError as error:
        config.stash[RUN_DIRECTORY].keep()  # the message points to the log in it
        _end_run(error)


def _end_run(error: Exception) -> NoReturn:
    pytest.exit(redact(str(error)), returncode=NO_TARGET)


_STATE: pytest.StashKey[Path] = pytest.StashKey()


def _state_directory(config: pytest.Config) -> Path:
    """Where the run's deployment keeps its state: the standing one's if one is up, else a directory of the run."""
    if EARLY_START in config.stash:
        return config.stash[EARLY_START].state_directory
    if _STATE not in config.stash:
        stands = config.option.deployment_settings is None and EmbeddedTarget.attach(STANDING_STATE) is not None
        config.stash[_STATE] = STANDING_STATE if stands else config.stash[RUN_DIRECTORY].subdirectory("deployment")
    return config.stash[_STATE]


def _embedded(config: pytest.Config) -> Callable[[], Target]:
    """How to open the embedded target of this run.

    Raises:
        DeploymentError: if the settings file cannot be used.
    """
    directory = _state_directory(config)
    if EARLY_START in config.stash:
        return partial(_started, config.stash[EARLY_START])
    if directory == STANDING_STATE:
        return partial(_attach, directory)
    settings = DeploymentSettings.load(config.option.deployment_settings, state_directory=directory)
    return partial(EmbeddedTarget.start, with_web_catalog(settings))


def _started(early: EarlyStart) -> Target:
    return EmbeddedTarget(early.running.result(), early.state_directory, owned=True)


def _attach(directory: Path) -> Target:
    attached = EmbeddedTarget.wait_and_attach(directory, ATTACH_LIMIT_SECONDS)
    if attached is None:
        raise SuiteError(
            f"Attached to the deployment in {directory}",
            f"it did not answer within {ATTACH_LIMIT_SECONDS:.0f} s",
            f"Look at {directory / 'deployment.log'}",
        )
    return attached
