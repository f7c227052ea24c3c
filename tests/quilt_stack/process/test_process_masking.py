"""No secret survives redaction, in whatever form it comes."""

from __future__ import annotations

import base64
import json
import logging
import sys

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quilt_stack.wire.masking import RedactingFormatter, redact

SECRET = "Sup3rSecretValue0123456789abcdef"
TEXT = st.text(alphabet=st.characters(codec="ascii", exclude_characters="\0"), max_size=30)


@pytest.mark.parametrize(
    "template",
    [
        "/bucket/key?X-Amz-Signature={}&X-Amz-Expires=60",
        "/bucket/key?x-amz-security-token={}",
        "/browse?token={}#part",
        "refresh_token={}&other=1",
        '{{"username": "dana", "password": "{}"}}',
        '{{"errors": [], "data": {{"token":"{}"}}}}',
        '{{"SecretAccessKey": "{}", "AccessKeyId": "AKIA"}}',
        '{{"outer": "{{\\"password\\": \\"{}\\"}}"}}',
        "<Credentials><SecretAccessKey>{}</SecretAccessKey></Credentials>",
        "<SessionToken>{}</SessionToken>",
        "Authorization: Bearer {}",
        "AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=" + "0" * 32 + " Authorization: bearer {}",
        "GET /activate/{} HTTP/1.1",
        "http://catalog/reset_password/{}",
        "key qk_{} was used",
    ],
)
def test_a_secret_in_a_known_place_is_replaced(template: str) -> None:
    redacted = redact(template.format(SECRET))

    assert SECRET not in redacted
    assert "<redacted>" in redacted


@given(before=TEXT, claims=st.dictionaries(st.sampled_from(["id", "uuid", "exp"]), TEXT, min_size=1))
def test_a_web_token_is_replaced_wherever_it_stands(before: str, claims: dict[str, str]) -> None:
    token = jwt.encode(claims, "0" * 32, algorithm="HS256")

    redacted = redact(f"{before} {token} after")

    assert token not in redacted
    assert token.split(".")[2] not in redacted


@given(password=st.text(min_size=8, max_size=64).filter(lambda text: "redacted" not in text))
def test_a_password_in_json_is_replaced_whatever_it_consists_of(password: str) -> None:
    body = json.dumps({"username": "dana", "password": password, "end": 1}, ensure_ascii=False)

    redacted = redact(body)

    assert redacted == '{"username": "dana", "password": "<redacted>", "end": 1}'
    quoted = json.dumps({"body": body}, ensure_ascii=False)
    assert json.loads(redact(quoted)) == {"body": redacted}


@pytest.mark.parametrize("innocent", ["/api/me?_cachebust=1", '{"message": "Not logged in"}', "/graphql", "barcode=17"])
def test_what_is_no_secret_stays(innocent: str) -> None:
    assert redact(innocent) == innocent


def test_a_traceback_in_the_log_is_redacted() -> None:
    code = base64.b64encode(SECRET.encode()).decode()
    try:
        raise RuntimeError(f"refresh_token={code}")
    except RuntimeError:
        record = logging.LogRecord("name", logging.ERROR, "path", 1, "failed", None, sys.exc_info())

    assert code not in RedactingFormatter("%(message)s").format(record)
