"""What it takes to manage one type of resource."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Properties = dict[str, Any]
Clients = Callable[[str, str], Any]
"""Gives a boto3 client for a service and a region."""


@dataclass(frozen=True)
class Place:
    """Where a resource is made, under which name if the template gives it none, and the clients to make it with."""

    account_id: str
    region: str
    name: str
    clients: Clients

    def client(self, service: str) -> Any:
        """A boto3 client for the region."""
        return self.clients(service, self.region)


class UnsupportedProperty(Exception):  # noqa: N818 - named for what it reports
    """A template gives a property that would have no effect here."""


class AlreadyExists(Exception):  # noqa: N818 - CloudFormation's own word
    """A resource of this name is there already, and belongs to whoever made it: S3 and SNS would hand it out."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} already exists")


@dataclass(frozen=True)
class ResourceType:
    """A type of resource, managed through the AWS API.

    Attributes:
        name: for example ``AWS::S3::Bucket``.
        properties: every property that takes effect; others are refused.
        create: makes the resource with all its properties and returns its physical id.
        update: changes the resource with this id from the old properties (last) to the new ones; None if a change
            means to delete and make it again.
        delete: deletes the resource; may fail with an error in ``gone`` if it is not there any more.
        attributes: values for ``Fn::GetAtt`` by name, with ``{account}``, ``{region}`` and ``{id}`` to be filled in.
        name_property: the property that names the resource; another name needs another resource.
        gone: error codes that mean that there is nothing to delete.
        read: the properties of the resource with this id as they are now, in a template's words; None if drift of
            this type is not looked for.
        read_properties: those that ``read`` knows.
    """

    name: str
    properties: frozenset[str]
    create: Callable[[Place, Properties], str]
    delete: Callable[[Place, str, Properties], None]
    update: Callable[[Place, str, Properties, Properties], None] | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    name_property: str = ""
    gone: frozenset[str] = frozenset()
    read: Callable[[Place, str], Properties] | None = None
    read_properties: frozenset[str] = frozenset()

    def check(self, properties: Properties) -> None:
        """Refuse properties that would have no effect.

        Raises:
            UnsupportedProperty: there is one.
        """
        unknown = sorted(properties.keys() - self.properties)
        if unknown:
            raise UnsupportedProperty(f"{self.name}: the property {', '.join(unknown)} has no effect here")
