"""A Quilt stack on loopback: registry, S3, Athena with Tabulator, catalog settings, over the wire.

    import quilt_stack

    stack = quilt_stack.start(quilt_stack.DeploymentSettings(state_directory=Path("stack")), owned=True)
    quilt3.config(stack.catalog_url)

What is not listed in `__all__` is the stack's own business and may change, but for `quilt_stack.patches` and
`quilt_stack.patches_command`: what their `__all__` lists is for whoever changes libraries, too, as the suite does.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from quilt_stack.blueprint import (
    Blueprint,
    BucketBlueprint,
    Permission,
    PolicyBlueprint,
    RoleBlueprint,
    UserBlueprint,
)
from quilt_stack.errors import DeploymentError
from quilt_stack.lifecycle import StartingDeployment, begin, process_environment, reset, start
from quilt_stack.schema import schema
from quilt_stack.settings import BrowseScope, DeploymentSettings, MissingDirectory, PackageSearchForm
from quilt_stack.state_files import DEPLOYMENT_FILE, LOG_FILE, SETTINGS_FILE

__all__ = [
    "DEPLOYMENT_FILE",
    "LOG_FILE",
    "SETTINGS_FILE",
    "Action",
    "Answer",
    "Blueprint",
    "BrowseScope",
    "BucketBlueprint",
    "Conditions",
    "ControlClient",
    "ControlError",
    "DeploymentError",
    "DeploymentSettings",
    "FaultRule",
    "FieldSource",
    "Latency",
    "Mail",
    "Malformed",
    "MissingDirectory",
    "PackageSearchForm",
    "Permission",
    "PolicyBlueprint",
    "Reset",
    "RoleBlueprint",
    "RunningDeployment",
    "Snapshot",
    "StartingDeployment",
    "Status",
    "Surface",
    "Truncate",
    "UserBlueprint",
    "attach",
    "begin",
    "field_sources",
    "installed_catalog",
    "process_environment",
    "reset",
    "schema",
    "start",
]

# What a start does not need before its process runs is imported when it is first asked for.
if TYPE_CHECKING:
    from quilt_stack.bundle import installed_catalog
    from quilt_stack.control_client import ControlClient, ControlError
    from quilt_stack.registry.conditions import Conditions
    from quilt_stack.registry.graphql.field_sources import FieldSource, field_sources
    from quilt_stack.registry.mailbox import Mail
    from quilt_stack.running import RunningDeployment, attach
    from quilt_stack.snapshot.description import Snapshot
    from quilt_stack.wire.faults import Action, Answer, FaultRule, Latency, Malformed, Reset, Status, Surface, Truncate
else:
    _LATE = {
        "quilt_stack.bundle": ("installed_catalog",),
        "quilt_stack.control_client": ("ControlClient", "ControlError"),
        "quilt_stack.registry.conditions": ("Conditions",),
        "quilt_stack.registry.graphql.field_sources": ("FieldSource", "field_sources"),
        "quilt_stack.registry.mailbox": ("Mail",),
        "quilt_stack.running": ("RunningDeployment", "attach"),
        "quilt_stack.snapshot.description": ("Snapshot",),
        "quilt_stack.wire.faults": (
            "Action",
            "Answer",
            "FaultRule",
            "Latency",
            "Malformed",
            "Reset",
            "Status",
            "Surface",
            "Truncate",
        ),
    }

    def __getattr__(name: str) -> object:
        for module, names in _LATE.items():
            if name in names:
                return getattr(import_module(module), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
