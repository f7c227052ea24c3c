"""A Quilt stack on loopback: registry, S3, Athena with Tabulator, catalog settings, over the wire.

    import quilt_stack

    stack = quilt_stack.start(quilt_stack.DeploymentSettings(state_directory=Path("stack")), None, owned=True)
    quilt3.config(stack.catalog_url)

What is not listed in `__all__` is the stack's own business and may change.
"""

from quilt_stack.blueprint import (
    Blueprint,
    BucketBlueprint,
    Permission,
    PolicyBlueprint,
    RoleBlueprint,
    UserBlueprint,
)
from quilt_stack.control_client import ControlClient, ControlError
from quilt_stack.lifecycle import (
    DeploymentError,
    RunningDeployment,
    StartingDeployment,
    attach,
    begin,
    process_environment,
    start,
    status,
    stop,
)
from quilt_stack.patches import ChangedLibraryError, Patch, check_loaded
from quilt_stack.patches_command import patches_page
from quilt_stack.registry.conditions import Conditions
from quilt_stack.registry.mailbox import Mail
from quilt_stack.schema import schema
from quilt_stack.settings import BrowseScope, DeploymentSettings, MissingDirectory, PackageSearchForm
from quilt_stack.state_files import DEPLOYMENT_FILE, LOG_FILE
from quilt_stack.wire.faults import Action, FaultRule, Latency, Malformed, Reset, Status, Surface, Truncate

__all__ = [
    "DEPLOYMENT_FILE",
    "LOG_FILE",
    "Action",
    "Blueprint",
    "BrowseScope",
    "BucketBlueprint",
    "ChangedLibraryError",
    "Conditions",
    "ControlClient",
    "ControlError",
    "DeploymentError",
    "DeploymentSettings",
    "FaultRule",
    "Latency",
    "Mail",
    "Malformed",
    "MissingDirectory",
    "PackageSearchForm",
    "Patch",
    "Permission",
    "PolicyBlueprint",
    "Reset",
    "RoleBlueprint",
    "RunningDeployment",
    "StartingDeployment",
    "Status",
    "Surface",
    "Truncate",
    "UserBlueprint",
    "attach",
    "begin",
    "check_loaded",
    "patches_page",
    "process_environment",
    "schema",
    "start",
    "status",
    "stop",
]
