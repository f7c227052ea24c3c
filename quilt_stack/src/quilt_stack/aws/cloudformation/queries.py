"""Athena and Glue: what table queries need."""

from __future__ import annotations

from moto.athena.models import athena_backends

from quilt_stack.aws.cloudformation.resource_type import Place, Properties, ResourceType

_GONE = frozenset({"EntityNotFoundException"})


def _create_data_catalog(place: Place, properties: Properties) -> str:
    name = str(properties["Name"])
    place.client("athena").create_data_catalog(
        Name=name,
        Type=properties["Type"],
        Description=properties.get("Description", ""),
        Parameters=properties.get("Parameters", {}),
        Tags=properties.get("Tags", []),
    )
    return name


def _delete_data_catalog(place: Place, name: str, properties: Properties) -> None:
    # moto has no DeleteDataCatalog.
    athena_backends[place.account_id][place.region].data_catalogs.pop(name, None)


def _create_work_group(place: Place, properties: Properties) -> str:
    name = str(properties["Name"])
    place.client("athena").create_work_group(
        Name=name,
        Description=properties.get("Description", ""),
        Configuration=properties.get("WorkGroupConfiguration", {}),
        Tags=properties.get("Tags", []),
    )
    if properties.get("State", "ENABLED") != "ENABLED":
        # moto has no UpdateWorkGroup.
        athena_backends[place.account_id][place.region].work_groups[name].state = properties["State"]
    return name


def _read_work_group(place: Place, name: str) -> Properties:
    group = place.client("athena").get_work_group(WorkGroup=name)["WorkGroup"]
    return {
        "Description": group.get("Description"),
        "State": group["State"],
        "WorkGroupConfiguration": group["Configuration"],
    }


def _delete_work_group(place: Place, name: str, properties: Properties) -> None:
    place.client("athena").delete_work_group(
        WorkGroup=name, RecursiveDeleteOption=properties.get("RecursiveDeleteOption", False)
    )


def _create_database(place: Place, properties: Properties) -> str:
    about = properties["DatabaseInput"]
    name = str(about.get("Name", place.name.lower()))
    place.client("glue").create_database(DatabaseInput={**about, "Name": name})
    return name


def _update_database(place: Place, name: str, properties: Properties, old: Properties) -> None:
    place.client("glue").update_database(Name=name, DatabaseInput={**properties["DatabaseInput"], "Name": name})


def _delete_database(place: Place, name: str, properties: Properties) -> None:
    place.client("glue").delete_database(Name=name)


def _create_table(place: Place, properties: Properties) -> str:
    place.client("glue").create_table(DatabaseName=properties["DatabaseName"], TableInput=properties["TableInput"])
    return str(properties["TableInput"]["Name"])


def _delete_table(place: Place, name: str, properties: Properties) -> None:
    place.client("glue").delete_table(DatabaseName=properties["DatabaseName"], Name=name)


RESOURCE_TYPES = (
    ResourceType(
        "AWS::Athena::DataCatalog",
        frozenset({"Name", "Type", "Description", "Parameters", "Tags"}),
        _create_data_catalog,
        _delete_data_catalog,
        name_property="Name",
    ),
    ResourceType(
        "AWS::Athena::WorkGroup",
        frozenset({"Name", "Description", "State", "RecursiveDeleteOption", "WorkGroupConfiguration", "Tags"}),
        _create_work_group,
        _delete_work_group,
        name_property="Name",
        gone=frozenset({"InvalidRequestException"}),
        read=_read_work_group,
        read_properties=frozenset({"Description", "State", "WorkGroupConfiguration"}),
    ),
    ResourceType(
        "AWS::Glue::Database",
        frozenset({"CatalogId", "DatabaseInput"}),
        _create_database,
        _delete_database,
        _update_database,
        gone=_GONE,
    ),
    ResourceType(
        "AWS::Glue::Table",
        frozenset({"CatalogId", "DatabaseName", "TableInput"}),
        _create_table,
        _delete_table,
        gone=_GONE,
    ),
)
