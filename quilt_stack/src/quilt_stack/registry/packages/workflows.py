"""Workflows: the rules that a bucket sets for what is pushed to it (registry facts 7.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quilt_stack.registry.packages import layout, library
from quilt_stack.registry.packages.failures import FailureName, invalid_value, operation_failed
from quilt_stack.registry.packages.physical_key import ObjectLocation, PhysicalKeyError

if TYPE_CHECKING:
    from quilt3.workflows import WorkflowConfig

    from quilt_stack.registry.packages.permissions import Permissions
    from quilt_stack.registry.packages.push_parameters import PushParameters
    from quilt_stack.registry.packages.store import PackageStore

WORKFLOW_PATH = "params.workflow"


def workflows_configuration(store: PackageStore, bucket: str, permissions: Permissions) -> WorkflowConfig | None:
    """The workflows configuration of a bucket; None if it has none.

    Schemas are read from any bucket that the caller may read.

    Raises:
        OperationRefusal: the configuration cannot be used.
    """
    found = store.read(bucket, layout.WORKFLOWS_KEY)
    if found is None:
        return None
    location = ObjectLocation(bucket, layout.WORKFLOWS_KEY, found.version_id)

    def read_schema(uri: str) -> tuple[bytes, str]:
        try:
            place = ObjectLocation.parse(uri)
        except PhysicalKeyError as error:
            raise FileNotFoundError(str(error)) from None
        schema = store.read(place.bucket, place.key) if permissions.may_read(place.bucket) else None
        if schema is None:
            raise FileNotFoundError(f"There is no readable object {uri}.")
        return schema.content, str(ObjectLocation(place.bucket, place.key, schema.version_id))

    try:
        return library.workflow_configuration(found.content, str(location), read_schema)
    except library.LibraryError as error:
        raise operation_failed(FailureName.QUILT_EXCEPTION, str(error)) from error


def checked_workflow(
    configuration: WorkflowConfig | None,
    parameters: PushParameters,
    header: Mapping[str, Any],
    package: library.LibraryPackage,
) -> dict[str, Any] | None:
    """Check a package against the workflow asked for.

    Returns:
        What the header records, None if the bucket has no workflows and none was asked for.

    Raises:
        InvalidInputRefusal: there are no workflows, or no such one, one is required, or the package does not pass.
    """
    workflow = parameters.workflow
    if configuration is None:
        if workflow is None:
            return None
        asked = f"The workflow {workflow!r} was" if workflow else "No workflow was explicitly"
        message = f"{asked} asked for, but the bucket has no workflows configuration."
        raise invalid_value(WORKFLOW_PATH, FailureName.QUILT_EXCEPTION, message)
    requested: object = ... if workflow is None else workflow or None
    try:
        return package.check_workflow(configuration, requested, parameters.name, parameters.message, header)
    except library.WorkflowError as error:
        # Decision: an InvalidInput at the workflow, where the catalog's form shows it (inferred: registry facts 7.5).
        raise invalid_value(WORKFLOW_PATH, FailureName.WORKFLOW_VALIDATION_ERROR, str(error)) from error
    except library.LibraryError as error:
        raise invalid_value(WORKFLOW_PATH, FailureName.QUILT_EXCEPTION, str(error)) from error
