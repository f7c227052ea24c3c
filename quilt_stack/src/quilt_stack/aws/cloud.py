"""AWS as one embedded deployment sees it: an endpoint on loopback, an operator, and clients for the registry.

moto keeps its state in the process. A process therefore holds one running ``Cloud`` at a time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader
from moto.athena.models import athena_backends
from moto.iam.models import iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from quilt_stack.aws import repairs, s3_events, sts_sessions
from quilt_stack.aws.athena import service as athena
from quilt_stack.aws.athena.catalogs import DataCatalog
from quilt_stack.aws.cloudformation import when_first_used
from quilt_stack.aws.s3_events import ObjectEvent
from quilt_stack.aws.s3_lock import STACK_ITSELF
from quilt_stack.aws.server import LoopbackServer
from quilt_stack.clock import Clock
from quilt_stack.patches import Patch
from quilt_stack.settings import DeploymentSettings
from quilt_stack.wire.certificates import Certificates
from quilt_stack.wire.ports import scheme
from quilt_stack.wire.wsgi import Middleware, WSGIApplication, compose

__all__ = ["Cloud", "ObjectEvent"]

OPERATOR_NAME = "operator"
_ADMINISTRATOR_ACCESS = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)

PATCH = Patch(
    __name__,
    "moto",
    reason="A stopped deployment has to forget what moto holds.",
    bodies={
        "moto.moto_api._internal.models:MotoAPIBackend.reset": "d71fece727c0",
    },
    fence="tests/quilt_stack/aws/test_aws_endpoint.py::test_a_stopped_cloud_leaves_nothing_to_the_next_one",
    until="moto resets by a public name",
    needed="tests/upstream/test_moto.py::test_moto_is_reset_by_a_public_name",
)

_one_at_a_time = threading.Lock()


def identity(application: WSGIApplication) -> WSGIApplication:
    """The middleware that changes nothing."""
    return application


class Cloud:
    """S3, IAM, STS and moto's other services behind one endpoint, with IAM enforced from the first request on."""

    def __init__(
        self,
        settings: DeploymentSettings,
        clock: Clock,
        wrap: Middleware = identity,
        certificates: Certificates | None = None,
    ) -> None:
        """``wrap`` is the outermost middleware: it sees every request as the client sent it (faults, journal).

        With certificates the endpoint is one of TLS.
        """
        self._certificates = certificates
        self._settings = settings
        self._clock = clock
        self._wrap = wrap
        self._server: LoopbackServer | None = None
        self._listeners: list[Callable[[ObjectEvent], None]] = []
        self._data_catalogs: dict[str, DataCatalog] = {}
        self._databases: dict[str, DataCatalog] = {}
        self._clients: dict[tuple[str, str], Any] = {}
        self._clients_lock = threading.Lock()
        self._loader = Loader()
        self.url = ""
        self.operator_access_key_id = ""
        self.operator_secret_access_key = ""

    def start(self) -> None:
        """Repair moto, create the operator and listen on ``settings.aws_port``; ``url`` is known afterwards.

        Raises:
            RuntimeError: if this process already runs a Cloud.
            OSError: if the port is taken.
        """
        if not _one_at_a_time.acquire(blocking=False):
            raise RuntimeError("this process already runs a Cloud, and moto's state is one per process: stop it first")
        try:
            repairs.install(self._clock)
            self.keep_operator()
            for listener in self._listeners:
                s3_events.listen(listener)
            moto = DomainDispatcherApplication(create_backend_app)
            application = compose(moto, [self._wrap, when_first_used(self.client), *repairs.middlewares(self._clock)])
            self._server = LoopbackServer(
                application, self._settings.host, self._settings.aws_port, certificates=self._certificates
            )
            port = self._server.start()
            self.url = f"{scheme(tls=self._certificates is not None)}://{self._settings.host}:{port}"
            athena.start(self.client, self._data_catalogs, self._databases)
        except BaseException:
            self._server = None
            self._forget()
            raise

    def stop(self) -> None:
        """Stop listening and forget every bucket, user and session; without effect if not running."""
        if self._server is None:
            return
        athena.stop()
        self._server.stop()
        self._server = None
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        self._forget()

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client with the operator's keys, one for each service and region; safe to share between threads.

        S3 clients use path style and presign with Signature Version 4. ``region`` defaults to the deployment's.
        """
        key = (service, region or self._settings.region)
        with self._clients_lock:
            if key not in self._clients:
                self._clients[key] = self._new_client(*key)
            return self._clients[key]

    def on_object_event(self, listener: Callable[[ObjectEvent], None]) -> None:
        """Call the listener for each object that comes or goes, in the request's thread: it must only enqueue."""
        self._listeners.append(listener)
        if self._server is not None:
            s3_events.listen(listener)

    def add_data_catalog(self, name: str, catalog: DataCatalog) -> None:
        """Let Athena find a data catalog under this name, beside Glue's."""
        self._data_catalogs[name] = catalog

    def add_database(self, name: str, database: DataCatalog) -> None:
        """Let Athena find a database under this name in ``AwsDataCatalog``, beside Glue's."""
        self._databases[name] = database

    def add_workgroup(self, name: str, output_location: str) -> None:
        """Create an Athena workgroup whose output location is enforced; one of this name stays as it is.

        Without a request, because the first one to Athena takes a quarter of a second that a start need not spend.
        """
        configuration = {
            "ResultConfiguration": {"OutputLocation": output_location},
            "EnforceWorkGroupConfiguration": True,
        }
        backend = athena_backends[self._settings.account_id][self._settings.region]
        backend.create_work_group(name, configuration, description="", tags=[])

    def expire_session_credentials(self) -> int:
        """End all STS credentials issued so far (ExpiredToken from now on); returns how many were still good."""
        return sts_sessions.expire_all()

    def keep_operator(self) -> None:
        """Let the operator have its keys, new ones if it has none yet, and no others, in whatever IAM holds by now."""
        backend = iam_backends[self._settings.account_id]["aws"]
        if OPERATOR_NAME not in backend.users:
            backend.create_user(self._settings.region, OPERATOR_NAME)
        backend.put_user_policy(OPERATOR_NAME, "AdministratorAccess", _ADMINISTRATOR_ACCESS)
        for other in list(backend.users[OPERATOR_NAME].access_keys):
            backend.delete_access_key(other.access_key_id, OPERATOR_NAME)
        key = backend.create_access_key(OPERATOR_NAME)
        if self.operator_access_key_id:
            del backend.access_keys[key.access_key_id]
            key.access_key_id, key.secret_access_key = self.operator_access_key_id, self.operator_secret_access_key
            backend.access_keys[key.access_key_id] = key
        self.operator_access_key_id, self.operator_secret_access_key = key.access_key_id, key.secret_access_key

    def _new_client(self, service: str, region: str) -> Any:
        core = botocore.session.get_session()
        # Every new session parses botocore's service descriptions anew (96 ms): all clients share one loader.
        core.register_component("data_loader", self._loader)
        is_s3 = service == "s3"
        session: Any = boto3.Session(botocore_session=core)  # typed for literal service names alone
        return session.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            verify=None if self._certificates is None else str(self._certificates.bundle),
            aws_access_key_id=self.operator_access_key_id,
            aws_secret_access_key=self.operator_secret_access_key,
            config=Config(
                max_pool_connections=32,
                retries={"mode": "standard"},
                # An empty mapping keeps a proxy of the environment away from loopback.
                proxies={},
                user_agent_extra=STACK_ITSELF,
                signature_version="s3v4" if is_s3 else None,
                s3={"addressing_style": "path"} if is_s3 else None,
            ),
        )

    def _forget(self) -> None:
        s3_events.forget_listeners()
        moto_api_backend.reset()
        _one_at_a_time.release()
