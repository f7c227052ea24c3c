"""What people do with packages, each in one word; what must then hold is noted with the package."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from posixpath import commonpath
from typing import Any

from environment.driving.files import StoredContent
from environment.driving.packages import Options, Package, PackageRevision, message_in
from environment.driving.session import Session
from environment.errors import SuiteError
from environment.product.outcome import Outcome, attempt

SECOND = 1.05
"""Longer than what the names of pointers tell apart (registry facts 7.1)."""
_INTO_THE_SECOND = 0.02
LEFT_OUT = object()
"""In place of an argument's value: the call does without the argument."""


def create(persona: Session, package: Package, entries: Sequence[str | None], **how: Any) -> Outcome:
    """Create a package of entries, in the words of the run; ``how`` are the options of the call."""
    how = {"registry": persona.registry_of(package.registry), "message": package.message, **how}
    return attempt(persona.ops.create_package_revision, package.name, entries, **_given(how))


def update(persona: Session, package: Package, entries: Sequence[str | None], **how: Any) -> Outcome:
    """Update a package with entries, in the words of the run; ``how`` are the options of the call."""
    how = {"registry": persona.registry_of(package.registry), "message": package.message, **how}
    return attempt(persona.ops.update_package_revision, package.name, entries, **_given(how))


def publish(
    persona: Session,
    package: Package,
    files: Sequence[StoredContent],
    options: Options | None = None,
    metadata: Mapping[str, Any] | None = None,
    given: Mapping[str, Any] | None = None,
) -> Outcome:
    """Publish files that lie in S3 as a package; what it must then hold is noted if the call returns.

    ``given`` are arguments of the call as a program gives them, in place of those that follow from the rest.
    """
    options = options or Options()
    metadata = _described(options, metadata)
    package.attempted = options.placed(files, keeps_by_default=True)
    how = _how(persona, package, options, metadata)
    package.outcome = outcome = create(persona, package, options.entries(files), **{**how, **(given or {})})
    if outcome.succeeded:
        package.note(package.attempted, metadata or {})
    return outcome


def publish_folder(persona: Session, package: Package, files: Sequence[StoredContent], options: Options) -> Outcome:
    """Let the MCP server publish all that lies in the folder of these files, which keep their places."""
    package.attempted = options.placed(files, keeps_by_default=True)
    prefix = f"{commonpath([file.key.rpartition('/')[0] for file in files])}/"
    place = {"bucket": files[0].bucket, "prefix": prefix, "registry": persona.registry_of(package.registry)}
    package.outcome = outcome = attempt(persona.server.publish_folder, package.name, **place)
    if outcome.succeeded:
        package.note(package.attempted, {})
    return outcome


def add(
    persona: Session,
    package: Package,
    files: Sequence[StoredContent],
    options: Options | None = None,
    metadata: Mapping[str, Any] | None = None,
    given: Mapping[str, Any] | None = None,
) -> Outcome:
    """Add files to a package, or put them in the place of those that it has under the same logical keys.

    ``given`` are arguments of the call as a program gives them, in place of those that follow from the rest.
    """
    options = options or Options()
    metadata = _described(options, metadata)
    how = _how(persona, package, options, metadata)
    package.outcome = outcome = update(persona, package, options.entries(files), **{**how, **(given or {})})
    if outcome.succeeded:
        before, added = package.latest, options.placed(files, keeps_by_default=False)
        package.note({**before.files, **added}, {**before.metadata, **(metadata or {})})
    return outcome


def _described(options: Options, metadata: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What the options and the metadata given besides say of a package; None if neither says anything."""
    return {**options.metadata, **(metadata or {})} if options.metadata else metadata


def _how(persona: Session, package: Package, options: Options, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """The options of a call, when its time has come."""
    await_moment(persona, options)
    said = {} if options.message is None else {"message": message_in(options.message, package.message)}
    return {**options.arguments(metadata), **said}


def await_moment(persona: Session, options: Options) -> None:
    """Wait for the next second, if the options say so: where there is one clock, until it shows another second."""
    if options.a_second_later:
        one_clock = persona.target.is_on_this_machine
        time.sleep(1 - time.time() % 1 + _INTO_THE_SECOND if one_clock else SECOND)


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not LEFT_OUT}


def copy(persona: Session, package: Package, made: Package, options: Options | None = None) -> Outcome:
    """Publish what a package holds, with its metadata, as another one that keeps the same logical keys."""
    latest = package.latest
    keeps = all(file.key == key for key, file in latest.files.items())
    options = replace(options or Options(), keeps_folders=keeps)
    described = {**latest.metadata, **options.metadata}
    return publish(persona, made, list(latest.files.values()), options, described)


def bring_back(persona: Session, revision: PackageRevision, options: Options | None = None) -> Outcome:
    """Publish a package again with the files and the metadata of one of its revisions, as they lie in S3.

    Decision: QuiltOps has no operation that goes back; a revision stays, so it can be published once more.
    """
    was = revision.expected()
    keeps = all(file.key == key for key, file in was.files.items())
    options = replace(options or Options(), keeps_folders=keeps)
    return publish(persona, revision.package, list(was.files.values()), options, was.metadata)


def remove(
    persona: Session, package: Package, files: Sequence[StoredContent], options: Options | None = None
) -> Outcome:
    """Publish a revision of all files but these.

    Decision: QuiltOps has no operation that takes files away, and its update only adds. What it has is pushing a
    revision of exactly the files named ("Create and push a package revision in a single operation").
    """
    gone = {file.uri for file in files}
    rest = [file for file in package.latest.files.values() if file.uri not in gone]
    if len(rest) + len(gone) != len(package.latest.files):
        raise SuiteError(f"Removed files from the {package}", "it does not hold them", "Name files that it holds")
    keeps = all("/" in key for key in package.latest.files)
    return publish(persona, package, rest, replace(options or Options(), keeps_folders=keeps))


def delete(persona: Session, package: Package) -> Outcome:
    """Delete a package with all its revisions."""
    return attempt(persona.ops.delete_package, package.bucket, package.name)


def browse(persona: Session, package: Package, path: object = "", **given: Any) -> Outcome:
    """Look into a package, at its top unless told otherwise."""
    how = _given({"registry": persona.registry_of(package.registry), "path": path, **given})
    return attempt(persona.ops.browse_content, package.name, **how)


def walk(persona: Session, package: Package, path: str = "") -> dict[str, int | None]:
    """Sizes by path of all files of a package, folder by folder, as a person would click through it.

    Raises:
        AssertionError: an entry is there twice, or does not lie in the folder that shows it.
    """
    files: dict[str, int | None] = {}
    for entry in browse(persona, package, path).value:
        inner = entry.path.rstrip("/")
        assert inner != path, f"{path} shows itself as one of its entries"
        found = {entry.path: entry.size} if entry.type == "file" else walk(persona, package, inner)
        twice = files.keys() & found.keys()
        assert not twice, f"files are there twice: {', '.join(sorted(twice))}"
        files |= found
    return files


def link(persona: Session, package: Package, path: str) -> Outcome:
    """Ask for a link that downloads one file of a package."""
    return attempt(persona.ops.get_content_url, package.name, registry=persona.registry_of(package.registry), path=path)


def details(persona: Session, package: Package) -> Outcome:
    """Ask for what the registry knows about a package."""
    return attempt(persona.ops.get_package_info, package.name, registry=persona.registry_of(package.registry))


def metadata(persona: Session, package: Package) -> Outcome:
    """Ask for the metadata of a package."""
    return attempt(persona.ops.get_package_metadata, package.name, registry=persona.registry_of(package.registry))


def compare(persona: Session, one: PackageRevision, other: PackageRevision, **given: Any) -> Outcome:
    """Compare two revisions; the latest one of a package is asked for without its top hash, unless one is given."""
    hashes = {
        name: revision.known.top_hash
        for name, revision in (("package1_hash", one), ("package2_hash", other))
        if revision.known is not None and not revision.is_latest
    }
    names = one.package.name, other.package.name
    how = _given({"registry": persona.registry_of(one.package.registry), **hashes, **given})
    return attempt(persona.ops.diff_packages, *names, **how)


def search(persona: Session, text: str, registry: str | None = None) -> Outcome:
    """Search the packages of a registry, the test environment's own unless another is given."""
    return attempt(persona.ops.search_packages, text, registry=registry or persona.registry)


def found_names(outcome: Outcome) -> list[str]:
    """Names of the packages that a search gave, sorted, each as often as it is there."""
    return sorted(package.name for package in outcome.value)
