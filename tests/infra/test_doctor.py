"""``acceptance doctor`` on an environment that is right, and on each way in which it can be wrong.

It is asked as the nightly job asks it, with the keys of the template's role, unless a test says ``as_administrator``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import requests
from doctor_results import ADMINISTRATOR, DATA, ROLE, SCRATCH, as_administrator, result_of, results, wrong

from data.datasets.dataset_list import DATASETS
from environment.errors import SuiteError
from environment.modes import Mode
from environment.settings import REMOTE_REGION, Accounts, Buckets, LiveSettings
from infra import doctor_aws_checks, live_environment
from infra.doctor import CheckState, examine, exit_code, fit_modes
from infra.doctor_checks import CHECKS
from infra.doctor_command import doctor
from infra.rehearsal.stand_in import ROLE as RUNS_AS
from infra.rehearsal.stand_in import StandIn
from quilt_stack import Status, Surface


@contextmanager
def broken(live: StandIn, surface: Surface, path: str) -> Iterator[None]:
    live.running.control.set_fault(surface, Status(code=503), path=path, count=None)
    try:
        yield
    finally:
        live.running.control.clear_faults()


@pytest.mark.slow
@pytest.mark.parametrize(("live", "noted"), [(ROLE, []), (ADMINISTRATOR, ["credentials"])], indirect=["live"])
def test_an_environment_that_is_right_is_fit_in_both_modes(live: StandIn, noted: list[str]) -> None:
    found = results()

    assert {name: result.what for name, result in found.items() if result.state is CheckState.WRONG} == {}
    notes = [name for name, result in found.items() if result.state is CheckState.NOTE]
    assert notes == [*noted, "reference data", "baseline"]
    assert ("may list the account's users" in found["credentials"].what) is bool(noted)
    assert exit_code(list(found.values())) == 0


def test_those_whose_keys_the_doctor_has_are_the_ones_of_the_night(live: StandIn) -> None:
    """Or nothing here would be asked as the role."""
    assert f":assumed-role/{RUNS_AS}/" in result_of("AWS").what


NOT_REQUIRED = ["credentials", "protection", "Glue", "reference data", "baseline"]


@pytest.fixture(scope="module")
def keys_without_rights(peopled: StandIn) -> dict[str, str]:
    iam = peopled.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def test_a_refusal_stops_only_what_a_run_cannot_do_without(
    live: StandIn, keys_without_rights: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in keys_without_rights.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN")

    stopping = ["data bucket", "scratch bucket", "packages bucket", "restricted bucket", "remote bucket", "workgroup"]
    assert wrong(results()) == stopping
    # Those that are not required would come to a note, were there nothing before them.
    refused = {name: result_of(name) for name in NOT_REQUIRED if name != "credentials"}
    assert {result.state for result in refused.values()} == {CheckState.NOTE}
    assert "may not look at the account's users" in result_of("credentials").what


@pytest.mark.parametrize("name", NOT_REQUIRED)
def test_what_is_not_required_is_a_note_too_where_aws_does_not_answer(
    live: StandIn, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("QUILT_TEST_AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    found = result_of(name)

    assert (found.state, "AWS did not answer" in found.what) == (CheckState.NOTE, True)


def test_what_is_not_required_is_what_the_tests_say() -> None:
    assert [check.name for check in CHECKS if not check.required] == sorted(
        [*NOT_REQUIRED, "analytics bucket"], key=[check.name for check in CHECKS].index
    )


def test_the_command_says_it_without_a_secret(live: StandIn) -> None:
    output = live.command(doctor)

    assert "local mode can run; multiuser mode can run." in output
    assert "→ Run 'acceptance baseline create --target live'" in output
    for name, value in live.variables.items():
        if "TOKEN" in name or "SECRET" in name:
            assert value not in output


def test_graphql_out_of_order_leaves_local_mode(live: StandIn) -> None:
    with broken(live, Surface.REGISTRY, "^/graphql"):
        found = results()

    assert wrong(found) == ["GraphQL"]
    assert found["administrator"].state is CheckState.NOT_CHECKED
    assert fit_modes(list(found.values())) == {Mode.LOCAL}
    assert exit_code(list(found.values())) == 1
    assert exit_code(list(found.values()), frozenset({Mode.MULTIUSER})) == 2
    assert "look at the stack's health" in found["GraphQL"].advice


def test_a_catalog_that_is_down_leaves_no_mode(live: StandIn) -> None:
    with broken(live, Surface.CATALOG, "config.json"):
        output = live.command(doctor, code=2)

    assert "config.json: the answer was 503" in output
    assert "local mode cannot run; multiuser mode cannot run." in output


def test_a_catalog_that_nobody_hears_of(live: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUILT_TEST_CATALOG_URL", "http://127.0.0.1:9")

    assert "no answer (ConnectionError)" in results()["catalog"].what


@as_administrator
@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("no-such-group", "AWS answered InvalidRequestException"),
        ("primary", "its results go to nowhere, not to s3://"),
    ],
)
def test_a_workgroup_that_is_not_the_templates_is_wrong(
    live: StandIn, monkeypatch: pytest.MonkeyPatch, name: str, what: str
) -> None:
    monkeypatch.setenv("QUILT_TEST_WORKGROUP", name)
    found = result_of("workgroup")

    assert (found.state, what in found.what) == (CheckState.WRONG, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "value", "check", "what"),
    [
        ("QUILT_TEST_ADMIN_JWT_TOKEN", "", "settings", "QUILT_TEST_ADMIN_JWT_TOKEN is not set"),
        ("QUILT_TEST_JWT_TOKEN", "abc", "tokens", "it is no JWT"),
        ("AWS_REGION", "eu-west-1", "region", "AWS_REGION is eu-west-1, the catalog is in us-east-1"),
        ("AWS_SECRET_ACCESS_KEY", "wrong", "AWS", "AWS answered SignatureDoesNotMatch"),
        ("AWS_ACCESS_KEY_ID", "AKIAWRONGWRONGWRONG0", "AWS", "AWS answered InvalidClientTokenId"),
        ("AWS_PROFILE", "no-such-profile", "AWS", "no-such-profile"),
        ("QUILT_TEST_CATALOG_URL", "catalog.test", "catalog", "that is no http or https address"),
        ("QUILT_TEST_REGISTRY_URL", "http://127.0.0.1:9", "sign-in", "no answer (ConnectionError)"),
        ("QUILT_TEST_BUCKET_SCRATCH", "no-such-bucket-1", "scratch bucket", "there is no such bucket"),
        ("QUILT_TEST_BUCKET_SCRATCH", DATA, "scratch bucket", "it should be not versioned"),
        ("QUILT_TEST_WORKGROUP", "primary", "workgroup", "AWS answered AccessDeniedException"),
        ("QUILT_TEST_ALLOWED_ACCOUNTS", "999999999999", "account's mark", "not marked as a test environment"),
        ("QUILT_TEST_ALLOWED_CATALOGS", "", "catalog's mark", "not marked as a test environment"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    live: StandIn, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, check: str, what: str
) -> None:
    monkeypatch.setenv(variable, value)
    found = results()

    assert check in wrong(found)
    assert what in found[check].what
    assert found[check].advice


@pytest.mark.parametrize(
    ("kind", "name", "what"),
    [
        ("restricted", "no-such-bucket-1", "there is no such bucket"),
        ("remote", "no-such-bucket-1", "there is no such bucket"),
        ("restricted", SCRATCH, "it should be versioned"),
        ("remote", DATA, "it is in us-east-1, not in eu-west-1"),
    ],
)
def test_a_further_bucket_that_is_not_right_is_a_note(
    live: StandIn, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, what: str
) -> None:
    monkeypatch.setenv(f"QUILT_TEST_BUCKET_{kind.upper()}", name)
    found = results()

    assert (found[f"{kind} bucket"].state, wrong(found)) == (CheckState.NOTE, [])
    assert f"{what}; the few scenarios that need it will fail" in found[f"{kind} bucket"].what


def test_an_address_that_is_not_the_one_of_the_settings_is_a_note(
    live: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_TEST_USER_EMAIL", "dana@test.com")
    found = results()

    assert (found["GraphQL"].state, wrong(found)) == (CheckState.NOTE, [])
    assert "it is user@test.com, not dana@test.com" in found["GraphQL"].what


@pytest.mark.slow
@as_administrator
def test_reference_data_are_counted(live: StandIn) -> None:
    live.upload_data(*(name for name in DATASETS if name not in ("large-package", "mixed-formats")))
    live.client("s3").put_object(Bucket=DATA, Key="simple-csv/v1/file2.csv", Body=b"short")

    found = result_of("reference data")
    assert found.state is CheckState.NOTE
    assert "108 of 180 files are missing or of another size (simple-csv/v1/file2.csv…)" in found.what


@pytest.mark.parametrize(
    ("live", "reason"),
    [(ROLE, "AWS answered AccessDenied"), (ADMINISTRATOR, "is not marked as a test environment")],
    indirect=["live"],
)
def test_a_further_bucket_without_the_mark_is_wrong_as_no_run_would_begin(
    live: StandIn, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    bucket = f"somebody-elses-{len(reason)}"
    live.client("s3", REMOTE_REGION).create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REMOTE_REGION}
    )
    monkeypatch.setenv("QUILT_TEST_BUCKET_REMOTE", bucket)

    found = results()
    assert (wrong(found), reason in found["remote bucket"].what) == (["remote bucket"], True)
    with pytest.raises(SuiteError, match=f"{bucket}.*{reason}"):
        live.create_users()


def test_nobody_is_sent_to_sign_in_where_nothing_answers(live: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUILT_TEST_GRAPHQL_ENDPOINT", "http://127.0.0.1:9/graphql")
    found = results()

    assert wrong(found) == ["GraphQL"]
    assert found["GraphQL"].advice.startswith("Check the network, that the stack is up")


def test_tokens_past_their_end_of_somebody_else_and_of_nobody(live: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    control = live.running.control
    monkeypatch.setenv("QUILT_TEST_JWT_TOKEN", control.issue_token("test_user", lifetime_seconds=-60))
    assert "the token expired on" in results()["tokens"].what

    monkeypatch.setenv("QUILT_TEST_JWT_TOKEN", control.issue_token("test_readonly"))
    assert "it is of test_readonly, not of test_user" in results()["GraphQL"].what

    revoked = control.issue_token("test_service")
    monkeypatch.setenv("QUILT_TEST_JWT_TOKEN", revoked)
    control.revoke_tokens("test_service")
    found = results()
    assert {"sign-in", "GraphQL", "user's AWS access"} <= set(wrong(found))
    live.take_tokens()


def test_a_token_that_ends_soon_is_a_note(live: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    token = live.running.control.issue_token("test_user", lifetime_seconds=24 * 3600)
    monkeypatch.setenv("QUILT_TEST_JWT_TOKEN", token)
    found = results()

    assert (found["tokens"].state, wrong(found)) == (CheckState.NOTE, [])


@pytest.mark.slow
@pytest.mark.parametrize(("minutes", "state"), [(1, CheckState.NOTE), (-6, CheckState.WRONG)])
def test_a_clock_that_is_off(live: StandIn, monkeypatch: pytest.MonkeyPatch, minutes: int, state: CheckState) -> None:
    def remote_time(_: object) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=minutes)

    monkeypatch.setattr(live_environment.LiveEnvironment, "remote_time", remote_time)

    assert results()["clock"].state is state


def test_a_catalog_without_analytics_is_noted(live: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert result_of("analytics bucket").state is CheckState.FINE
    monkeypatch.setitem(live_environment.LiveEnvironment.__dict__["configuration"].__dict__, "func", _without_analytics)
    assert result_of("analytics bucket").state is CheckState.NOTE


def _without_analytics(live: live_environment.LiveEnvironment) -> dict[str, object]:
    return {"registryUrl": live.settings.registry_url or "", "region": "us-east-1"}


def test_a_certificate_that_is_not_trusted_is_told_with_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise requests.exceptions.SSLError("certificate verify failed: self-signed certificate in certificate chain")

    monkeypatch.setattr(requests, "request", refused)
    subject = live_environment.LiveEnvironment(
        LiveSettings(catalog_url="https://catalog.invalid"), Buckets(), Accounts()
    )
    [result] = examine(subject, [check for check in CHECKS if check.name == "catalog"])
    assert result.state is CheckState.WRONG
    assert "SSL_CERT_FILE, REQUESTS_CA_BUNDLE and AWS_CA_BUNDLE" in result.advice


def test_keys_of_the_root_user_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_environment.LiveEnvironment, "client", lambda *_: None)
    monkeypatch.setattr(doctor_aws_checks, "account_of", lambda _: ("123456789012", "arn:aws:iam::123456789012:root"))
    [check] = [check for check in CHECKS if check.name == "credentials"]
    with pytest.raises(SuiteError, match="the root user's of 123456789012"):
        check.look(live_environment.LiveEnvironment(LiveSettings(), Buckets(), Accounts()))
