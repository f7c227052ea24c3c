"""What a scenario knows of its packages: what each revision must hold, and against which one a change is judged."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import Mock

import pytest

from environment.driving.files import StoredContent
from environment.driving.packages import Options, Package, PackageRevision
from environment.driving.refusals import refused_with
from environment.errors import SuiteError
from environment.product.outcome import Call, OperationFailed, Outcome, Outcomes, registered_in

YIELDS = StoredContent("yields.csv", "bucket", "folder/yields.csv", "v1", 3, "aa")
SOIL = StoredContent("soil.csv", "bucket", "folder/soil.csv", None, 4, "bb")


@pytest.fixture
def package() -> Package:
    storage = Mock()
    storage.latest_top_hash.side_effect = ["first", "second", "third"]
    return Package("test-user/yields", "bucket", "Published by run x", storage, Mock())


def test_folders_are_kept_or_not_as_the_operation_has_it_by_default() -> None:
    assert set(Options().placed([YIELDS], keeps_by_default=True)) == {"folder/yields.csv"}
    assert set(Options().placed([YIELDS], keeps_by_default=False)) == {"yields.csv"}
    assert set(Options(keeps_folders=False).placed([YIELDS], keeps_by_default=True)) == {"yields.csv"}


def test_entries_name_files_versions_and_repetitions() -> None:
    assert Options().entries([YIELDS, SOIL]) == ["s3://bucket/folder/yields.csv", "s3://bucket/folder/soil.csv"]
    assert Options(by_version=True).entries([YIELDS]) == ["s3://bucket/folder/yields.csv?versionId=v1"]
    assert Options(one_twice=True).entries([SOIL]) == ["s3://bucket/folder/soil.csv"] * 2


def test_revisions_are_told_by_their_place(package: Package) -> None:
    package.note({"yields.csv": YIELDS}, {})
    package.note({"soil.csv": SOIL}, {})
    hashes = {which: package.revision(which).top_hash for which in ("first", "previous", "latest")}
    assert hashes == {"first": "first", "previous": "first", "latest": "second"}
    with pytest.raises(SuiteError, match="the third revision of the package test-user/yields: the scenario knows of 2"):
        package.revision("third")


def test_the_third_revision_is_one_of_its_own(package: Package) -> None:
    for _ in range(3):
        package.note({"yields.csv": YIELDS}, {})
    assert package.revision("third").top_hash == "third"


def test_unchanged_is_what_a_given_made(package: Package) -> None:
    with registered_in(Outcomes()) as outcomes:
        outcomes.begin_step("given")
        package.note({"yields.csv": YIELDS}, {})
        outcomes.begin_step("when")
        package.note({"soil.csv": SOIL}, {})
    assert package.before.top_hash == "first"


def test_unchanged_without_a_given_is_what_was_there_before_the_last_change(package: Package) -> None:
    with registered_in(Outcomes()) as outcomes:
        outcomes.begin_step("when")
        package.note({"yields.csv": YIELDS}, {})
        assert package.before.top_hash == "first"
        package.note({"soil.csv": SOIL}, {})
    assert package.before.top_hash == "first"


def test_what_was_to_be_published_and_was_refused_fails_with_the_refusal(package: Package) -> None:
    package.outcome = Outcome("create_package_revision", "", "Dana", 0.0, 0.0, error=ValueError("no"))
    with pytest.raises(
        OperationFailed,
        match=r"^Dana could not publish the package: Dana's create_package_revision failed: ValueError: no",
    ):
        _ = package.latest
    with pytest.raises(OperationFailed):
        PackageRevision(package, None, is_latest=True).published()


def test_a_file_is_found_by_the_name_that_the_scenario_gave_it(package: Package) -> None:
    package.note({"folder/yields.csv": YIELDS}, {})
    known = package.latest
    assert known.key_of("yields.csv") == "folder/yields.csv"
    assert known.key_of("unknown.csv") == "unknown.csv"
    assert known.logical_key(YIELDS) == "folder/yields.csv"
    package.note({"yields.csv": replace(YIELDS, name="raw/yields.csv")}, {})
    assert package.latest.key_of("raw/yields.csv") == "raw/yields.csv", "it lies in no folder, whatever it was called"
    package.note({"folder/yields.csv": YIELDS}, {})
    with pytest.raises(SuiteError, match=r'Looked for "soil.csv" among what was published: that was: yields.csv'):
        known.named("soil.csv")
    with pytest.raises(SuiteError, match="Looked for s3://bucket/folder/soil"):
        known.logical_key(SOIL)


def test_a_file_is_as_first_published_in_the_first_revision_that_has_it(package: Package) -> None:
    package.note({"yields.csv": YIELDS}, {})
    package.note({"yields.csv": YIELDS, "soil.csv": SOIL}, {})
    first, second = package.revisions
    assert package.first_with("soil.csv") is second
    assert package.first_with("yields.csv") is first
    assert package.first_with("unknown.csv") is first


def test_a_package_that_moved_is_told_with_its_bucket(package: Package) -> None:
    package.move("real-remote", "remote")
    assert (package.registry, package.where) == ("s3://real-remote", "the remote bucket")


def test_a_refusal_that_was_asked_for_leaves_the_package_as_it_was(package: Package) -> None:
    """Only who expected no refusal cannot judge what came of it; of a package that never was, nothing can be judged."""
    refused = Outcome("update_package_revision", "()", "Lee", 0.0, 1.0, error=PermissionError("no"))
    package.note({"yields.csv": YIELDS}, {})
    package.outcome = refused
    with pytest.raises(OperationFailed):
        package.require_success()
    with pytest.raises(AssertionError):
        refused.refusal(ValueError)  # of another kind than the sentence says
    package.require_success()
    package.revisions.clear()
    with pytest.raises(OperationFailed):
        package.require_success()


@pytest.mark.parametrize(("given", "own"), [({"message": "Late plots"}, True), ({}, False)])
def test_whoever_gives_no_message_gets_the_products(package: Package, given: dict[str, object], own: bool) -> None:
    call = Call("QuiltOps", "local", True, "create_package_revision", (), given)
    package.outcome = Outcome("create_package_revision", "()", "Dana", 0.0, 1.0, call=call)
    assert package.has_own_message is own


def test_a_refused_deletion_has_a_sentence_of_its_own() -> None:
    refused = Outcome("delete_package", "()", "Lee", 0.0, 1.0, result=False)
    with pytest.raises(SuiteError, match='Say "the deletion is refused"'):
        refused_with(refused)
    with pytest.raises(AssertionError, match="was to be refused"):
        refused_with(Outcome("delete_package", "()", "Lee", 0.0, 1.0, result=True))
