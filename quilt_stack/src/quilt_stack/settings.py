"""Settings of one embedded deployment: where it listens, its name, and the decisions left open by the facts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from quilt_stack.input_files import read_file, validate


class PackageSearchForm(StrEnum):
    """The two published forms of ``PackagesSearchResultSet.firstPage`` (registry facts 8.1)."""

    ORDER = "order"
    ORDERING = "ordering"


class BrowseScope(StrEnum):
    """Which browsing scopes are accepted (registry facts 3.7).

    STRICT takes the catalog's ``quilt+s3://bucket#package=name@hash`` alone, LENIENT also the form quilt-mcp sends.
    """

    STRICT = "strict"
    LENIENT = "lenient"


class MissingDirectory(StrEnum):
    """What ``dir(path)`` answers for a prefix that is not there (open: registry facts 7.9)."""

    NULL = "null"
    EMPTY = "empty"


class DeploymentSettings(BaseModel):
    """Everything an embedded deployment needs to know before it starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state_directory: Path
    keep: Path | None = Field(
        default=None, description="directory in which the state lasts beyond the process; None lets it end with it"
    )
    host: str = "127.0.0.1"
    reachable_by_others: bool = Field(
        default=False, description="what has to be said, too, for another host than one of loopback"
    )
    tls: bool = Field(default=False, description="serve all origins over TLS, by an authority made at the start")
    aws_port: int = Field(default=0, ge=0, le=65535, description="0 lets the system choose")
    catalog_port: int = Field(default=0, ge=0, le=65535)
    registry_port: int = Field(default=0, ge=0, le=65535)
    control_port: int = Field(default=0, ge=0, le=65535)

    region: str = "us-east-1"
    account_id: str = "123456789012"
    stack_prefix: str = "local"

    indexing_delay_seconds: float = Field(
        default=0.2, ge=0, description="time from an S3 event to a searchable document"
    )
    credentials_lifetime_seconds: int = Field(default=3600, ge=900)
    token_lifetime_seconds: int = Field(default=90 * 24 * 3600, gt=0)
    package_search_form: PackageSearchForm | None = Field(
        default=None, description="the only form that is understood; None answers each request in its own form"
    )
    browse_scope: BrowseScope = BrowseScope.LENIENT
    missing_directory: MissingDirectory = MissingDirectory.NULL
    directory_sizes: bool = Field(
        default=True, description="False lets PackageDir.size fail, as a real registry did (registry facts 11)"
    )
    maximum_policies_per_role: int = 5
    catalog_bundle: Path | None = Field(
        default=None, description="directory of the web catalog's files; None: a placeholder is served instead"
    )

    @classmethod
    def load(cls, path: Path | None, **given: object) -> Self:
        """Read a settings file (YAML or JSON), if there is one; what is given besides takes precedence over it.

        Raises:
            UnusableFileError: if it cannot be read, or says something that is no setting.
        """
        if path is None:
            return cls.model_validate(given)
        return validate(cls, {**read_file(path), **given}, path)

    @property
    def analytics_bucket(self) -> str:
        """Name from which quilt-mcp derives the stack prefix (registry facts 1.2)."""
        return f"{self.stack_prefix}-analyticsbucket-1a2b3c"

    @property
    def service_bucket(self) -> str:
        """Bucket of the stack itself: Athena results of managed roles, summaries."""
        return f"{self.stack_prefix}-servicebucket-1a2b3c"

    @property
    def athena_workgroup(self) -> str:
        """Athena workgroup in which the stack's roles query (registry facts 9.3)."""
        return f"QuiltUserAthena-{self.stack_prefix}-NonManagedRoleWorkgroup"

    @property
    def athena_database(self) -> str:
        """Athena database of the stack, with tables of packages (registry facts 11)."""
        return f"userathenadatabase-{self.stack_prefix}"

    @property
    def tabulator_data_catalog(self) -> str:
        """Athena data catalog of Tabulator (registry facts 1.2)."""
        return f"quilt-{self.stack_prefix}-tabulator"
