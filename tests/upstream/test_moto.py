"""What moto gets wrong and `quilt_stack.aws` repairs. A test that passes unexpectedly says that its repair can go.

`docs/patches.md` names the repair of each; the tests of the repaired side are in tests/quilt_stack.
"""

from __future__ import annotations

from typing import Any

import pytest

not_yet = pytest.mark.xfail(strict=True, raises=AssertionError, reason="moto does otherwise, and is repaired")


def hold(seen: str, stock: str, mended: str) -> None:
    """Fail as long as stock moto is seen; anything unknown is an error, not an expected failure."""
    if seen not in (stock, mended):
        raise LookupError(f"moto neither does what it did ({stock}) nor what it should ({mended}): {seen}")
    assert seen == mended


@pytest.mark.slow
@not_yet
def test_services_are_listed_once(moto: dict[str, Any]) -> None:
    hold(moto["services"], "2 listings", "1 listings")


@pytest.mark.slow
@not_yet
def test_a_date_is_parsed_once(moto: dict[str, Any]) -> None:
    hold(moto["dates"], "2 parsings", "1 parsings")


@not_yet
def test_listing_versions_copies_no_bodies(moto: dict[str, Any]) -> None:
    hold(moto["versions"], "copies", "no copies")


@not_yet
def test_records_of_events_name_the_version(moto: dict[str, Any]) -> None:
    hold(moto["announcements"], "without", "with a version")


@not_yet
def test_completing_a_multipart_upload_shows_its_checksum(moto: dict[str, Any]) -> None:
    hold(moto["multipart"], "none", "a checksum")


@not_yet
def test_wrong_checksums_are_refused(moto: dict[str, Any]) -> None:
    hold(moto["wrong_checksum"], "accepted", "BadDigest")


@not_yet
def test_a_delete_marker_is_not_readable_by_its_version_id(moto: dict[str, Any]) -> None:
    hold(moto["marker"], "NoSuchVersion", "MethodNotAllowed")


@not_yet
def test_quiet_delete_objects_answers_errors_alone(moto: dict[str, Any]) -> None:
    hold(moto["quiet"], "what was deleted", "nothing")


@not_yet
def test_suspended_versioning_keeps_versions(moto: dict[str, Any]) -> None:
    hold(moto["suspended"], "1 versions", "2 versions")


@not_yet
def test_restoring_takes_time(moto: dict[str, Any]) -> None:
    hold(moto["restoring"], "accepted", "InvalidObjectState")


@not_yet
def test_buckets_are_listed_in_pages(moto: dict[str, Any]) -> None:
    hold(moto["pages"], "no token", "a token")


@not_yet
def test_glue_lists_in_pages(moto: dict[str, Any]) -> None:
    hold(moto["glue_pages"], "no token", "a token")


@not_yet
def test_a_json_service_is_refused_in_json(moto: dict[str, Any]) -> None:
    hold(moto["json_refusal"], "403", "AccessDeniedException")


@not_yet
def test_a_condition_that_does_not_hold_gives_no_permission(moto: dict[str, Any]) -> None:
    hold(moto["condition"], "accepted", "AccessDenied")


@not_yet
def test_an_ended_session_is_refused(moto: dict[str, Any]) -> None:
    hold(moto["ended_session"], "accepted", "ExpiredToken")


@not_yet
def test_a_web_identity_that_nobody_vouches_for_is_refused(moto: dict[str, Any]) -> None:
    hold(moto["web_identity"], "accepted", "InvalidIdentityToken")


@not_yet
def test_athena_executes(moto: dict[str, Any]) -> None:
    hold(moto["athena"], "0 rows", "2 rows")


@not_yet
def test_cloudformation_refuses_unknown_types(moto: dict[str, Any]) -> None:
    hold(moto["unknown_type"], "accepted", "ValidationError")


@not_yet
def test_cloudformation_makes_budgets(moto: dict[str, Any]) -> None:
    hold(moto["budget"], "0 budgets", "1 budgets")


@not_yet
def test_an_executed_change_set_gives_outputs(moto: dict[str, Any]) -> None:
    hold(moto["change_set"], "0 outputs", "1 outputs")


@not_yet
def test_drift_is_detected(moto: dict[str, Any]) -> None:
    hold(moto["drift"], "not implemented", "accepted")


@not_yet
def test_costs_name_their_days(moto: dict[str, Any]) -> None:
    hold(moto["costs"], "0 days", "2 days")


@not_yet
def test_a_part_of_a_body_is_read_alone(moto: dict[str, Any]) -> None:
    hold(moto["part_of_a_body"], "the whole", "a part")


@not_yet
def test_moto_is_reset_by_a_public_name(moto: dict[str, Any]) -> None:
    hold(moto["resetting"], "no public name", "a public name")
