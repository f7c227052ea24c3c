"""One embedded deployment: its parts put together, served, and taken down again."""

from __future__ import annotations

import os
import secrets
import selectors
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlsplit

import requests

from quilt_stack.aws.cloud import Cloud
from quilt_stack.blueprint import Blueprint
from quilt_stack.clock import Clock
from quilt_stack.kept import Kept
from quilt_stack.previews import application as previews
from quilt_stack.previews.source import Storage
from quilt_stack.registry import blueprint_application
from quilt_stack.registry.application import registry_application
from quilt_stack.registry.database import Database
from quilt_stack.registry.identity import Identity
from quilt_stack.registry.mailbox import Mailbox
from quilt_stack.registry.packages.store import PackageStore
from quilt_stack.registry.search.index import SearchIndex
from quilt_stack.registry.services import Services
from quilt_stack.stack import s3_proxy, web_catalog
from quilt_stack.stack.catalog import catalog_application
from quilt_stack.stack.control import Controlled, control_application
from quilt_stack.stack.snapshots import Snapshots
from quilt_stack.state_files import (
    CA_BUNDLE_FILE,
    CERTIFICATE_FILE,
    DATABASE_FILE,
    DEPLOYMENT_FILE,
    OPERATOR_FILE,
    SNAPSHOTS_DIRECTORY,
    DeploymentRecord,
    OperatorRecord,
    remove_run,
    write_atomically,
)
from quilt_stack.tabulator import installation as tabulator
from quilt_stack.wire.certificates import Certificates, make_certificates
from quilt_stack.wire.connections import ASGIApplication
from quilt_stack.wire.fault_middleware import ASGIFaults, WSGIFaults
from quilt_stack.wire.faults import Faults, Surface
from quilt_stack.wire.gate import Gate
from quilt_stack.wire.hosts import for_its_own_hosts, wsgi_for_its_own_hosts
from quilt_stack.wire.journal import Journal
from quilt_stack.wire.journal_middleware import ASGIJournal, GraphQLOperationName, WSGIJournal
from quilt_stack.wire.ports import PortUnavailableError, listen, url_of
from quilt_stack.wire.serving import Serving
from quilt_stack.wire.wsgi import WSGIApplication, WSGIEnvironment, credential_scope

if TYPE_CHECKING:
    from quilt_stack.settings import DeploymentSettings

_CHECK_LIMIT_SECONDS = 10.0


class _OperatorTraffic:
    """Tells requests to the AWS endpoint that carry the operator's keys; they are known once the endpoint runs."""

    access_key_id: str | None = None

    def __call__(self, environ: WSGIEnvironment) -> bool:
        scope = credential_scope(environ)
        return scope is not None and scope[0] == self.access_key_id


class Deployment:
    """A deployment that answers on its four ports."""

    def __init__(self, record: DeploymentRecord, taking_down: ExitStack) -> None:
        self._record = record
        self._taking_down = taking_down

    @classmethod
    def start(cls, settings: DeploymentSettings, blueprint: Blueprint, *, owned: bool) -> Deployment:
        """Put the parts together, apply the blueprint, serve, and write the state files once everything answers.

        Raises:
            PortUnavailableError: if a port cannot be had; nothing is left running.
        """
        with ExitStack() as taking_down:
            record = _assemble(settings, blueprint, taking_down, owned=owned)
            return cls(record, taking_down.pop_all())

    def public_json(self) -> str:
        """Content of deployment.json on one line; holds no secret."""
        return self._record.model_dump_json()

    def run_until_stopped(self, owner: TextIO | None, tell_ready: Callable[[], None]) -> None:
        """Wait for SIGTERM, SIGINT or the end of ``owner``'s stream, then `stop`.

        ``tell_ready`` is called as soon as signals are waited for: whoever is told may send one at once.
        """
        try:
            _wait_for_stop(owner, tell_ready)
        finally:
            self.stop()

    def stop(self) -> None:
        """Take everything down; the state directory keeps the log and what others put there."""
        self._taking_down.close()


def _assemble(
    settings: DeploymentSettings, blueprint: Blueprint, taking_down: ExitStack, *, owned: bool
) -> DeploymentRecord:
    started_at = time.time()
    sockets = {
        name: _listening(name, settings.host, port, taking_down)
        for name, port in (
            ("catalog_port", settings.catalog_port),
            ("registry_port", settings.registry_port),
            ("control_port", settings.control_port),
        )
    }
    certificates = None
    if settings.tls:
        place = settings.state_directory
        certificates = make_certificates(place / CERTIFICATE_FILE, place / CA_BUNDLE_FILE, settings.host)
    clock, faults, journal = Clock(), Faults(), Journal()
    taking_down.callback(remove_run, settings.state_directory)
    registry_url = url_of(sockets["registry_port"], tls=settings.tls)
    kept = None if settings.keep is None else Kept(settings.keep)
    known = None if kept is None else kept.record()
    operator = None if known is None else known.operator
    cloud = _cloud(settings, clock, faults, journal, taking_down, registry_url, operator, certificates)

    database = Database(settings.state_directory / DATABASE_FILE)
    taking_down.callback(database.close)
    packages = PackageStore(cloud, clock)
    search = SearchIndex(cloud, packages, clock, settings.indexing_delay_seconds)
    services = Services(
        settings=settings,
        clock=clock,
        cloud=cloud,
        database=database,
        mailbox=Mailbox(),
        packages=packages,
        search=search,
        catalog_url=url_of(sockets["catalog_port"], tls=settings.tls),
        registry_url=registry_url,
    )
    cloud.on_object_event(search.enqueue)
    search.start()
    taking_down.callback(search.stop)
    gate = Gate()
    snapshots = Snapshots(services, gate, settings.state_directory / SNAPSHOTS_DIRECTORY)
    has_state = kept is not None and kept.state.exists()
    if not has_state:
        blueprint_application.apply(services, blueprint)
    tabulator.install(services)
    if kept is not None:
        if has_state:
            snapshots.load(kept.state)
        taking_down.callback(snapshots.save_last, kept.state)
    if settings.catalog_bundle is not None:
        web_catalog.prepare(services)
    identity = Identity(database, settings, clock)
    control_token = secrets.token_urlsafe(32) if known is None else known.operator.control_token
    controlled = Controlled(services, identity, faults, journal, snapshots, control_token, started_at)
    catalog = _on_wire(gate.before(catalog_application(services)), faults, journal, Surface.CATALOG)
    gateway = previews.routes(
        Storage(cloud.url, cloud.url + s3_proxy.PREFIX, None if certificates is None else certificates.bundle)
    )
    registry = _on_wire(gate.before(registry_application(services, gateway)), faults, journal, Surface.REGISTRY)
    serving = Serving(
        [
            (for_its_own_hosts(catalog, settings), sockets["catalog_port"]),
            (for_its_own_hosts(registry, settings), sockets["registry_port"]),
            (for_its_own_hosts(control_application(controlled), settings), sockets["control_port"]),
        ],
        certificates,
    )
    taking_down.callback(serving.stop)
    serving.start()
    taking_down.callback(faults.close)

    record = DeploymentRecord(
        pid=os.getpid(),
        aws_url=cloud.url,
        catalog_url=services.catalog_url,
        registry_url=services.registry_url,
        control_url=url_of(sockets["control_port"], tls=settings.tls),
        region=settings.region,
        started_at=started_at,
        owned=owned,
        settings=settings,
    )
    _check_answers(record, certificates)
    operator = OperatorRecord(
        access_key_id=cloud.operator_access_key_id,
        secret_access_key=cloud.operator_secret_access_key,
        control_token=control_token,
    )
    if kept is not None:
        urls = {name: getattr(record, f"{name}_url") for name in ("aws", "catalog", "registry", "control")}
        kept.write_record({f"{name}_port": urlsplit(url).port or 0 for name, url in urls.items()}, operator)
    write_atomically(settings.state_directory / OPERATOR_FILE, operator.model_dump_json(indent=2), mode=0o600)
    write_atomically(settings.state_directory / DEPLOYMENT_FILE, record.model_dump_json(indent=2))
    return record


def _listening(name: str, host: str, port: int, taking_down: ExitStack) -> socket.socket:
    listener = listen(name, host, port)
    taking_down.callback(listener.close)
    return listener


def _cloud(
    settings: DeploymentSettings,
    clock: Clock,
    faults: Faults,
    journal: Journal,
    taking_down: ExitStack,
    registry_url: str,
    operator: OperatorRecord | None,
    certificates: Certificates | None,
) -> Cloud:
    by_operator = _OperatorTraffic()

    def wrap(application: WSGIApplication) -> WSGIApplication:
        on_wire = WSGIJournal(WSGIFaults(application, faults, by_operator), journal, by_operator)
        return wsgi_for_its_own_hosts(s3_proxy.with_s3_proxy(on_wire, registry_url), settings)

    cloud = Cloud(settings, clock, wrap, certificates)
    if operator is not None:
        cloud.operator_access_key_id = operator.access_key_id
        cloud.operator_secret_access_key = operator.secret_access_key
    try:
        cloud.start()
    except OSError as error:
        raise PortUnavailableError(
            "aws_port", settings.host, settings.aws_port, error.strerror or str(error)
        ) from error
    taking_down.callback(cloud.stop)
    by_operator.access_key_id = cloud.operator_access_key_id
    return cloud


def _on_wire(application: ASGIApplication, faults: Faults, journal: Journal, surface: Surface) -> ASGIApplication:
    return GraphQLOperationName(ASGIJournal(ASGIFaults(application, faults, surface), journal, surface))


def _check_answers(record: DeploymentRecord, certificates: Certificates | None) -> None:
    with requests.Session() as session:
        session.trust_env = False
        if certificates is not None:
            session.verify = str(certificates.bundle)
        for url in (
            f"{record.catalog_url}/config.json",
            f"{record.registry_url}/healthcheck",
            f"{record.control_url}/status",
        ):
            session.get(url, timeout=_CHECK_LIMIT_SECONDS).raise_for_status()


def _wait_for_stop(owner: TextIO | None, tell_ready: Callable[[], None]) -> None:
    """Return on SIGTERM, SIGINT or the end of the owner's stream.

    Signals come through a socket, so that no handler runs code in the middle of something else.
    """
    awake, alarm = socket.socketpair()
    alarm.setblocking(False)
    with awake, alarm, selectors.DefaultSelector() as selector:
        signal.set_wakeup_fd(alarm.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        selector.register(awake, selectors.EVENT_READ)
        if owner is not None:
            selector.register(owner.fileno(), selectors.EVENT_READ)
        tell_ready()
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if awake.fileno() in ready:
                break
            # The owner never writes: what can be read is the end. Anything else is dropped.
            if owner is not None and not os.read(owner.fileno(), 4096):
                break
        signal.set_wakeup_fd(-1)
