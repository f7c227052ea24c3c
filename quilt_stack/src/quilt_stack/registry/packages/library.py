"""The one module that lets the quilt3 library compute: checksums, top hashes, manifests, workflow configurations.

What a registry writes has to be what quilt3 reads and would have written, so the library itself does it. Only parts
that work on values are used; whatever would reach S3 with the process's own credentials is replaced. The library is
pinned to one version, because some of these parts are not public.

The imports are inside the functions: quilt3 takes 0.7 s to import, and the deployment has to be up sooner.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from quilt_stack.patches import Patch
from quilt_stack.registry.packages.manifest import EntryHash, ManifestEntry

if TYPE_CHECKING:
    from quilt3.workflows import WorkflowConfig

HASH_TYPE = "sha2-256-chunked"
"""Type of the hashes that the registry computes (registry facts 7.4)."""

PATCH = Patch(
    __name__,
    "quilt3",
    reason="What a registry writes is what quilt3 would have written, so quilt3 computes it.",
    bodies={
        "quilt3.packages:Package._set": "97726181f420",
        "quilt3.packages:Package._calculate_top_hash": "a07066fe2d3c",
        "quilt3.packages:Package._dump": "710c00b7d697",
        "quilt3.packages:Package.__init__": "880a24aa0f55",
        "quilt3.workflows:_get_conf_validator": "565c71f55ffe",
    },
    fence="tests/quilt_stack/packages/test_packages_push.py::test_quilt3_reads_installs_and_verifies_what_was_constructed",
    until="quilt3 has public names for it",
)


class LibraryError(Exception):
    """quilt3 refused what it was given; the message is quilt3's own."""


class WorkflowError(LibraryError):
    """A package does not pass its workflow."""


def chunk_size(size: int) -> int:
    """Bytes per chunk of the chunked hash of an object of this size (registry facts 7.4)."""
    from quilt3 import checksums

    return int(checksums.get_checksum_chunksize(size))


def chunked_hash(chunks: Iterable[bytes]) -> EntryHash:
    """Chunked SHA-256 of an object; every chunk but the last is ``chunk_size`` long, empty objects have none."""
    from quilt3 import checksums

    parts = []
    for chunk in chunks:
        calculator = checksums.SHA256MultiPartChecksumCalculator()
        calculator.update(chunk)
        parts.append(calculator.digest(len(chunk)))
    return EntryHash(HASH_TYPE, checksums.SHA256MultiPartChecksumCalculator.combine_parts(parts))


def workflow_configuration(text: bytes, location: str, read: Callable[[str], tuple[bytes, str]]) -> WorkflowConfig:
    """Check and wrap the text of a workflows configuration (registry facts 7.6).

    Args:
        text: content of the configuration file.
        location: versioned URI of the file, recorded in packages.
        read: returns content and versioned URI of the schema at a URI; may raise OSError.

    Raises:
        LibraryError: no YAML, against the published schema, or of a version that quilt3 does not know.
    """
    PATCH.check()
    import jsonschema
    import yaml
    from quilt3 import workflows
    from quilt3.util import PhysicalKey

    class ReadConfiguration(workflows.WorkflowConfig):  # type: ignore[misc]
        def load_schema(self, schema_pk: PhysicalKey) -> tuple[bytes, PhysicalKey]:
            try:
                schema, effective = read(str(schema_pk))
            except OSError as error:
                raise workflows.ConfigurationError(f"Couldn't load schema at {schema_pk}.") from error
            return schema, PhysicalKey.from_url(effective)

    try:
        configuration = yaml.safe_load(text.decode())
        workflows._get_conf_validator()(configuration)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LibraryError("The workflows configuration is no YAML.") from error
    except jsonschema.ValidationError as error:
        raise LibraryError(f"The workflows configuration is not valid: {error.message}.") from error
    version = workflows.ConfigDataVersion.parse(ReadConfiguration.get_config_data_version_str(configuration))
    if not ReadConfiguration.is_supported_config_data_version(version):
        raise LibraryError(f"Version {version} of the workflows configuration is not supported.")
    return ReadConfiguration(configuration, PhysicalKey.from_url(location))


class LibraryPackage:
    """quilt3's package of some entries; headers are given when they are needed."""

    def __init__(self, entries: Iterable[ManifestEntry]) -> None:
        """Build the package.

        Raises:
            LibraryError: a key is malformed, or both a file and a directory.
        """
        from quilt3.packages import Package, PackageEntry
        from quilt3.util import PhysicalKey, QuiltException

        PATCH.check()
        self._package = Package()
        try:
            for entry in entries:
                entry_hash = None if entry.hash is None else entry.hash.as_dict()
                physical_key = PhysicalKey.from_url(entry.physical_key)
                found = PackageEntry(physical_key, entry.size, entry_hash, dict(entry.meta))
                self._package._set(entry.logical_key, found)
        except (QuiltException, ValueError) as error:
            raise LibraryError(str(error)) from error

    def top_hash(self, header: Mapping[str, Any]) -> str:
        """Top hash (registry facts 7.3).

        Raises:
            LibraryError: an entry has no hash.
        """
        from quilt3.util import QuiltException

        self._package._meta = dict(header)
        try:
            return str(self._package._calculate_top_hash(self._package._meta, self._package.walk()))
        except QuiltException as error:
            raise LibraryError(str(error)) from error

    def manifest(self, header: Mapping[str, Any]) -> bytes:
        """The manifest as quilt3 writes it: JSON lines, the header first, then the entries in walk order.

        Raises:
            LibraryError: a line is too long, or a value is no JSON.
        """
        from quilt3.util import QuiltException

        self._package._meta = dict(header)
        written = io.BytesIO()
        try:
            self._package._dump(written)
        except (QuiltException, ValueError) as error:
            raise LibraryError(str(error)) from error
        return written.getvalue()

    def check_workflow(
        self,
        configuration: WorkflowConfig,
        workflow: object,
        name: str,
        message: str | None,
        header: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Check the package against a workflow.

        Args:
            configuration: what ``workflow_configuration`` gave.
            workflow: an id, None for "none", or ``...`` for the configured default.
            name: package name.
            message: commit message.
            header: the header so far; its ``user_meta`` is checked.

        Returns:
            What a manifest's header records: id, config and schemas.

        Raises:
            WorkflowError: the package does not pass.
            LibraryError: the workflow does not exist, is required, or its schemas cannot be used.
        """
        from quilt3.util import QuiltException
        from quilt3.workflows import WorkflowValidationError

        self._package._meta = dict(header)
        try:
            validator = configuration.get_workflow_validator(workflow)
            return dict(validator.validate(name=name, pkg=self._package, message=message))
        except WorkflowValidationError as error:
            raise WorkflowError(str(error)) from error
        except QuiltException as error:
            raise LibraryError(str(error)) from error
