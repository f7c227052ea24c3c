"""The resource types in the shape in which moto's CloudFormation wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import moto.cloudformation.parsing as parsing
from botocore.exceptions import ClientError
from moto.core.common_models import CloudFormationModel

from quilt_stack.aws.cloudformation import cost, identity, queries, storage
from quilt_stack.aws.cloudformation.resource_type import Clients, Place, Properties, ResourceType
from quilt_stack.patches import Patch

RESOURCE_TYPES = (*storage.RESOURCE_TYPES, *identity.RESOURCE_TYPES, *queries.RESOURCE_TYPES, *cost.RESOURCE_TYPES)

_clients: dict[str, Clients] = {}

PATCH = Patch(
    __name__,
    "moto",
    reason="moto leaves out whole resource types, and most properties of others, without a word.",
    bodies={
        "moto.cloudformation.parsing:get_model_map": "b754fa908e4f",
    },
    fence="tests/infra/test_deployment_of_templates.py::test_alarm_topic_and_budget",
    until="moto applies every property of the types in RESOURCE_TYPES",
    needed="tests/upstream/test_moto.py::test_cloudformation_makes_budgets",
)


class ManagedResource:
    """A resource of a stack; moto reads its attributes and calls ``delete``."""

    def __init__(self, kind: ResourceType, place: Place, physical_id: str, properties: Properties) -> None:
        self.kind = kind
        self.place = place
        self.physical_resource_id = physical_id
        self.properties = properties

    def get_cfn_attribute(self, name: str) -> str:
        """Value for ``Fn::GetAtt``."""
        pattern = self.kind.attributes[name]
        return pattern.format(account=self.place.account_id, region=self.place.region, id=self.physical_resource_id)

    def delete(self, account_id: str, region_name: str) -> None:
        """Delete the resource; it is no error if it is not there any more."""
        try:
            self.kind.delete(self.place, self.physical_resource_id, self.properties)
        except ClientError as error:
            if error.response["Error"]["Code"] not in self.kind.gone:
                raise

    def is_created(self) -> bool:
        """Always: resources are made at once."""
        return True


def install(clients: Clients) -> None:
    """Let moto use the project's resource types in place of its own; a second call changes the clients alone."""
    first = not _clients
    _clients["current"] = clients
    if not first:
        return
    models = {kind.name: _model(kind) for kind in RESOURCE_TYPES}

    def prefer_ours(original: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
        return lambda: {**original(), **models}

    PATCH.replace(parsing, "get_model_map", prefer_ours)


def _model(kind: ResourceType) -> type[Any]:
    class Model(CloudFormationModel):
        @staticmethod
        def cloudformation_name_type() -> str:
            return kind.name_property

        @staticmethod
        def cloudformation_type() -> str:
            return kind.name

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return attr in kind.attributes

        @classmethod
        def create_from_cloudformation_json(
            cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
        ) -> Any:
            place = Place(account_id, region_name, resource_name, _clients["current"])
            return _create(kind, place, _without_nothing(cloudformation_json["Properties"]))

        @classmethod
        def update_from_cloudformation_json(
            cls,
            original_resource: Any,
            new_resource_name: str,
            cloudformation_json: Any,
            account_id: str,
            region_name: str,
        ) -> Any:
            properties = _without_nothing(cloudformation_json["Properties"])
            place = Place(account_id, region_name, original_resource.place.name, _clients["current"])
            return _update(kind, place, original_resource, properties)

        @classmethod
        def delete_from_cloudformation_json(
            cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
        ) -> None:
            place = Place(account_id, region_name, resource_name, _clients["current"])
            kind.delete(place, resource_name, _without_nothing(cloudformation_json["Properties"]))

    Model.__name__ = kind.name.replace("::", "")
    return Model


def _create(kind: ResourceType, place: Place, properties: Properties) -> ManagedResource:
    kind.check(properties)
    return ManagedResource(kind, place, kind.create(place, properties), properties)


def _update(kind: ResourceType, place: Place, original: ManagedResource, properties: Properties) -> ManagedResource:
    kind.check(properties)
    renamed = kind.name_property and original.properties.get(kind.name_property) != properties.get(kind.name_property)
    if kind.update is not None and not renamed:
        kind.update(place, original.physical_resource_id, properties, original.properties)
        return ManagedResource(kind, place, original.physical_resource_id, properties)
    if renamed:
        # As CloudFormation does: the new one first, so that a refusal leaves the old one in place.
        made = _create(kind, place, properties)
        original.delete(place.account_id, place.region)
        return made
    original.delete(place.account_id, place.region)
    return _create(kind, place, properties)


def _without_nothing(value: Any) -> Any:
    """Drop what ``AWS::NoValue`` left: moto keeps it in lists."""
    if isinstance(value, dict):
        return {key: _without_nothing(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nothing(item) for item in value if item is not None]
    return value
