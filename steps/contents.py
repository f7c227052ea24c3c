"""What a package holds: its files, their bytes and places, its metadata and its revisions, in S3 and in quilt3."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urlsplit

from pytest_bdd import then

from environment.checking.comparing import must_agree, must_be_empty, must_be_exactly, must_not_be_empty
from environment.driving.files import AS_FIRST_PUBLISHED, CORRECTED, StoredContent, content_of
from environment.driving.packages import Options, Package, PackageRevision, message_in, metadata_in
from environment.driving.refusals import refused_with
from environment.driving.session import Session
from environment.errors import failure_in_words, told_as
from environment.gherkin.references import ValueKind, parse, register
from environment.gherkin.step_arguments import Rows, columns
from environment.gherkin.values import listed
from environment.observers.manifest import ManifestEntry
from environment.observers.registry import RegistryObserver
from environment.observers.storage import POINTERS, StorageObserver
from environment.product.outcome import Outcome
from environment.targets.target import Target
from steps.kinds import CONTENT_HELD, TYPE

ASPECTS: Mapping[str, Callable[[ManifestEntry], object]] = {
    "place": lambda entry: entry.physical_key,
    "size": lambda entry: entry.size,
    "hash": lambda entry: entry.hash_value,
    "metadata": lambda entry: entry.metadata,
}
"""What a manifest says of a file."""
_MOST_TOLD = 3
"""How many files a failure in words names."""
FILES, METADATA, TOP_HASH = "files", "metadata", "top hash"

register(
    listed("PackageParts", [FILES, METADATA, TOP_HASH]),
    listed("FileAspects", list(ASPECTS)),
)


@then(parse("{revision:Revision} holds exactly {files:Files}, byte for byte"))
def holds_files(revision: PackageRevision, files: tuple[StoredContent, ...]) -> None:
    """Each file is under its logical key with the bytes that it has in S3 now, and nothing else is there."""
    held = revision.package.held_checksums(revision.published())
    if files:
        must_agree(held, {revision.expected().logical_key(file): file.sha256 for file in files}, "files")
    else:
        must_be_empty(held, "files")


@then(parse("{revision:Revision} holds exactly these files:"))
@columns("file", optional=("content",), cells={"content": CONTENT_HELD})
def holds_these_files(revision: PackageRevision, datatable: Rows) -> None:
    """These files and no others; content is `as first published`, `corrected`, or as written when publishing."""
    held = revision.package.held_checksums(revision.published())
    known = revision.expected()
    keys = {row["file"]: known.key_of(row["file"]) for row in datatable}
    must_be_exactly(held, keys.values(), "files")
    said = {row["file"]: row["content"] for row in datatable if row.get("content")}
    wanted = {name: _checksum(revision.package, name, words) for name, words in said.items()}
    other = [name for name, digest in wanted.items() if held[keys[name]] != digest]
    if other:
        digests = ", ".join(f"{keys[name]} is {held[keys[name]]!r}, not {wanted[name]!r}" for name in other)
        plain = "; ".join(f'the bytes of "{name}" are not {said[name]}' for name in other)
        raise failure_in_words(f"files differ: {digests}", plain)


@then(parse("{revision:Revision} is unchanged"))
def is_unchanged(revision: PackageRevision) -> None:
    """An audit finds its files, byte for byte; the latest revision of a package is the one it had before."""
    known = revision.package.before if revision.is_latest else revision.expected()
    manifest = revision.manifest()
    if manifest.top_hash != known.top_hash:
        changed = f"the latest revision is {manifest.top_hash}, not {known.top_hash}"
        package = f'the package "{revision.package.word or revision.package.name}"'
        raise failure_in_words(changed, f"{package} has {'a new' if revision.is_latest else 'another'} revision")
    if known.checksums:
        must_agree(revision.package.held_checksums(manifest), known.checksums, "files")
    else:
        must_be_empty(manifest.entries, "files")


@then(parse("{package:Package} has a new revision"))
def has_new_revision(package: Package) -> None:
    """Its latest revision is not the one it had before."""
    package.require_success()
    assert package.top_hash() != package.before.top_hash, f"the latest revision is still {package.before.top_hash}"


@then(parse("{package:Package} does not exist"))
def does_not_exist(package: Package, storage_observer: StorageObserver, registry_observer: RegistryObserver) -> None:
    """S3 has no pointer of that name, and the registry's GraphQL knows no such package."""
    pointers = storage_observer.keys(package.bucket, f"{POINTERS}{package.name}/") if package.name else []
    with told_as(f'the package "{package.word or package.name}" exists'):
        must_be_empty(pointers, "pointers of the package")
    if package.name.count("/") == 1:
        assert registry_observer.package(package.bucket, package.name) is None, (
            f"{package.where} still holds the {package}"
        )


@then(parse("{package:Package} is either complete or absent"))
def whole_or_not_at_all(package: Package) -> None:
    """Its manifest and all its files are there, or nothing is, which is allowed only if publishing was refused."""
    if package.top_hash() is None:
        assert not package.revisions, "it was not refused, and yet there is no package"
        return
    wanted = {key: file.sha256 for key, file in package.attempted.items()}
    must_agree(package.held_checksums(package.manifest()), wanted, "files")


@then(parse('{revision:Revision} has the message "{message:Text}"'))
def has_message(revision: PackageRevision, message: str, registry_observer: RegistryObserver) -> None:
    """The registry has the message that the revision's author gave it; the suite appends the run's name.

    Without the argument, it is the product's default message, which has nothing appended.
    """
    revision.package.require_success()
    package = revision.package
    wanted = message_in(message, package.message) if package.has_own_message else message
    known = registry_observer.package(package.bucket, package.name, revision.top_hash())
    assert known is not None, f"{package.where} holds no {package}"
    must_agree({"message": known["revision"]["message"]}, {"message": wanted}, "fields of the revision")


@then(parse("{package:Package} has {count:RevisionCount}"))
def has_revisions(package: Package, count: int, registry_observer: RegistryObserver) -> None:
    """The registry's GraphQL lists this many; those with the same files, metadata and message count as one."""
    package.require_success()
    listed = registry_observer.revision_hashes(package.bucket, package.name)
    assert listed, f"{package.where} holds no {package}"
    hashes = set(listed)
    revisions = "1 revision" if len(hashes) == 1 else f"{len(hashes)} revisions"
    hint = ""
    if len(hashes) < len(listed):
        hint = "; some have the same files, metadata and message, which makes them one: give each a message of its own"
    elif 0 < len(hashes) < count:
        hint = '; of those made within one second a registry lists one: add ", a second later" to the later one'
    assert len(hashes) == count, f"the {package} has {revisions}, not {count}{hint}"


@then(parse("{revision:Revision} has {count:FileCount}"))
def has_so_many_files(revision: PackageRevision, count: int) -> None:
    """Its manifest in S3 lists this many."""
    held = len(revision.published().entries)
    assert held == count, f"the {revision.package} has {'1 file' if held == 1 else f'{held:,} files'}, not {count:,}"


@then(parse("{revision:Revision} has exactly this metadata:"))
@columns("field", "value", optional=("type",), cells={"type": TYPE})
def has_metadata(revision: PackageRevision, datatable: Rows) -> None:
    """These fields with these values, and no others; tags are a list, all else is text, unless a type is given."""
    must_agree(revision.published().metadata, metadata_in(datatable), "metadata fields")


@then(parse("{revision:Revision} has no metadata"))
def has_no_metadata(revision: PackageRevision) -> None:
    """No field at all, as the registry keeps them."""
    must_be_empty(revision.published().metadata, "metadata fields")


@then(parse("every file of {earlier:Revision} is still in {package:Package}, with the same {aspects:FileAspects}"))
def files_are_untouched(earlier: PackageRevision, package: Package, aspects: tuple[str, ...]) -> None:
    """For each file of the earlier revision, the latest manifest has the same values."""
    before, after = earlier.published().entries, package.manifest().entries
    if "metadata" in aspects:
        must_not_be_empty([key for key, entry in before.items() if entry.metadata], "files with metadata of their own")
    for aspect in aspects:
        of = ASPECTS[aspect]
        wanted = {key: of(entry) for key, entry in before.items()}
        must_agree({key: of(after[key]) for key in before if key in after}, wanted, f"{aspect} of the files")


@then(parse("every file of {package:Package} is the exact version that was published, and none was copied"))
def is_exact_version(package: Package, storage_observer: StorageObserver, target: Target) -> None:
    """Each physical key is the bucket, key and version that was published.

    No object is where copies would be (registry facts 7.7).
    """
    package.require_success()
    found = {key: entry.physical_key for key, entry in package.manifest().entries.items()}
    must_agree(found, {key: file.physical_key for key, file in package.latest.files.items()}, "physical keys")
    copies = storage_observer.keys(target.buckets.packages, f"{package.name}/")
    must_be_empty(copies, "objects in the packages bucket")


@then(parse("every file of {revision:Revision} is in the {bucket:Bucket} bucket"))
def lies_in_bucket(revision: PackageRevision, bucket: str, target: Target) -> None:
    """Each file that was published has a physical key in that bucket."""
    entries = revision.published().entries
    places = {key: urlsplit(entry.physical_key).netloc for key, entry in entries.items()}
    names = {name: word for word, name in target.buckets.model_dump().items()}
    told = [
        f"{key} is in the {names.get(found, found)} bucket, not in the {bucket} bucket"
        for key, found in places.items()
        if found != getattr(target.buckets, bucket)
    ]
    more = [f"and {len(told) - _MOST_TOLD} more"] if len(told) > _MOST_TOLD else []
    with told_as("; ".join([*told[:_MOST_TOLD], *more])):
        must_agree(places, dict.fromkeys(revision.expected().files, getattr(target.buckets, bucket)), "buckets")


@then(parse("{persona:Persona} is refused, or {package:Package} holds all of {files:Files}"))
def no_file_is_lost(persona: Session, package: Package, files: tuple[StoredContent, ...]) -> None:
    """Either a ValidationError and no package, or every file's bytes in the package, under whatever names."""
    outcome: Outcome = persona.last_outcome("create_package_revision", "update_package_revision")
    if outcome.error is not None:
        outcome.refusal(import_module("quilt_mcp.ops.exceptions").ValidationError)
        assert package.top_hash() is None, "it was refused, and yet there is a package"
        return
    kept = package.held_checksums(package.manifest()).values()
    lost = [file.uri for file in files if file.sha256 not in kept]
    assert not lost, f"lost silently: {', '.join(lost)}"


@dataclass(frozen=True)
class Holding:
    """How files are kept in a package: whether in their folders, and whether copied; None if either will do."""

    keeps_folders: bool | None
    copied: bool | None = None


HOLDINGS = {
    "side by side": Holding(keeps_folders=False),
    "with or without their folders": Holding(keeps_folders=None),
    "in their folders and not copied": Holding(keeps_folders=True, copied=False),
    "side by side and not copied": Holding(keeps_folders=False, copied=False),
    "side by side and copied": Holding(keeps_folders=False, copied=True),
}
register(ValueKind("Holding", "|".join(HOLDINGS), HOLDINGS.__getitem__, tuple(HOLDINGS)))


@then(
    parse(
        "{persona:Persona} is refused with nothing changed, "
        + "or finds {files:Files} in {package:Package}, {holding:Holding}"
    )
)
def is_refused_or_holds(persona: Session, files: tuple[StoredContent, ...], package: Package, holding: Holding) -> None:
    """One of QuiltOps's errors, and the package as before; or success, with these files besides the earlier ones."""
    outcome: Outcome = persona.last_outcome("create_package_revision", "update_package_revision")
    known = [revision for revision in package.revisions if revision.established]
    before = known[-1] if known else None
    if outcome.error is not None:
        refused_with(outcome)
        found, wanted = package.top_hash(), before.top_hash if before else None
        assert found == wanted, f"it was refused, and yet the latest revision is {found}, not {wanted}"
        return
    manifest = package.manifest()
    held = package.held_checksums(manifest)
    added = Options(keeps_folders=holding.keeps_folders).placed(files, keeps_by_default=True)
    everything = {**(before.files if before else {}), **added}
    if holding.keeps_folders is None:
        must_be_exactly(held.values(), [file.sha256 for file in everything.values()], "contents")
        return
    must_agree(held, {key: file.sha256 for key, file in everything.items()}, "files")
    if holding.copied is not None:
        places = {key: urlsplit(manifest.entries[key].physical_key) for key in added}
        copied = {
            key: (place.netloc, place.path) != urlsplit(added[key].physical_key)[1:3] for key, place in places.items()
        }
        must_agree(copied, dict.fromkeys(added, holding.copied), "files copied")


@then(parse("{one:Revision} and {other:Revision} have the same {parts:PackageParts}"))
def revisions_have_the_same(one: PackageRevision, other: PackageRevision, parts: tuple[str, ...]) -> None:
    """The same names with the same bytes, the same metadata, wherever the files are and however they were published.

    Top hashes are the same, whatever the name, only if the files' places and the message are the same.
    """
    if TOP_HASH in parts:
        must_agree(_facts(other), _facts(one), "packages")
    else:
        must_agree(_content(other, parts), _content(one, parts), "packages")


def _content(revision: PackageRevision, parts: tuple[str, ...]) -> dict[str, object]:
    manifest = revision.manifest()
    must_be_exactly(manifest.entries, revision.expected().files, f"files of the {revision.package}")
    files = revision.package.held_checksums(manifest) if FILES in parts else {}
    return {**files, **({METADATA: manifest.metadata} if METADATA in parts else {})}


def _facts(revision: PackageRevision) -> dict[str, object]:
    manifest = revision.manifest()
    must_be_exactly(manifest.entries, revision.expected().files, f"files of the {revision.package}")
    entries = {
        key: (entry.physical_key, entry.size, entry.hash_value, entry.metadata)
        for key, entry in manifest.entries.items()
    }
    return {**entries, "metadata": manifest.metadata, "message": manifest.message, "top hash": manifest.top_hash}


def _checksum(package: Package, name: str, words: str) -> str:
    if words == AS_FIRST_PUBLISHED:
        return package.first_with(name).named(name).sha256
    if words == CORRECTED:
        first, latest = package.first_with(name).named(name).sha256, package.latest.named(name).sha256
        assert first != latest, f"{name} was never corrected"
        return latest
    meant = {hashlib.sha256(content_of(words, label)).hexdigest() for label in (name, name.rpartition("/")[2])}
    written = {file.sha256 for each in package.revisions for file in each.files.values() if file.name == name}
    # A file at a path of its own has the content of its name in the table, not of its path.
    return next(iter(meant & written), hashlib.sha256(content_of(words, name)).hexdigest())
