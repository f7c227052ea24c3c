"""Starting an embedded deployment of the suite's shape; light, since a run does it before it imports anything else."""

from __future__ import annotations

import quilt_stack
from environment.errors import SuiteError
from environment.settings import STATE_VARIABLE, Accounts, Buckets, state_directory
from environment.targets.blueprint import suite_blueprint
from quilt_stack import DeploymentSettings, StartingDeployment

STANDING_STATE = state_directory() / "deployment"
"""Where the deployment that ``acceptance up`` starts keeps its state."""
REGION = "eu-central-1"
"""Not us-east-1, which AWS's libraries take where nothing names a region: it would hide who overlooks the catalog's."""


def begin(settings: DeploymentSettings, *, owned: bool = True) -> StartingDeployment:
    """Start a deployment with the suite's buckets, roles and users, and do not wait for it.

    Its region is `REGION` unless the settings say which.

    Raises:
        DeploymentError: if its state directory is in use.
        SuiteError: if its state directory cannot be used.
    """
    try:
        settings.state_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SuiteError(
            f"Made the state directory {settings.state_directory}",
            error.strerror or type(error).__name__,
            f"Name another one in {STATE_VARIABLE}",
        ) from error
    if "region" not in settings.model_fields_set:
        settings = settings.model_copy(update={"region": REGION})
    blueprint = suite_blueprint(Buckets.model_construct(), Accounts.model_construct())
    return quilt_stack.begin(settings, blueprint, owned=owned)
