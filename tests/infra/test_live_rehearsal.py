"""The live target, rehearsed without AWS: stood up from nothing, known by settings, judged like the embedded one.

``acceptance rehearse`` does it with every scenario, which takes minutes; here it is the smoke scenarios.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from environment.errors import SuiteError
from environment.settings import Buckets
from infra.rehearsal.running import run_features
from infra.rehearsal.stand_in import ROLE, StandIn
from infra.users_command import users
from reports.agreement import compare
from reports.outcomes import RunRecord, Status, read_run
from reports.parity import NEVER, PARITY_FILE, key_of, load_parity

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def live(peopled: StandIn) -> StandIn:
    peopled.upload_data()  # all: the role of the runs may not
    return peopled


def run_on(folder: Path) -> RunRecord:
    record = read_run(folder)
    assert record is not None
    return record


def test_the_smoke_scenarios_end_on_the_live_target_as_on_the_embedded_one(live: StandIn, tmp_path: Path) -> None:
    asked = ["features", "-m", "smoke and not large", "--seed", "7"]
    before = PARITY_FILE.read_bytes()
    parity_file = tmp_path / "parity.yaml"
    variables = live.write_settings(QUILT_TEST_LONGEST_WAIT_SECONDS="5")
    rehearsed = run_features(
        tmp_path / "a",
        *(*asked, "--target", "live", "--results", str(tmp_path / "live"), "--parity", str(parity_file)),
        variables=variables,
    )
    usual = run_features(tmp_path / "b", *asked, "--results", str(tmp_path / "embedded"))

    on_live, on_embedded = run_on(tmp_path / "live"), run_on(tmp_path / "embedded")
    agreement = compare(on_live, on_embedded)
    assert agreement.differences == (), rehearsed.stdout[-4000:]
    assert len(agreement.alike) >= 15
    # What cannot run there says why, by its tag or because it would have to wait for minutes.
    for scenario in agreement.excused.values():
        assert "embedded_only" in scenario.scenario.tags or "nobody waits longer than 5 s" in scenario.message
    assert on_live.target == "live"
    assert rehearsed.returncode == usual.returncode == 0, rehearsed.stdout[-4000:]

    parity = load_parity(parity_file)
    validated = {key_of(each.scenario) for each in on_live.scenarios if each.status is not Status.SKIPPED}
    assert set(parity.rehearsed) == validated
    assert parity.validated == {}
    assert parity.summary([each.scenario for each in on_live.scenarios]) == NEVER
    assert PARITY_FILE.read_bytes() == before


def test_a_rehearsal_whose_role_does_not_trust_the_nightly_job_ends_in_one_line(live: StandIn, tmp_path: Path) -> None:
    """As with a template that trusts another GitHub environment than that of the workflow."""
    iam = live.client("iam")
    trust = iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    other = json.dumps(trust).replace(":environment:live", ":environment:staging")
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=other)
    try:
        refused = run_features(tmp_path, "features/catalog", "--target", "live", variables=live.write_settings())
    finally:
        iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(trust))

    assert refused.returncode == 4
    [line] = [line for line in refused.stdout.splitlines() if "Asked AWS whose keys these are" in line]
    assert "AWS answered AccessDenied" in line


def test_a_bucket_without_the_mark_is_refused_in_one_line(live: StandIn, tmp_path: Path) -> None:
    s3, bucket = live.client("s3"), Buckets.model_construct().scratch
    tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    s3.delete_bucket_tagging(Bucket=bucket)
    try:
        refused = run_features(tmp_path, "features/catalog", "--target", "live", variables=live.write_settings())
        with pytest.raises(SuiteError, match=f"the bucket {bucket} is not marked"):
            live.create_users()
    finally:
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})

    assert refused.returncode == 4
    (line,) = [line for line in refused.stdout.splitlines() if "is not marked as a test environment" in line]
    assert "QUILT_TEST_ALLOWED_BUCKETS" in line


@pytest.mark.parametrize(
    ("variable", "reason"),
    [
        ("QUILT_TEST_ALLOWED_ACCOUNTS", "the AWS account 123456789012 is not marked"),
        ("QUILT_TEST_ALLOWED_CATALOGS", r"the catalog 127\.0\.0\.1 is not marked"),
    ],
)
def test_an_account_or_a_catalog_without_the_mark_is_refused(
    live: StandIn, monkeypatch: pytest.MonkeyPatch, variable: str, reason: str
) -> None:
    monkeypatch.setitem(live.variables, variable, "")

    with pytest.raises(SuiteError, match=reason):
        live.command(users, "create", "--target", "live")
