"""Secrets that came with the machine are redacted, whatever process writes."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from botocore.credentials import RefreshableCredentials
from botocore.stub import Stubber

from environment.secrecy.redaction import REDACTED, forget_secrets, redact, redact_tree, register_secret
from environment.secrecy.variables import secrets_among
from environment.settings import ROOT, SETTINGS_VARIABLE
from environment.targets import aws_profile

_SHOW = "import sys; from environment.secrecy.redaction import redact; print(redact(sys.argv[1]))"


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        ("GITHUB_TOKEN", "opaque-1234", ["opaque-1234"]),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7", ["wJalrXUtnFEMI/K7"]),
        ("PGPASSWORD", "hunter22", ["hunter22"]),
        ("deploy_keys", "one,two,three", ["one,two,three"]),
        ("CI_TOKEN", "Bearer opaque-1234", ["Bearer opaque-1234", "opaque-1234"]),
        (
            "SLACK_WEBHOOK_URL",
            "https://hooks.slack.com/services/T0/B0/XXXXXXXXXXXX",
            ["https://hooks.slack.com/services/T0/B0/XXXXXXXXXXXX", "XXXXXXXXXXXX"],
        ),
        (
            "INDEX_SECRET_URL",
            "https://ci:pass-word@pypi.invalid/simple",
            ["https://ci:pass-word@pypi.invalid/simple", "pass-word"],
        ),
        ("MAX_TOKENS", "100000", []),
        ("TOKENS_PER_MINUTE", "100000", []),
        ("TOKEN_LIFETIME_SECONDS", "604800", []),
        ("MAX_TOKENS", "opaque-1234", ["opaque-1234"]),
        ("DB_PASSWORD", "48151623", ["48151623"]),
        ("CLIENT_SECRET", " 48151623 ", ["48151623"]),
        ("CI_TOKEN", "48151623", ["48151623"]),
        ("API_KEY", "48151623", ["48151623"]),
        ("PASSWORDS", "48151623", ["48151623"]),
        ("SSH_KEY_FILE", "/home/ci/.ssh/key", []),
        ("QUILT_TEST_SECRET_STORE", "quilt-mcp-test/users", []),
        ("TOKENIZERS_PARALLELISM", "enabled", []),
        ("HOME", "/home/ci", []),
    ],
)
def test_which_variables_are_secret(name: str, value: str, secrets: list[str]) -> None:
    assert list(secrets_among({name: value})) == secrets


def test_every_process_knows_the_secrets_of_its_environment_and_of_the_settings_file(tmp_path: Path) -> None:
    settings = tmp_path / ".env.test"
    settings.write_text("QUILT_TEST_EXPIRED_JWT_TOKEN='from-the-file'\n", "utf-8")
    environment = {**os.environ, SETTINGS_VARIABLE: str(settings), "SOME_API_KEY": "from environment", "A_KEY": "short"}
    told = "from-the-file from%20environment b'environment' short"
    done = subprocess.run(
        [sys.executable, "-c", _SHOW, told], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{REDACTED} {REDACTED} b'{REDACTED}' short\n"


def test_bytes_hold_no_secret_either() -> None:
    register_secret("pässwörd-1")
    try:
        assert redact_tree({"text": "pässwörd-1".encode(), "binary": b"\xff\x00" + "pässwörd-1".encode()}) == {
            "text": REDACTED.encode(),
            "binary": b"\xff\x00" + REDACTED.encode(),
        }
        assert redact(repr("pässwörd-1".encode())) == f"b'{REDACTED}'"
    finally:
        forget_secrets(["pässwörd-1"])


def test_the_secrets_of_an_aws_session_are_redacted_also_those_after_it_was_renewed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = 0

    def renew() -> dict[str, str]:
        nonlocal made
        made += 1
        expiry = datetime.now(UTC) + (timedelta(seconds=1) if made == 1 else timedelta(hours=2))
        return {
            "access_key": "ASIAEXAMPLE",
            "secret_key": f"secret+{made}",
            "token": f"token+{made}",
            "expiry_time": expiry.isoformat(),
        }

    credentials = RefreshableCredentials.create_from_metadata(renew(), renew, "test")
    monkeypatch.setattr(boto3.Session, "get_credentials", lambda _: credentials)
    session = aws_profile.open_profile(None, "us-east-1")
    client = session.client("sts", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="another")
    try:
        with Stubber(client) as stubbed:
            stubbed.add_response("get_caller_identity", {})
            client.get_caller_identity()
        client.generate_presigned_url("get_caller_identity")
        assert made == 2
        assert redact("secret+2 and token+2") == f"{REDACTED} and {REDACTED}"
    finally:
        forget_secrets(["secret+2", "token+2"])
