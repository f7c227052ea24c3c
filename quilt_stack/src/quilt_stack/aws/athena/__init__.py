"""Athena that executes: moto's control plane, and SQL run by DuckDB over objects in S3.

Stock moto answers every query from a queue of canned results, keeps databases apart from Glue's, lists no data catalog
and lacks BatchGetQueryExecution, ListTableMetadata and GetTableMetadata (foundations 5). Here `responses` speaks the
API, `executions` leads a query through its states, `statements` turns Athena's SQL into DuckDB's, `resolution` finds
the catalogs of the tables that it names and `engine` runs it, shut off from files and network.

DuckDB, sqlglot and pyarrow take most of a second to load, so nothing imports them before the first query comes.
"""
