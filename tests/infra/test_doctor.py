"""``acceptance doctor`` on an environment that is right, and on each way in which it can be wrong.

It is asked as the nightly job asks it, with the keys of the template's role, unless a test says ``as_administrator``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from data.datasets.dataset_list import DATASETS
from environment.errors import SuiteError
from environment.modes import Mode
from environment.settings import REMOTE_REGION, Accounts, Buckets, LiveSettings
from infra import doctor_aws_checks, live_environment
from infra.doctor import CheckResult, CheckState, examine, exit_code, fit_modes
from infra.doctor_checks import CHECKS
from infra.doctor_command import doctor
from infra.rehearsal.stand_in import REGION, StandIn
from infra.rehearsal.stand_in import ROLE as RUNS_AS
from quilt_stack import Status, Surface

ROLE, ADMINISTRATOR = "as the role", "as the administrator"
DATA, SCRATCH = Buckets.model_construct().data, Buckets.model_construct().scratch


@pytest.fixture(scope="module")
def with_default_database(peopled: StandIn) -> StandIn:
    """As in most accounts, Glue has a database `default`, of which the role may know no more than that it is there."""
    peopled.client("glue").create_database(DatabaseInput={"Name": "default"})
    return peopled


@pytest.fixture
def live(with_default_database: StandIn, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> StandIn:
    """Its variables are this process's, with the keys of the role or, on demand, of the administrator."""
    peopled = with_default_database
    if getattr(request, "param", ROLE) == ROLE:
        for name, value in peopled.runner_keys().items():
            monkeypatch.setitem(peopled.variables, name, value)
    for name, value in peopled.variables.items():
        monkeypatch.setenv(name, value)
    return peopled


as_administrator = pytest.mark.parametrize("live", [ADMINISTRATOR], indirect=True)


def results() -> dict[str, CheckResult]:
    subject = live_environment.LiveEnvironment(LiveSettings(), Buckets(), Accounts())
    return {result.check: result for result in examine(subject, CHECKS)}


def result_of(name: str) -> CheckResult:
    """Of one check alone, whatever comes before it."""
    subject = live_environment.LiveEnvironment(LiveSettings(), Buckets(), Accounts())
    [result] = examine(subject, [replace(check, needs=()) for check in CHECKS if check.name == name])
    return result


def wrong(found: dict[str, CheckResult]) -> list[str]:
    return [name for name, result in found.items() if result.state is CheckState.WRONG]


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


@pytest.mark.parametrize(
    ("break_it", "kind", "what"),
    [
        ("delete_bucket_encryption", "data", "is not encrypted"),
        ("delete_public_access_block", "scratch", "is open to the public"),
        ("delete_bucket_policy", "packages", "takes plain HTTP"),
        ("delete_bucket_lifecycle", "restricted", "has no lifecycle"),
        ("delete_bucket_encryption", "remote", "is not encrypted"),
    ],
)
def test_a_bucket_that_is_kept_otherwise_is_noted(live: StandIn, break_it: str, kind: str, what: str) -> None:
    bucket = getattr(Buckets(), kind)
    s3 = live.client("s3", REMOTE_REGION if kind == "remote" else REGION)
    before = result_of("protection")
    with put_back(s3, bucket, break_it):
        getattr(s3, break_it)(Bucket=bucket)
        after = result_of("protection")

    assert before.state is CheckState.FINE
    assert (after.state, after.what) == (CheckState.NOTE, f"Looked at how the buckets are kept: {bucket} {what}")


@contextmanager
def put_back(s3: Any, bucket: str, break_it: str) -> Iterator[None]:
    """What a deletion takes is there again afterwards."""
    part = break_it.removeprefix("delete_")
    if part == "bucket_lifecycle":
        part = "bucket_lifecycle_configuration"
    taken = getattr(s3, f"get_{part}")(Bucket=bucket)
    taken.pop("ResponseMetadata")
    given = {"LifecycleConfiguration": {"Rules": taken["Rules"]}} if "Rules" in taken else taken
    try:
        yield
    finally:
        getattr(s3, f"put_{part}")(Bucket=bucket, **given)


def test_a_further_bucket_that_is_not_there_has_no_protection_to_look_at(
    live: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_TEST_BUCKET_REMOTE", "no-such-bucket-1")

    assert result_of("protection").state is CheckState.FINE


def test_a_bucket_that_the_catalog_lacks_comes_first(live: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert result_of("registration").state is CheckState.FINE
    monkeypatch.setattr(live_environment.LiveEnvironment, "registered_buckets", lambda _: [DATA])
    found = result_of("registration")
    assert (found.state, SCRATCH in found.what, found.advice[:10]) == (CheckState.WRONG, True, "First add ")


@pytest.mark.parametrize(
    ("variable", "came_back"),
    [
        ("QUILT_TEST_TABLE", "there is none"),
        ("QUILT_TEST_DATABASE", ""),  # the role is refused before AWS says that there is none
        ("QUILT_TEST_BUCKET_DATA", f"its location is s3://{DATA}/athena/test_table_1/, not s3://no-such/athena/"),
    ],
)
def test_a_glue_table_that_is_not_there_is_noted(
    live: StandIn, monkeypatch: pytest.MonkeyPatch, variable: str, came_back: str
) -> None:
    before = result_of("Glue")
    monkeypatch.setenv(variable, "no-such")
    after = result_of("Glue")

    assert before.state is CheckState.FINE
    assert (after.state, came_back in after.what, bool(after.advice)) == (CheckState.NOTE, True, True)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"Columns": [{"Name": "id", "Type": "bigint"}]}, "its list of columns is id bigint, not id int, name string"),
        ({"InputFormat": "org.apache.hadoop.mapred.TextInputFormat"}, "its input format is org.apache.hadoop.mapred"),
        ({"SerdeInfo": {}}, "its serialization is nothing, not org.apache"),
    ],
)
def test_a_glue_table_that_is_not_as_declared_is_noted(live: StandIn, change: dict[str, Any], what: str) -> None:
    glue = live.client("glue")
    table = glue.get_table(DatabaseName="quilt_mcp_test_db", Name="test_table_1")["Table"]
    given = {name: table[name] for name in ("Name", "TableType", "Parameters", "StorageDescriptor")}
    changed = {**given, "StorageDescriptor": {**table["StorageDescriptor"], **change}}
    glue.update_table(DatabaseName="quilt_mcp_test_db", TableInput=changed)
    try:
        found = result_of("Glue")
    finally:
        glue.update_table(DatabaseName="quilt_mcp_test_db", TableInput=given)

    assert (found.state, what in found.what) == (CheckState.NOTE, True)


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
