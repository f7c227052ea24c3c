"""Packages as a scenario knows them: who publishes, changes and deletes them, and what each revision must then hold.

What is expected is worked out here from what was asked for; what the registry holds is always looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from environment.driving.files import StoredContent
from environment.errors import SuiteError
from environment.observers.manifest import Manifest, ManifestObserver
from environment.observers.storage import StorageObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, current_outcomes
from environment.undo.log import UndoLog

NAMESPACE = "test-user"
"""The first part of the names of all packages that scenarios make."""
Files = Mapping[str, StoredContent]
"""Files by logical key."""


@dataclass(frozen=True)
class KnownRevision:
    """A revision as it was asked for, with the top hash that the registry's ``latest`` pointer held right after.

    ``top_hash`` is "" if the registry had no such package then. ``established`` says that a Given made it: what a When
    then does is judged against it.
    """

    top_hash: str
    files: Files
    metadata: Mapping[str, Any] = field(default_factory=dict)
    established: bool = False

    @property
    def checksums(self) -> dict[str, str]:
        """SHA-256 by logical key."""
        return {key: file.sha256 for key, file in self.files.items()}

    def key_of(self, name: str) -> str:
        """The logical key of the file that a scenario calls by this name, if it ends so; or else the name itself."""
        found = [key for key, file in self.files.items() if file.name == name and f"/{key}".endswith(f"/{name}")]
        return found[0] if len(found) == 1 else name

    def named(self, name: str) -> StoredContent:
        """The file that a scenario calls by this name.

        Raises:
            SuiteError: there is none, or there are several.
        """
        found = [file for file in self.files.values() if file.name == name]
        if len(found) != 1:
            known = ", ".join(sorted(file.name for file in self.files.values())) or "none"
            raise SuiteError(f'Looked for "{name}" among what was published', f"that was: {known}", "Name one of them")
        return found[0]

    def logical_key(self, file: StoredContent) -> str:
        """Where a file that was published must lie.

        Raises:
            SuiteError: it was not published.
        """
        for key, one in self.files.items():
            if (one.bucket, one.key) == (file.bucket, file.key):
                return key
        raise SuiteError(f"Looked for {file.uri} among what was published", "it was not", "Name what was published")

    @property
    def sizes(self) -> dict[str, int]:
        """Size in bytes by logical key."""
        return {key: file.size for key, file in self.files.items()}


ARRANGED_METADATA: Mapping[str, Any] = {"status": "draft"}
"""What the suite gives the packages that it makes itself."""
METADATA_TYPES: Mapping[str, str] = {"text": "string", "number": "number", "yes or no": "boolean", "list": "array"}
"""What a value of metadata can be, and what JSON Schema calls it."""


def metadata_in(table: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """The metadata in a table with the columns field, value and perhaps type; a list is separated by commas.

    Without a type the tags are a list, and everything else is text.

    Raises:
        SuiteError: a value is not of its type.
    """
    return {row["field"]: _value_of(row["field"], row["value"], row.get("type", "")) for row in table}


def _value_of(field: str, value: str, kind: str) -> Any:
    if kind == "number":
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            raise SuiteError(f"Read the {field} of the metadata", f'"{value}" is no number', "Write digits") from None
    if kind == "yes or no":
        if value not in ("yes", "no"):
            raise SuiteError(f"Read the {field} of the metadata", f'"{value}" is neither yes nor no', "Write yes or no")
        return value == "yes"
    return value.split(", ") if kind == "list" or (field == "tags" and not kind) else value


def remarks_in(table: Iterable[Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """The metadata of each file that has any, in a table with the columns file and metadata: a remark about it."""
    return {row["file"]: {"remark": row["metadata"]} for row in table if "metadata" in row}


@dataclass(frozen=True)
class Options:
    """How files are published. None leaves a choice to the product.

    Attributes:
        keeps_folders: whether files keep the folders that they have in S3, or lie side by side.
        copies: whether the registry gets copies, as QuiltOps takes it: a truth value at creation, a word at an update.
        by_version: name each file by the URI of its very version.
        one_twice: name the first file twice.
        message: what the publisher says of the revision; None is what the suite says.
        a_second_later: wait until the next second: a registry lists one revision of a package for each.
        metadata: fields and their values.
    """

    keeps_folders: bool | None = None
    copies: bool | str | None = None
    by_version: bool = False
    one_twice: bool = False
    message: str | None = None
    a_second_later: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def placed(self, files: Sequence[StoredContent], *, keeps_by_default: bool) -> dict[str, StoredContent]:
        """Files by the logical key under which they must come to lie."""
        keeps = keeps_by_default if self.keeps_folders is None else self.keeps_folders
        return {file.key if keeps else file.key.rsplit("/", 1)[-1]: file for file in files}

    def entries(self, files: Sequence[StoredContent]) -> list[str]:
        """The URIs to publish."""
        uris = [file.physical_key if self.by_version else file.uri for file in files]
        return [*uris, *uris[:1]] if self.one_twice else uris

    def arguments(self, metadata: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The options of the call that differ from the product's own choice, with metadata if any are given."""
        chosen = {"auto_organize": self.keeps_folders, "copy": self.copies, "metadata": metadata and dict(metadata)}
        return {name: value for name, value in chosen.items() if value is not None}


@dataclass
class Package:
    """A package: its full name, its bucket, and the revisions that the scenario knows of, oldest first.

    ``where`` is what features call the bucket, ``word`` what the scenario calls the package, "" if it does not.
    ``message`` is what its revisions are published with: it names the run, by which each can be undone.
    """

    name: str
    bucket: str
    message: str
    storage: StorageObserver = field(repr=False)
    manifests: ManifestObserver = field(repr=False)
    where: str = "the packages bucket"
    word: str = ""
    revisions: list[KnownRevision] = field(default_factory=list)
    attempted: Files = field(default_factory=dict)
    """What the last publication was to hold, whether it succeeded or not."""
    outcome: Outcome | None = None
    """What came of the last publication or update; None if nobody of the scenario tried."""

    def __str__(self) -> str:
        """The package in messages: by its name in the scenario, and by its full one."""
        return f'package "{self.word}" ({self.name})' if self.word else f"package {self.name}"

    @property
    def registry(self) -> str:
        """The registry that holds it, ``s3://bucket``."""
        return f"s3://{self.bucket}"

    @property
    def has_own_message(self) -> bool:
        """Whether whoever published it last gave it a message; otherwise it has the product's."""
        call = self.outcome.call if self.outcome else None
        return call is None or "message" in call.named_arguments

    @property
    def latest(self) -> KnownRevision:
        """The revision that the scenario knows as the latest.

        Raises:
            OperationFailed: it was to be published, and the product refused.
            SuiteError: the scenario knows of none.
        """
        return self.revision("latest")

    @property
    def before(self) -> KnownRevision:
        """The revision as which it must still be there if nothing has changed it.

        That is the last one that a Given made; failing that, the one before what was done to it last.

        Raises:
            OperationFailed: it was to be published, and the product refused.
            SuiteError: the scenario knows of none.
        """
        established = [revision for revision in self.revisions if revision.established]
        return established[-1] if established else self.revisions[-2] if len(self.revisions) > 1 else self.latest

    def move(self, bucket: str, word: str) -> None:
        """Let it lie in another bucket; ``word`` is what features call the bucket."""
        self.bucket, self.where = bucket, f"the {word} bucket"

    def require_success(self) -> None:
        """Pass if the last publication or update returned, or nobody of the scenario tried one.

        A refusal that a sentence has asked for leaves the package that was there before.

        Raises:
            OperationFailed: the product refused; what it was to hold cannot be judged.
        """
        if self.outcome is not None and not (self.outcome.refusal_expected and self.revisions):
            self.outcome.value  # noqa: B018 - it raises if the call did

    def first_with(self, name: str) -> KnownRevision:
        """The oldest of the known revisions that has the file of this name; the oldest of all if none has it."""
        having = (each for each in self.revisions if any(file.name == name for file in each.files.values()))
        return next(having, None) or self.revision("first")

    def revision(self, which: str) -> KnownRevision:
        """The first to fifth, the previous or the latest of the known revisions.

        Raises:
            OperationFailed: there is none, because the product refused the publication.
            SuiteError: there is no such revision.
        """
        if not self.revisions:
            self.require_success()
        place = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "previous": -2, "latest": -1}[which]
        if not -len(self.revisions) <= place < len(self.revisions):
            raise SuiteError(
                f"Looked for the {which} revision of the {self}",
                f"the scenario knows of {len(self.revisions)}",
                "Publish it in an earlier step",
            )
        return self.revisions[place]

    def top_hash(self) -> str | None:
        """What the registry's ``latest`` pointer holds now; None if there is no such package."""
        return self.storage.latest_top_hash(self.bucket, self.name)

    def manifest(self) -> Manifest:
        """The latest revision that the registry holds now, seen by quilt3.

        Raises:
            AssertionError: it holds no such package.
        """
        found = self.manifests.latest(self.bucket, self.name)
        assert found is not None, f"{self.where} holds no {self}"
        return found

    def manifest_of(self, revision: KnownRevision) -> Manifest:
        """The manifest of a known revision.

        Raises:
            AssertionError: the registry has never held it.
        """
        assert revision.top_hash, f"{self.where} holds no {self}"
        return self.manifests.revision(self.bucket, revision.top_hash)

    def held_checksums(self, manifest: Manifest) -> dict[str, str]:
        """SHA-256 by logical key of the bytes that a manifest points to."""
        return {key: self.storage.sha256(entry.physical_key) for key, entry in manifest.entries.items()}

    def note(self, files: Files, metadata: Mapping[str, Any]) -> None:
        """Note that a revision of these files and this metadata was made just now."""
        register = current_outcomes()
        established = register is None or register.step_type == "given"
        self.revisions.append(KnownRevision(self.top_hash() or "", dict(files), dict(metadata), established))


@dataclass(frozen=True)
class NewPackages:
    """Makes packages known to a scenario: under names that nobody used, or under one that is given literally."""

    bucket: str
    undo: UndoLog
    names: Names
    storage: StorageObserver
    manifests: ManifestObserver

    def known(self, name: str, word: str = "") -> Package:
        """A package that is there already, or that nobody makes."""
        message = message_of_run(self.names.run)
        return Package(name, self.bucket, message, self.storage, self.manifests, word=word)

    def booked(self, name: str, word: str = "", *, bucket: str | None = None, where: str = "") -> Package:
        """A package that is going to be made under this name, which the scenario calls by the word if one is given.

        It will be in the packages bucket, unless another one is given with what features call it, ``where``.
        """
        package = self.known(name, word)
        if bucket is not None:
            package.move(bucket, where)
        if name:
            self.undo.book("package", f"the package {name}", bucket=package.bucket, name=name, run=self.names.run)
        return package

    def new(self, word: str = "", *, bucket: str | None = None, where: str = "") -> Package:
        """A package that is going to be made under a name of its own, which holds the word if one is given."""
        return self.booked(self.new_name(word), word, bucket=bucket, where=where)

    def new_name(self, word: str = "") -> str:
        """A package name that nobody used."""
        return self.names.package_called(word, NAMESPACE) if word else self.names.package_name(NAMESPACE)


@dataclass(frozen=True)
class PackageRevision:
    """A revision of a package; ``is_latest`` if the sentence means whatever is the latest now."""

    package: Package
    known: KnownRevision | None
    is_latest: bool

    def published(self) -> Manifest:
        """What the registry holds of it, after the last publication has succeeded.

        Raises:
            OperationFailed: the product refused it.
            AssertionError: the registry holds nothing.
        """
        self.package.require_success()
        return self.manifest()

    def manifest(self) -> Manifest:
        """What the registry holds of it.

        Raises:
            AssertionError: nothing.
        """
        if self.is_latest or self.known is None:
            return self.package.manifest()
        return self.package.manifest_of(self.known)

    def top_hash(self) -> str:
        """Its top hash as the registry has it.

        Raises:
            AssertionError: the registry has no such package.
        """
        return self.manifest().top_hash if self.is_latest or self.known is None else self.known.top_hash

    def with_hash(self, top_hash: str) -> PackageRevision:
        """The revision of the same package whose top hash is given, whether there is one or not."""
        return PackageRevision(self.package, KnownRevision(top_hash, {}), is_latest=False)

    def expected(self) -> KnownRevision:
        """What it must hold.

        Raises:
            SuiteError: the scenario published nothing.
        """
        return self.known or self.package.latest


def message_in(text: str, run_message: str) -> str:
    """A publisher's message, which also names the run."""
    return f"{text} ({run_message})"


def message_of_run(run: str) -> str:
    """A message that names this process's run: workers then share no manifest, and each can undo its packages whole."""
    return f"Published by run {run}"
