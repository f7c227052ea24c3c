"""The live target, rehearsed without AWS: stood up from nothing, known by settings, judged like the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_environment import LiveEnvironment, run_features

from environment.errors import SuiteError
from environment.settings import Buckets
from infra.users_command import users
from reports.outcomes import RunRecord, read_run
from reports.parity import NEVER, PARITY_FILE, key_of, load_parity

pytestmark = pytest.mark.slow

FOLDERS = ("catalog", "identity", "packages", "administration")
# It waits until a link has expired: on a live target really, for as long as links are good.
WAITING = "Download"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEnvironment]:
    environment = LiveEnvironment.found(tmp_path_factory.mktemp("live"))
    yield environment.stand_up()
    environment.stop()


def outcomes(folder: Path) -> tuple[RunRecord, dict[str, str]]:
    record = read_run(folder)
    assert record is not None
    return record, {each.nodeid: each.outcome.value for each in record.scenarios}


def test_the_smoke_scenarios_end_on_the_live_target_as_on_the_embedded_one(
    live: LiveEnvironment, tmp_path: Path
) -> None:
    asked = [*(f"features/{folder}" for folder in FOLDERS), "-m", "smoke", "-k", f"not {WAITING}", "--seed", "7"]
    before = PARITY_FILE.read_bytes()
    parity_file = tmp_path / "parity.yaml"
    rehearsed = live.run_features(
        tmp_path / "a", *asked, "--results", str(tmp_path / "live"), "--parity", str(parity_file)
    )
    usual = run_features(tmp_path / "b", *asked, "--results", str(tmp_path / "embedded"))

    record, on_live = outcomes(tmp_path / "live")
    _, on_embedded = outcomes(tmp_path / "embedded")
    judged = {name: result for name, result in on_live.items() if result != "skipped"}
    assert judged == {name: on_embedded[name] for name in judged}, rehearsed.stdout[-4000:]
    # Skipped are those alone that need what only an embedded deployment has, and they say so.
    assert all(
        "Run this scenario on the embedded target" in each.message
        for each in record.scenarios
        if each.outcome.value == "skipped"
    )
    assert on_live.keys() == on_embedded.keys()
    assert len(judged) >= 15
    assert record.target == "live"
    assert rehearsed.returncode == usual.returncode == 0, rehearsed.stdout[-4000:]

    parity = load_parity(parity_file)
    validated = {key_of(each) for each in record.scenarios if each.outcome.value != "skipped"}
    assert set(parity.validated) == validated
    assert parity.told(record.scenarios) != NEVER
    assert {each.platform for each in parity.validated.values()} == {"1.70.0"}
    assert PARITY_FILE.read_bytes() == before


def test_a_bucket_without_the_mark_is_refused_in_one_line(live: LiveEnvironment, tmp_path: Path) -> None:
    s3, bucket = live.client("s3"), Buckets.model_construct().scratch
    tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    s3.delete_bucket_tagging(Bucket=bucket)
    try:
        refused = live.run_features(tmp_path, "features/catalog")
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
    live: LiveEnvironment, monkeypatch: pytest.MonkeyPatch, variable: str, reason: str
) -> None:
    monkeypatch.setitem(live.variables, variable, "")

    with pytest.raises(SuiteError, match=reason):
        live.command(users, "create", "--target", "live")
