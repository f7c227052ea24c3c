"""Drift detection: which resources are no longer as the template made them (AWS documentation, "Detect drift").

Decision: a difference is told by the resource's property as a whole, where AWS names the place inside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from quilt_stack.aws.cloudformation.moto_models import ManagedResource
from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "moto",
    reason="moto detects no drift.",
    bodies={"moto.core.responses:BaseResponse.call_action": "4a9e16403290"},
    fence="tests/quilt_stack/aws/test_aws_stacks.py::test_what_was_changed_by_hand_is_drift",
    until="moto has DetectStackDrift",
    needed="tests/upstream/test_moto.py::test_drift_is_detected",
)


def install() -> None:
    """Add the operations to moto, which calls them by name."""
    PATCH.check()
    for operation in (detect_stack_drift, describe_stack_drift_detection_status, describe_stack_resource_drifts):
        setattr(CloudFormationResponse, operation.__name__, operation)


def detect_stack_drift(self: CloudFormationResponse) -> ActionResult:
    """Compare every resource with its template."""
    stack: Any = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.drifts = list(_drifts(stack))
    stack.drift_detection_id = str(mock_random.uuid4())
    drifted = any(each["StackResourceDriftStatus"] in ("MODIFIED", "DELETED") for each in stack.drifts)
    stack.drift_information = {
        "StackDriftStatus": "DRIFTED" if drifted else "IN_SYNC",
        "LastCheckTimestamp": utcnow(),
    }
    return ActionResult({"StackDriftDetectionId": stack.drift_detection_id})


def describe_stack_drift_detection_status(self: CloudFormationResponse) -> ActionResult:
    """What a detection found; it is complete at once."""
    wanted = self._get_param("StackDriftDetectionId")
    for stack in self.cloudformation_backend.stacks.values():
        if getattr(stack, "drift_detection_id", None) == wanted:
            return ActionResult(_found(stack))
    raise ValidationError(message=f"Drift detection with id {wanted} does not exist")


def describe_stack_resource_drifts(self: CloudFormationResponse) -> ActionResult:
    """The resources that the last detection looked at, or those in some states."""
    stack: Any = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    wanted = self._get_param("StackResourceDriftStatusFilters") or ["IN_SYNC", "MODIFIED", "DELETED", "NOT_CHECKED"]
    drifts = [each for each in getattr(stack, "drifts", []) if each["StackResourceDriftStatus"] in wanted]
    return ActionResult({"StackResourceDrifts": drifts})


def _found(stack: Any) -> dict[str, Any]:
    states = [each["StackResourceDriftStatus"] for each in stack.drifts]
    return {
        "StackId": stack.stack_id,
        "StackDriftDetectionId": stack.drift_detection_id,
        "StackDriftStatus": stack.drift_information["StackDriftStatus"],
        "DetectionStatus": "DETECTION_COMPLETE",
        "DriftedStackResourceCount": states.count("MODIFIED") + states.count("DELETED"),
        "Timestamp": stack.drift_information["LastCheckTimestamp"],
    }


def _drifts(stack: Stack) -> Iterator[dict[str, Any]]:
    for name, resource in stack.resource_map._parsed_resources.items():
        if isinstance(resource, ManagedResource):
            yield {
                "StackId": stack.stack_id,
                "LogicalResourceId": name,
                "PhysicalResourceId": resource.physical_resource_id,
                "ResourceType": resource.kind.name,
                "Timestamp": utcnow(),
                **_drift(resource),
            }


def _drift(resource: ManagedResource) -> dict[str, Any]:
    if resource.kind.read is None:
        return {"StackResourceDriftStatus": "NOT_CHECKED"}
    try:
        now = resource.kind.read(resource.place, resource.physical_resource_id)
    except ClientError as error:
        if error.response["Error"]["Code"] not in resource.kind.gone:
            raise
        return {"StackResourceDriftStatus": "DELETED"}
    # Only what the template gives is looked at, as AWS does.
    expected = {name: value for name, value in resource.properties.items() if name in resource.kind.read_properties}
    actual = {name: now.get(name) for name in expected}
    differences = [
        {
            "PropertyPath": f"/{name}",
            "ExpectedValue": json.dumps(value),
            "ActualValue": json.dumps(actual[name]),
            "DifferenceType": "REMOVE" if actual[name] is None else "NOT_EQUAL",
        }
        for name, value in expected.items()
        if not _holds(actual[name], value)
    ]
    return {
        "StackResourceDriftStatus": "MODIFIED" if differences else "IN_SYNC",
        "ExpectedProperties": json.dumps(expected),
        "ActualProperties": json.dumps(actual),
        "PropertyDifferences": differences,
    }


def _holds(actual: Any, expected: Any) -> bool:
    """Whether all that is expected is there; services add defaults to what they were given, and order lists anew."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(name in actual and _holds(actual[name], value) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        same = len(actual) == len(expected)
        return same and all(any(_holds(each, value) for each in actual) for value in expected)
    return str(actual) == str(expected)
