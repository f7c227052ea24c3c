"""What Athena stores of a scenario's queries goes with the scenario, and nobody else's does."""

from __future__ import annotations

import pytest

from environment.arrangement import undoing
from environment.arrangement.query_results import QueryResults
from environment.arrangement.tables import TableArranger
from environment.observers.athena import AthenaObserver
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.targets.embedded import EmbeddedTarget

CONFIG = """\
schema: [{name: a, type: STRING}]
source: {type: quilt-packages, package_name: ^none/none$, logical_key: .}
parser: {format: csv}
"""


@pytest.mark.slow
def test_the_results_of_queries_that_name_a_table_are_deleted(embedded: EmbeddedTarget) -> None:
    bucket = embedded.buckets.packages
    tables = TableArranger(RegistryObserver(embedded.graphql_endpoint, embedded.token("admin")))
    storage = StorageObserver(embedded.client("s3"))
    service_bucket = str(embedded.catalog_configuration["serviceBucket"])
    tables.set_open_query(True)  # the suite's own identity is no session of the stack's
    athena = AthenaObserver(embedded.client("athena"), embedded.tabulator_data_catalog)
    for name in ("results_of_one", "results_of_another"):
        tables.store(bucket, name, CONFIG)
        assert athena.query(f'SELECT * FROM "{name}"', bucket).state == "SUCCEEDED"
        assert athena.query(f'SELECT none FROM "{name}"', bucket).state == "FAILED"
    assert len(storage.keys(service_bucket, "athena-results/")) == 4, "a result and its description for each success"

    for _ in range(2):
        undoing.delete_query_results(embedded, table="results_of_one")
        kept = [location.rpartition("/")[2] for location in QueryResults(embedded).locations("results_of_another")]
        found = [key.rpartition("/")[2] for key in storage.keys(service_bucket, "athena-results/")]
        assert len(found) == 2
        assert {key.removesuffix(".metadata") for key in found} < set(kept)
    for name in ("results_of_one", "results_of_another"):
        undoing.delete_query_results(embedded, table=name)
        tables.delete(bucket, name)
    tables.set_open_query(False)
    assert storage.keys(service_bucket, "athena-results/") == []
