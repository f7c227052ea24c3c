"""Which data catalog a name means: Glue's, one that was added to the deployment, or one made through the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from moto.athena.models import AthenaBackend

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.catalogs import GLUE_CATALOG, DataCatalog
from quilt_stack.aws.athena.service import Service


class Resolution:
    """The data catalogs of one account and region."""

    def __init__(self, backend: AthenaBackend, service: Service) -> None:
        self._backend = backend
        self._service = service

    def catalog(self, name: str) -> DataCatalog:
        """A data catalog by name, in any case.

        Raises:
            QueryFailure: there is none of this name.
        """
        for known, get in self._all():
            if known.lower() == name.lower():
                return get()
        raise failures.catalog_not_found(name)

    def summaries(self) -> list[tuple[str, str]]:
        """Name and type of every data catalog; Glue's comes first."""
        made = {catalog.name: catalog.type for catalog in self._backend.data_catalogs.values()}
        added = {name: catalog.type for name, catalog in sorted(self._service.catalogs.items())}
        return list({GLUE_CATALOG: "GLUE", **added, **made}.items())

    def _all(self) -> Iterator[tuple[str, Callable[[], DataCatalog]]]:
        yield GLUE_CATALOG, self._glue
        for name, catalog in self._service.catalogs.items():
            yield name, lambda catalog=catalog: catalog  # type: ignore[misc]  # mypy cannot see through a default
        for made in self._backend.data_catalogs.values():
            if made.type == "GLUE":
                # Decision: a catalog of type GLUE that was made through the API shows this account's Glue.
                yield made.name, self._glue

    def _glue(self) -> DataCatalog:
        # Late: moto's Glue takes its time to load.
        from quilt_stack.aws.athena.glue_catalog import GlueCatalog

        service = self._service
        return GlueCatalog(self._backend.account_id, self._backend.region_name, service.client, service.databases)
