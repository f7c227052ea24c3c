"""pytest plugin: the stage of each scenario, in a process that holds nothing of the machine's user, and its tools."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from environment.arrangement.faults import FaultArranger
from environment.arrangement.roles import RoleArranger
from environment.arrangement.services import OtherCatalog
from environment.arrangement.tables import TableArranger
from environment.clients.users import UserArranger
from environment.driving.administration import Administration, NewUsers
from environment.driving.files import Storeroom
from environment.driving.packages import NewPackages
from environment.driving.process_state import cleaned_environment
from environment.driving.queries import QueryWords
from environment.driving.stage import Stage, open_stage
from environment.driving.tables import TableNames
from environment.driving.usage import ARGUMENTS, METHODS, PROPERTY, USAGE
from environment.gherkin.records import SCENARIO
from environment.modes import Mode
from environment.observers.directory import DirectoryObserver
from environment.observers.manifest import ManifestObserver
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.people.names import Names
from environment.people.personas import not_introduced
from environment.product.mcp_server.servers import Servers, SharedServer
from environment.running import acceleration
from environment.targets.early_start import RUN_DIRECTORY
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.undo.scratch import arranged


def clean_surroundings(config: pytest.Config) -> None:
    """Clean the environment before quilt3 and quilt-mcp are imported; both read it at import.

    An xdist controller keeps its own, because its workers read the suite's settings from it.
    """
    distributes = not hasattr(config, "workerinput") and config.getoption("numprocesses", None)
    if config.option.collectonly or distributes:
        return
    environment = dict(os.environ)
    surroundings = ExitStack()
    directory = config.stash[RUN_DIRECTORY].subdirectory("machine")
    os.environ.clear()
    os.environ.update(cleaned_environment(environment))
    os.environ["XDG_DATA_HOME"] = str(directory / "data")
    os.environ["XDG_CACHE_HOME"] = str(directory / "cache")
    surroundings.callback(os.environ.update, environment)
    surroundings.callback(os.environ.clear)
    surroundings.enter_context(acceleration.as_switched())
    config.add_cleanup(surroundings.close)


def pytest_bdd_before_scenario(request: pytest.FixtureRequest) -> None:
    """Sign in, before any sentence, whoever acts and of whom none says how they are signed in; outages come later."""
    names = not_introduced(step.text for step in request.node.stash[SCENARIO].steps)
    if names:
        request.getfixturevalue("stage").sign_in(names)


@pytest.fixture
def stage(
    product: None, target: Target, mode: str, pytestconfig: pytest.Config, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """Where the personas of this scenario act; their homes, in which quilt3 keeps tokens, go with it."""
    homes = TemporaryDirectory(prefix="homes-", dir=pytestconfig.stash[RUN_DIRECTORY].path, ignore_cleanup_errors=True)
    USAGE.begin()
    with homes as directory, open_stage(target, Mode(mode), Path(directory)) as opened:
        yield opened
    methods = request.node.stash[METHODS] = tuple(USAGE.methods())
    request.node.stash[ARGUMENTS] = tuple(USAGE.arguments())
    request.node.user_properties.append((PROPERTY, ",".join(methods)))


@pytest.fixture(scope="session")
def shared_server(pytestconfig: pytest.Config) -> Iterator[SharedServer]:
    """The MCP server of this worker that serves everybody, started when it is first needed."""
    server = SharedServer(lambda: pytestconfig.stash[RUN_DIRECTORY].subdirectory("mcp-server"))
    yield server
    server.close()


@pytest.fixture
def mcp_servers(shared_server: SharedServer) -> Iterator[Servers]:
    """The MCP servers that this scenario uses; their standard error goes into the report."""
    servers = Servers(shared_server)
    yield servers
    servers.close()


@pytest.fixture
def storeroom(target: Target, undo: UndoLog, names: Names) -> Storeroom:
    """Puts files into S3 for this scenario."""
    return Storeroom(target, undo, arranged(names.package_name("stock")).rstrip("/"))


@pytest.fixture
def new_packages(
    target: Target,
    undo: UndoLog,
    names: Names,
    storage_observer: StorageObserver,
    manifest_observer: ManifestObserver,
) -> NewPackages:
    """Makes packages known to this scenario, under names that nobody used."""
    return NewPackages(target.buckets.packages, undo, names, storage_observer, manifest_observer)


@pytest.fixture
def new_users(target: Target, stage: Stage, names: Names, undo: UndoLog) -> NewUsers:
    """Makes people known to this scenario."""
    return NewUsers(target, stage, names, undo)


@pytest.fixture
def administration(target: Target, directory_observer: DirectoryObserver, undo: UndoLog) -> Administration:
    """How users and single sign-on were before this scenario changed them."""
    return Administration(target, directory_observer, undo)


@pytest.fixture(scope="session")
def user_arranger(registry_observer: RegistryObserver) -> UserArranger:
    """Makes users through the registry."""
    return UserArranger(registry_observer)


@pytest.fixture(scope="session")
def role_arranger(registry_observer: RegistryObserver) -> RoleArranger:
    """Makes roles through the registry."""
    return RoleArranger(registry_observer)


@pytest.fixture(scope="session")
def table_arranger(registry_observer: RegistryObserver) -> TableArranger:
    """Makes and looks at tables through the registry."""
    return TableArranger(registry_observer)


@pytest.fixture
def faults(target: Target, undo: UndoLog) -> FaultArranger:
    """Breaks answers of the deployment until the scenario ends."""
    return FaultArranger(target, undo)


@pytest.fixture
def other_catalog(target: Target) -> OtherCatalog:
    """A catalog that is this scenario's alone."""
    return OtherCatalog.of(target)


@pytest.fixture
def table_names(names: Names, undo: UndoLog, target: Target) -> TableNames:
    """Names for this scenario's tables."""
    return TableNames(names, undo, target.buckets.packages)


@pytest.fixture
def query_words(target: Target, names: Names, undo: UndoLog) -> QueryWords:
    """What names mean in the SQL of this scenario."""
    return QueryWords(target, names.run, undo)


@pytest.fixture
def open_query_before(table_arranger: TableArranger, undo: UndoLog) -> bool:
    """What the open-query switch says when the scenario first touches it, booked to be put back."""
    enabled = table_arranger.open_query()
    undo.book("open query", "the open-query switch", enabled=enabled)
    return enabled
