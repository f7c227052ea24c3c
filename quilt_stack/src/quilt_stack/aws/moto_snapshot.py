"""What moto holds, and Athena's queries, as data for a snapshot, and back."""

from __future__ import annotations

import io
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from moto.core.base_backend import BackendDict, backend_lock
from moto.core.model_instances import reset_model_data
from moto.s3.models import FakeKey, S3BackendDict

from quilt_stack.aws.athena import service as athena
from quilt_stack.aws.athena.executions import Answer, QueryExecution
from quilt_stack.aws.s3_lock import OTHER_SERVICES, STATE_LOCK
from quilt_stack.patches import Patch
from quilt_stack.snapshot.errors import DamagedError, NotHeldError
from quilt_stack.snapshot.graph import Form

PATCH = Patch(
    __name__,
    "moto",
    reason="A snapshot holds what moto's backends hold, and puts it in their place.",
    bodies={
        "moto.core.base_backend:BackendDict.reset": "caa9519a4734",
        "moto.core.base_backend:AccountSpecificBackend.__init__": "e600785fb95a",
        "moto.core.model_instances:reset_model_data": "213ce3cdcb54",
        "moto.s3.models:FakeKey.__init__": "17cd707dfe8c",
        "moto.s3.models:FakeKey.dispose": "629fc0dda089",
        "moto.s3.models:S3BackendDict.__init__": "e0d7953370e8",
    },
    fence="tests/quilt_stack/snapshot/test_snapshot_state.py::test_a_restored_state_is_the_state_of_then",
    until="never: moto has no state to be saved by a public name",
)
PARAMETERS = Patch(
    __name__,
    "moto",
    reason="The tags of moto's parameters lie in a dictionary whose default has no name that a snapshot could write.",
    bodies={
        "moto.ssm.models:SimpleSystemManagerBackend.__init__": "e1561864b786",
    },
    fence="tests/quilt_stack/snapshot/test_snapshot_services.py::test_other_services_are_restored",
    until="moto's parameters have tags in plain dictionaries",
)

_CLOUDFORMATION = "quilt_stack.aws.cloudformation.moto_models"
_RESOURCE_TYPE = "resource type "
_FOR_ATHENA = ("_service", "_catalogs", "_caller", "_plan", "_engine")


@contextmanager
def at_rest(limit_seconds: float) -> Iterator[None]:
    """Let no request to AWS begin for the length of the block, which begins when none is in progress.

    Raises:
        StillBusy: requests or queries in progress did not end in time.
    """
    with OTHER_SERVICES.closed(limit_seconds):
        athena.running().wait_until_idle(limit_seconds)
        with STATE_LOCK:
            yield


def held() -> dict[str, Any]:
    """What moto's services hold, by the name of each: account, then region, then what it holds there.

    Raises:
        NotHeldError: a service is none that can be found again.
    """
    found: dict[str, Any] = {}
    with backend_lock:
        for service in list(_in_use()):
            accounts = {account: dict(dict.items(regions)) for account, regions in dict.items(service)}
            found[_name(service)] = {"accounts": accounts}
            if isinstance(service, S3BackendDict):
                found[_name(service)]["bucket_accounts"] = service.bucket_accounts
    return found


def check(state: Mapping[str, Any]) -> None:
    """Look whether moto can hold this, before anything is changed.

    Raises:
        DamagedError: it is not what `held` gives.
    """
    for name, found in state.items():
        service = _service(name)
        for regions in found["accounts"].values():
            if not all(type(backend) is service.backend for backend in regions.values()):
                raise DamagedError(f"{name} holds something else")
        if isinstance(service, S3BackendDict) and not isinstance(found.get("bucket_accounts"), dict):
            raise DamagedError(f"{name} has buckets of nobody")


def replace(state: Mapping[str, Any]) -> None:
    """Let moto hold this, and nothing else."""
    with backend_lock:
        for service in list(_in_use()):
            dict.clear(service)
            if isinstance(service, S3BackendDict):
                service.bucket_accounts = {}
        _in_use().clear()
        # It would keep all that was there in memory.
        reset_model_data()
        for name, found in state.items():
            service = _service(name)
            for account, regions in found["accounts"].items():
                service[account].update(regions)
            if isinstance(service, S3BackendDict):
                service.bucket_accounts = found["bucket_accounts"]


def known(clients: Any, nodes: Iterable[list[Any]] = ()) -> dict[str, object]:
    """What is not written, but meant by name.

    ``clients`` makes AWS clients (`Cloud.client`); ``nodes`` are those of a graph that is to be read.
    """
    # It takes two seconds to load, and who has not loaded it has no stack to write.
    needed = any(kind == "known" and str(rest[0]).startswith(_RESOURCE_TYPE) for kind, *rest in nodes)
    types = import_module(_CLOUDFORMATION).RESOURCE_TYPES if needed or _CLOUDFORMATION in sys.modules else ()
    return {"clients": clients, **{f"{_RESOURCE_TYPE}{each.name}": each for each in types}}


def forms() -> dict[str, Form]:
    """How what moto's services hold is written where it is not all data, by the name of the class."""
    return {
        "moto.s3.models:FakeKey": Form(_key_attributes, _key_with_buffer),
        "moto.ssm.models:SimpleSystemManagerBackend": Form(_parameters_with_plain_tags, _parameters_with_default_tags),
        "quilt_stack.aws.athena.executions:QueryExecution": Form(_ended_query, _query_of_the_service),
        "quilt_stack.aws.athena.executions:Answer": Form(_answer_with_bytes, _answer_with_rows),
    }


def _in_use() -> list[BackendDict[Any]]:
    everywhere: Any = BackendDict  # a class of each service's own to mypy, one for all here
    instances: list[BackendDict[Any]] = everywhere._instances
    return instances


def _name(service: BackendDict[Any]) -> str:
    module = sys.modules[service.backend.__module__]
    for name, value in vars(module).items():
        if value is service:
            return f"{module.__name__}:{name}"
    raise NotHeldError(f"moto's service {service.service_name}")


def _service(name: str) -> BackendDict[Any]:
    module, _, attribute = name.partition(":")
    found = vars(import_module(module)).get(attribute) if module.startswith("moto.") else None
    if not isinstance(found, BackendDict):
        raise DamagedError(f"{name} is no service of moto's")
    return found


def _key_attributes(key: FakeKey) -> dict[str, Any]:
    # The parts of a finished upload stay, without their bytes.
    return {**key.__dict__, "_value_buffer": b"" if key.disposed else key.value}


def _key_with_buffer(attributes: dict[str, Any]) -> dict[str, Any]:
    # In memory, and without a copy until somebody writes: moto would copy the bytes of each key, large ones to a file.
    return {**attributes, "_value_buffer": io.BytesIO(attributes["_value_buffer"])}


def _parameters_with_plain_tags(backend: Any) -> dict[str, Any]:
    tags = tuple((kind, tuple(by_name.items())) for kind, by_name in backend._resource_tags.items())
    return {**backend.__dict__, "_resource_tags": tags}


def _parameters_with_default_tags(attributes: dict[str, Any]) -> dict[str, Any]:
    # moto's default is a lambda, which has no name to be written.
    tags: dict[str, Any] = defaultdict(lambda: defaultdict(dict))
    for kind, by_name in attributes["_resource_tags"]:
        tags[kind].update(by_name)
    return {**attributes, "_resource_tags": tags}


def _ended_query(query: QueryExecution) -> dict[str, Any]:
    return {name: value for name, value in query.__dict__.items() if name not in _FOR_ATHENA}


def _query_of_the_service(attributes: dict[str, Any]) -> dict[str, Any]:
    return {**attributes, **dict.fromkeys(_FOR_ATHENA), "_service": athena.running()}


def _answer_with_bytes(answer: Answer) -> dict[str, Any]:
    if isinstance(answer.rows, list):
        return dict(answer.__dict__)
    import pyarrow as pa  # late, as Athena itself does

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, answer.rows.schema) as stream:
        stream.write_table(answer.rows)
    return {**answer.__dict__, "rows": sink.getvalue().to_pybytes()}


def _answer_with_rows(attributes: dict[str, Any]) -> dict[str, Any]:
    if isinstance(attributes["rows"], list):
        return attributes
    import pyarrow as pa

    return {**attributes, "rows": pa.ipc.open_stream(attributes["rows"]).read_all()}
