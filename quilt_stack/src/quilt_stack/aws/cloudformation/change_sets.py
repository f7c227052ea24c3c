"""Change sets that do what CreateStack and UpdateStack do: check, roll back, and leave outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.models import CloudFormationBackend, Stack

from quilt_stack.aws.cloudformation.stacks import check_template
from quilt_stack.patches import Patch

_Method = Callable[..., Any]

PATCH = Patch(
    __name__,
    "moto",
    reason="moto gives a stack that a change set makes no outputs, and leaves it half made if it fails.",
    bodies={
        "moto.cloudformation.models:CloudFormationBackend.create_change_set": "b601424c6b59",
        "moto.cloudformation.models:CloudFormationBackend.execute_change_set": "6290353dabc8",
        "moto.cloudformation.models:CloudFormationBackend.create_stack": "24cbea81109e",
    },
    fence="tests/quilt_stack/aws/test_aws_stacks.py::test_a_change_set_that_is_executed_gives_the_stack_its_outputs",
    until="moto executes a change set as it creates and updates a stack",
    needed="tests/upstream/test_moto.py::test_an_executed_change_set_gives_outputs",
)


class ChangeSetNotFoundError(CloudFormationError):
    """There is no change set of this name for the stack."""

    code = "ChangeSetNotFound"


def install() -> None:
    """Replace how moto makes and executes change sets."""
    PATCH.replace(CloudFormationBackend, "create_change_set", _checked)
    PATCH.replace(CloudFormationBackend, "execute_change_set", _executed)


def _checked(original: _Method) -> _Method:
    def create_change_set(
        self: Any, stack_name: str, change_set_name: str, template: str, parameters: dict[str, Any], **more: Any
    ) -> Any:
        check_template(Stack.parse_template(template), parameters)
        return original(self, stack_name, change_set_name, template, parameters, **more)

    return create_change_set


def _executed(_original: _Method) -> _Method:
    def execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = _found(self, change_set_name, stack_name)
        stack = self.stacks[change_set.stack_id]
        change_set.execution_status = "EXECUTE_COMPLETE"
        if change_set.change_set_type == "UPDATE":
            stack.update(change_set.template, change_set.role_arn, change_set.parameters, change_set.tags)
            return
        # As moto makes a stack: the one that was reviewed has neither template nor parameters yet.
        stack.template, stack.parameters = change_set.template, change_set.parameters
        stack._parse_template()
        stack.resource_map = stack._create_resource_map()
        stack.output_map = stack._create_output_map()
        self._validate_export_uniqueness(stack)
        self.exports.update({export.name: export for export in stack.exports})
        stack._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
        stack.create_resources()

    return execute_change_set


def _found(backend: Any, name: str, stack_name: str | None) -> Any:
    for change_set in backend.change_sets.values():
        named = name == change_set.change_set_name and stack_name in (change_set.stack_name, change_set.stack_id)
        if named or name == change_set.change_set_id:
            return change_set
    raise ChangeSetNotFoundError(f"ChangeSet [{name}] does not exist")
