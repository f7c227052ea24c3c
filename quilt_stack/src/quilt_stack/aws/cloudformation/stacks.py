"""Stacks that refuse unknown types beforehand, roll back when a resource fails, and update what depends on a change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import moto.cloudformation.parsing as parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack

from quilt_stack.aws.cloudformation.moto_models import ManagedResource
from quilt_stack.aws.cloudformation.parameters import check_parameters
from quilt_stack.patches import Patch

_Method = Callable[..., Any]
_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9]+)")

PATCH = Patch(
    __name__,
    "moto",
    reason="moto makes stacks of unknown types, and leaves a failed stack half made.",
    bodies={
        "moto.cloudformation.parsing:ResourceMap.load": "e737cc34c7c8",
        "moto.cloudformation.parsing:ResourceMap.delete": "475b8510ee89",
        "moto.cloudformation.parsing:ResourceMap.build_resource_diff": "5fbcb6a087e0",
        "moto.cloudformation.parsing:ResourceMap.__init__": "18344025c907",
        "moto.cloudformation.models:Stack.create_resources": "ef08bbbad9bc",
        "moto.cloudformation.models:Stack.update": "44175fc35cd7",
        "moto.cloudformation.models:Stack._add_stack_event": "d97b2b964747",
        "moto.cloudformation.models:CloudFormationBackend.delete_stack": "ae4cca744aa6",
        "moto.cloudformation.parsing:parse_and_update_resource": "3f1430de36ed",
    },
    fence="tests/infra/test_deployment_of_templates.py::test_a_resource_that_fails_takes_the_whole_stack_back",
    until="moto refuses what it does not know, and rolls back",
    needed="tests/upstream/test_moto.py::test_cloudformation_refuses_unknown_types",
)


def install() -> None:
    """Replace how moto loads a template, creates and updates a stack, and finds what an update changes."""
    PATCH.replace(parsing.ResourceMap, "load", _refuse_unknown_types)
    PATCH.replace(parsing.ResourceMap, "delete", _retain)
    PATCH.replace(parsing.ResourceMap, "build_resource_diff", _include_dependents)
    PATCH.replace(Stack, "create_resources", _roll_back_creation)
    PATCH.replace(Stack, "update", _roll_back_update)
    PATCH.replace(CloudFormationBackend, "delete_stack", _keep_what_cannot_be_deleted)
    PATCH.replace(parsing, "parse_and_update_resource", _heed_conditions)


def _refuse_unknown_types(original: _Method) -> _Method:
    def load(self: Any) -> None:
        if self._template:  # a stack that is under review has none
            check_template(self._template, self.input_parameters)
        original(self)

    return load


def check_template(template: dict[str, Any], parameters: dict[str, Any]) -> None:
    """Refuse what cannot be deployed, before anything is made.

    Raises:
        ValidationError: in CloudFormation's words.
    """
    check_parameters(template, parameters)
    _check_types(template["Resources"])


def _check_types(resources: dict[str, Any]) -> None:
    known = parsing.get_model_map()
    unknown = sorted(
        {
            resource["Type"]
            for resource in resources.values()
            if resource["Type"] not in known
            and resource["Type"] not in parsing.NULL_MODELS
            and not resource["Type"].startswith("Custom::")
        }
    )
    if unknown:
        raise ValidationError(message=f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _roll_back_creation(original: _Method) -> _Method:
    def create_resources(self: Any) -> None:
        try:
            original(self)
        except Exception as error:  # noqa: BLE001 - whatever it is, the stack is rolled back and says why
            reason = f"{type(error).__name__}: {error}"
            self._add_stack_event("ROLLBACK_IN_PROGRESS", resource_status_reason=reason)
            failures = _delete_what_was_made(self.resource_map)
            # Nothing is left that moto could make when it is asked for the stack's resources.
            self.resource_map._resource_json_map = {}
            self.output_map = parsing.OutputMap(self.resource_map, {}, self.stack_id)
            self.status = "ROLLBACK_FAILED" if failures else "ROLLBACK_COMPLETE"
            self.status_reason = "; ".join([reason, *failures])
            self._add_stack_event(self.status, resource_status_reason=self.status_reason)

    return create_resources


def _delete_what_was_made(resource_map: Any) -> list[str]:
    """Delete the resources of a half-made stack, the last one first; return what could not be deleted and why."""
    failures: list[str] = []
    made = [(name, item) for name, item in resource_map._parsed_resources.items() if isinstance(item, ManagedResource)]
    for name, resource in reversed(made):
        # RetainExceptOnCreate is for this: only Retain holds where a stack is not even made.
        if resource_map._template["Resources"][name].get("DeletionPolicy") == "Retain":
            continue
        try:
            resource.delete(resource_map._account_id, resource_map._region_name)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and the others are deleted
            failures.append(f"{name} could not be deleted: {error}")
        else:
            del resource_map._parsed_resources[name]
    return failures


def _roll_back_update(original: _Method) -> _Method:
    def update(
        self: Any,
        template: str,
        role_arn: str | None = None,
        parameters: dict[str, Any] | None = None,
        tags: dict[str, str] | None = None,
    ) -> None:
        check_template(self.parse_template(template), parameters or {})
        before, parameters_before = self.template, dict(self.resource_map.input_parameters)
        try:
            original(self, template, role_arn, parameters, tags)
        except Exception as error:  # noqa: BLE001 - whatever it is, the stack goes back and says why
            reason = f"{type(error).__name__}: {error}"
            self._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", resource_status_reason=reason)
            _forget_what_is_not_there(self.resource_map)
            original(self, before, role_arn, parameters_before, None)
            self.status, self.status_reason = "UPDATE_ROLLBACK_COMPLETE", reason
            self._add_stack_event(self.status, resource_status_reason=reason)
        _forget_what_is_not_there(self.resource_map)

    return update


def _retain(original: _Method) -> _Method:
    """moto knows Retain, not RetainExceptOnCreate, which is the same once the stack is made."""

    def delete(self: Any) -> None:
        for body in self._resource_json_map.values():
            if body.get("DeletionPolicy") == "RetainExceptOnCreate":
                body["DeletionPolicy"] = "Retain"
        original(self)

    return delete


def _forget_what_is_not_there(resource_map: Any) -> None:
    """moto remembers resources that an update removed, and lists those that it failed to add."""
    wanted, made = resource_map._resource_json_map, resource_map._parsed_resources
    for name in [name for name, item in made.items() if isinstance(item, ManagedResource) and name not in wanted]:
        del made[name]
    resource_map._resource_json_map = {name: body for name, body in wanted.items() if name in made}


def _keep_what_cannot_be_deleted(original: _Method) -> _Method:
    def delete_stack(self: Any, name_or_stack_id: str) -> None:
        before = dict(self.stacks)
        try:
            original(self, name_or_stack_id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the stack stays and says why
            for stack_id in before.keys() - self.stacks.keys():
                stack = self.stacks[stack_id] = before[stack_id]
                stack.status, stack.status_reason = "DELETE_FAILED", str(error)
                stack._add_stack_event("DELETE_FAILED", resource_status_reason=str(error))

    return delete_stack


def _heed_conditions(original: _Method) -> _Method:
    def parse_and_update_resource(
        logical_id: str, resource_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str
    ) -> Any:
        made = resources_map._parsed_resources
        condition = resource_json.get("Condition")
        if condition and not resources_map.lazy_condition_map[condition]:
            existing = made.get(logical_id)
            if existing is not None:
                existing.delete(account_id, region_name)
            return None
        if made.get(logical_id) is None:
            made.pop(logical_id, None)
            return resources_map[logical_id]
        return original(logical_id, resource_json, resources_map, account_id, region_name)

    return parse_and_update_resource


def _include_dependents(original: _Method) -> _Method:
    def build_resource_diff(
        self: Any, other_template: dict[str, Any], parameters: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        actions: dict[str, list[str]] = original(self, other_template, parameters)
        new = other_template["Resources"]
        # Conditions and substituted texts name parameters in ways that moto does not look for.
        changed = {name for name, value in (parameters or {}).items() if self.input_parameters.get(name) != value}
        changed |= _conditions_of(other_template, changed)
        modified = set(actions["Modify"])
        staying = [name for name in new if name in self._resource_json_map]
        grown = True
        while grown:
            found = {name for name in staying if set(_references(new[name])) & (changed | modified)}
            grown = not found <= modified
            modified |= found
        # Order matters: what is referred to comes first.
        actions["Modify"] = _in_order(modified, new)
        return actions

    return build_resource_diff


def _conditions_of(template: dict[str, Any], parameters: set[str]) -> set[str]:
    conditions = template.get("Conditions", {})
    return {name for name, condition in conditions.items() if set(_references(condition)) & parameters}


def _in_order(names: set[str], resources: dict[str, Any]) -> list[str]:
    ordered: list[str] = []

    def visit(name: str) -> None:
        for reference in _references(resources[name]):
            if reference in names and reference != name and reference not in ordered:
                visit(reference)
        if name not in ordered:
            ordered.append(name)

    for name in resources:
        if name in names:
            visit(name)
    return ordered


def _references(value: Any) -> Iterator[str]:
    """Yield what a part of a template refers to: resources, parameters, conditions."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key in ("Ref", "Condition") and isinstance(item, str):
            yield item
        elif key == "Fn::GetAtt":
            yield item[0] if isinstance(item, list) else item.partition(".")[0]
        elif key == "Fn::If":
            yield item[0]
            yield from _references(item[1:])
        elif key == "Fn::Sub" and isinstance(item, str):
            yield from _SUBSTITUTED.findall(item)
        else:
            yield from _references(item)
