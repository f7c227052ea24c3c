"""Tabulator's data catalog: a database for each bucket of the registry, a table for each of the bucket's tables.

Who may ask (registry facts 9.3): sessions of the stack's roles, and with open query on everybody. What they see is what
their own AWS permissions let them read: of buckets, and of the files in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import Rows, Table
from quilt_stack.registry.administration.tabulator_configuration import TableConfiguration
from quilt_stack.registry.packages.manifest import ManifestError
from quilt_stack.tabulator.files import FileError, FileRows, Files
from quilt_stack.tabulator.matching import MatchedFile, matched_files

if TYPE_CHECKING:
    from quilt_stack.aws.cloud import Cloud
    from quilt_stack.registry.packages.store import PackageStore


class StoredTables(Protocol):
    """What the registry keeps about tables."""

    def buckets(self) -> list[str]:
        """Names of the registered buckets, sorted."""

    def tables(self, bucket: str) -> dict[str, str]:
        """YAML configurations of a bucket's tables by name."""

    def open_query(self) -> bool:
        """Whether AWS permissions alone decide who queries."""

    def is_stack_role(self, role_arn: str) -> bool:
        """Whether the ARN is one of the registry's roles."""


class TabulatorCatalog:
    """The data catalog, for `Cloud.add_data_catalog`."""

    type = "LAMBDA"
    description = "Tables over the files of packages"

    def __init__(self, stored: StoredTables, packages: PackageStore, cloud: Cloud) -> None:
        self._stored = stored
        self._packages = packages
        self._files = Files(cloud.client)

    def databases(self, caller: AWSCaller) -> list[str]:
        """The registered buckets that the caller may list."""
        self._admit(caller)
        return [bucket for bucket in self._stored.buckets() if caller.may_list(bucket)]

    def tables(self, caller: AWSCaller, database: str) -> list[Table] | None:
        """A bucket's tables.

        Raises:
            QueryFailure: the caller is not admitted, or may not list the bucket.
        """
        self._admit(caller)
        if not caller.may_list(database):
            raise failures.access_denied(f"s3://{database}/")
        if database not in self._stored.buckets():
            return None
        stored = self._stored.tables(database)
        return [Table(name, TableConfiguration.parse(text).described()) for name, text in sorted(stored.items())]

    def read(self, caller: AWSCaller, database: str, table: Table) -> Rows:
        """The rows of the latest revisions of all matching packages.

        Raises:
            QueryFailure: the configuration cannot be used; or a file cannot, and the table does not continue on errors.
        """
        from quilt_stack.tabulator.relation import relation

        text = self._stored.tables(database).get(table.name)
        if text is None:
            raise failures.table_not_found("tabulator", database, table.name)
        configuration = TableConfiguration.parse(text)
        problem = configuration.problem()
        if problem is not None:
            raise _failure("ConfigurationError", problem)
        try:
            found = list(matched_files(self._packages, database, configuration))
        except ManifestError as error:
            raise _failure("ManifestError", str(error)) from error
        files = [(file, self._rows(file, configuration, caller)) for file in found]
        return Rows(relation(configuration, files), scanned_bytes=sum(rows.scanned_bytes for _, rows in files))

    def _admit(self, caller: AWSCaller) -> None:
        of_stack = caller.role_arn is not None and self._stored.is_stack_role(caller.role_arn)
        if not (of_stack or self._stored.open_query()):
            message = f"{caller.arn} is not a session of one of the stack's roles, and open query is off"
            raise _failure("AccessDenied", f"Access Denied: {message}")

    def _rows(self, file: MatchedFile, configuration: TableConfiguration, caller: AWSCaller) -> FileRows:
        from quilt_stack.tabulator.relation import row_of_a_bad_file

        try:
            return self._files.read(file.physical_key, configuration, caller)
        except FileError as error:
            if configuration.continue_on_error:
                return row_of_a_bad_file(configuration, str(error))
            place = f"{file.logical_key} in package {file.package} ({file.physical_key})"
            raise _failure("FileError", f"{place}: {error}") from error


def _failure(kind: str, message: str) -> failures.QueryFailure:
    # Decision: the wording around a Lambda function's message is Athena's; the messages themselves are ours (open:
    # registry facts 9.3).
    source = f"exception[{kind}] from your LambdaFunction[tabulator]"
    return failures.QueryFailure(f"GENERIC_USER_ERROR: Encountered an {source} with message[{message}]")
