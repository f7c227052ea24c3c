"""Tabulator in a deployment: its data catalog, and the workgroups in which people query (registry facts 9.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_stack.tabulator.catalog import TabulatorCatalog
from quilt_stack.tabulator.package_tables import PackageTables
from quilt_stack.tabulator.registry_tables import RegistryTables

if TYPE_CHECKING:
    from quilt_stack.registry.services import Services

RESULTS_PREFIX = "athena-results"


def install(services: Services) -> None:
    """Add the data catalog and the tables of packages to Athena; create workgroups whose output location is enforced.

    Decision: one workgroup serves all roles, managed ones included; the names of those that a stack makes for each
    managed role are not published. The one for open query is for identities outside of the stack (open: registry facts
    9.3).
    """
    settings = services.settings
    stored = RegistryTables(services.database)
    catalog = TabulatorCatalog(stored, services.packages, services.cloud)
    services.cloud.add_data_catalog(settings.tabulator_data_catalog, catalog)
    services.cloud.add_database(settings.athena_database, PackageTables(stored, services.packages))
    for name, folder in (
        (settings.athena_workgroup, "NonManagedRoleWorkgroup"),
        (f"QuiltTabulatorOpenQuery-{settings.stack_prefix}", "TabulatorOpenQuery"),
    ):
        services.cloud.add_workgroup(name, f"s3://{settings.service_bucket}/{RESULTS_PREFIX}/{folder}/")
