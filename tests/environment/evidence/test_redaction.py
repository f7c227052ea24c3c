"""What redaction takes out, what it leaves, and how long it takes."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from environment.secrecy.redaction import (
    REDACTED,
    forget_secrets,
    redact,
    redact_tree,
    register_secret,
    registered_secrets,
)

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImRhbmEifQ.c2lnbmF0dXJlLW9mLXRoaXM"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLE/KEY"


@contextmanager
def registered(*secrets: str) -> Iterator[None]:
    known = registered_secrets()
    register_secret(*secrets)
    try:
        yield
    finally:
        forget_secrets(set(secrets) - known)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        (f"Authorization: Bearer {TOKEN}", "Authorization: [redacted]"),
        (f"sent Bearer {TOKEN} to it", "sent Bearer [redacted] to it"),
        (f"token {TOKEN[:-4]}... was refused", "token [redacted]... was refused"),
        (f'{{"Authorization": "Bearer {TOKEN}", "Accept": "*/*"}}', '{"Authorization": "[redacted]", "Accept": "*/*"}'),
        ("key qk_AbC123-xyz789 made", "key [redacted] made"),
        (f"push with ghp_{'a1B2' * 9} now", "push with [redacted] now"),
        (f"https://github_pat_{'a1B2' * 20}@h/", "https://[redacted]@h/"),
        ("AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE", "[redacted] and [redacted]"),
        (f'{{"SecretAccessKey": "{AWS_SECRET}", "n": 1}}', '{"SecretAccessKey": "[redacted]", "n": 1}'),
        (f"<SecretAccessKey>{AWS_SECRET}</SecretAccessKey>", "<SecretAccessKey>[redacted]</SecretAccessKey>"),
        (f"aws_secret_access_key = {AWS_SECRET}", "aws_secret_access_key = [redacted]"),
        ("{'session_token': 'abc', 'x': 'y'}", "{'session_token': '[redacted]', 'x': 'y'}"),
        (
            '{"body": "{\\"password\\": \\"a\\\\\\"b\\", \\"n\\": 1}"}',
            '{"body": "{\\"password\\": \\"[redacted]\\", \\"n\\": 1}"}',
        ),
        ('{"password": "with \\"quotes\\" and \\\\", "next": "kept"}', '{"password": "[redacted]", "next": "kept"}'),
        ("username=dana&password=hunter&x=1", "username=dana&password=[redacted]&x=1"),
        ("a%26password%3Dhunter%26x%3D1", "a%26password%3D[redacted]%26x%3D1"),
        ("refresh_token=abcdef", "refresh_token=[redacted]"),
        ("sign_in(name='dana', password='hunter')", "sign_in(name='dana', password='[redacted]')"),
        (
            "https://h/b/k?X-Amz-Credential=AK%2F1&X-Amz-Expires=60&X-Amz-Security-Token=tt&X-Amz-Signature=ff",
            "https://h/b/k?X-Amz-Credential=[redacted]&X-Amz-Expires=60&X-Amz-Security-Token=[redacted]&X-Amz-Signature=[redacted]",
        ),
        (
            "/k?AWSAccessKeyId=AK&Signature=vjb%2By&Expires=1",
            "/k?AWSAccessKeyId=[redacted]&Signature=[redacted]&Expires=1",
        ),
        (
            "?to=https%3A%2F%2Fh%3FX-Amz-Signature%3Dffee%26a%3D1",
            "?to=https%3A%2F%2Fh%3FX-Amz-Signature%3D[redacted]%26a%3D1",
        ),
        ('{"code": "eyJpZCI6ICIxIiwgImNvZGUiOiAiMiJ9"}', '{"code": "[redacted]"}'),
        ("Cookie: session=abc; theme=dark", "Cookie: [redacted]"),
    ],
)
def test_secrets_are_redacted_and_their_surroundings_kept(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        '{"NextToken": "abc123def456ghi789", "nextContinuationToken": "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J"}',
        '{"extensions": {"code": "FORBIDDEN"}}',
        '{"error": "code", "message": "InvalidInput"}',
        "        token = session.current_token()",
        "        self.sign_in(user, password=password)",
        "Bearer authentication is needed",
        '{"password": null, "is_admin": true}',
        "the password must have 8 characters",
        "top hash 2a2f5e8b0c9d4f6e7a1b3c5d7e9f0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b",
        "s3://bucket/.quilt/packages/2a2f?versionId=3HL4kqtJvjVBH40Nrjfkd",
        "keyboard: qwerty1",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


# --- registered secrets -----------------------------------------------------------------------------------------------

ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded path": quote,
    "percent-encoded in lower case": lambda text: quote(text, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "form": quote_plus,
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON with escaped slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[1:-1],
    "JSON in JSON in JSON": lambda text: json.dumps(json.dumps(json.dumps(text)))[1:-1],
    "repr": lambda text: repr(text)[1:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "HTML": html.escape,
}

secrets = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="[]"), min_size=6, max_size=60
)
surroundings = st.text(st.sampled_from("ab1 ={}\"':&%,\n\\"), max_size=12)


@given(secret=secrets, before=surroundings, after=surroundings, encoding=st.sampled_from(sorted(ENCODINGS)))
@example(secret=AWS_SECRET, before="", after="", encoding="JSON with escaped slashes")
@example(secret="pässwörd 😀!", before="", after="", encoding="JSON in JSON")
def test_no_registered_secret_survives_in_any_common_encoding(
    secret: str, before: str, after: str, encoding: str
) -> None:
    assume(secret not in REDACTED)
    encoded = ENCODINGS[encoding](secret)
    assume(encoded not in f"{before}{REDACTED}{after}")
    with registered(secret):
        assert encoded not in redact(f"{before}{encoded}{after}")


@given(secret=secrets, before=surroundings, after=surroundings)
def test_redacting_twice_is_redacting_once(secret: str, before: str, after: str) -> None:
    assume(secret not in REDACTED)
    with registered(secret):
        once = redact(f"{before}{secret}{after}")
        assert redact(once) == once


@given(
    st.dictionaries(
        st.sampled_from(["password", "name", "token", "nested", "SecretAccessKey", "size"]),
        st.text() | st.integers() | st.lists(st.text()) | st.none(),
    )
)
def test_json_stays_json_of_the_same_structure(document: dict[str, object]) -> None:
    redacted = json.loads(redact(json.dumps(document)))
    assert redacted.keys() == document.keys()
    for name in ("password", "token", "SecretAccessKey"):
        if document.get(name) and isinstance(document[name], str):
            assert redacted[name] == REDACTED
    for name in ("name", "nested", "size"):
        assert type(redacted.get(name)) is type(document.get(name))


@given(st.dictionaries(st.sampled_from(["username", "password", "refresh_token"]), st.text(min_size=1), min_size=1))
def test_forms_keep_their_fields(form: dict[str, str]) -> None:
    fields = redact(urlencode(form)).split("&")
    assert [field.split("=")[0] for field in fields] == list(form)
    assert all(field.endswith(f"={REDACTED}") for field in fields if not field.startswith("username"))


def test_a_secret_within_a_longer_one_does_not_leave_the_rest() -> None:
    with registered("abcdefgh", "abcdefgh-and-more"):
        assert redact("<abcdefgh-and-more>") == f"<{REDACTED}>"


@pytest.mark.parametrize("value", ["abc12", "redacted"])
def test_values_that_cannot_be_told_from_text_are_refused_without_being_repeated(value: str) -> None:
    with pytest.raises(ValueError, match="a secret ") as refusal:
        register_secret(value)
    assert f" {value} " not in str(refusal.value)


def test_structures_are_redacted_throughout() -> None:
    tree = {"headers": {"authorization": "anything", "accept": "x"}, "calls": [("PUT", f"Bearer {TOKEN}"), 3, None]}
    assert redact_tree(tree) == {
        "headers": {"authorization": REDACTED, "accept": "x"},
        "calls": [("PUT", f"Bearer {REDACTED}"), 3, None],
    }


def test_a_large_answer_takes_milliseconds() -> None:
    rows = [
        {"name": f"team/package-{n}", "topHash": f"{n:064x}", "nextToken": "t", "key": f"a/b/{n}.csv"}
        for n in range(700)
    ]
    text = json.dumps({"data": rows, "password": "hunter2"})
    assert len(text) > 90_000
    with registered(*(f"known-secret-{n}/{n:030x}" for n in range(20))):
        redact(text)
        started = time.perf_counter()
        redacted = redact(text)
        seconds = time.perf_counter() - started
    assert "hunter2" not in redacted
    assert seconds < 0.15, f"{seconds:.3f} s for {len(text)} characters"


def test_long_runs_of_letters_take_no_longer() -> None:
    started = time.perf_counter()
    redact("password" * 12_500 + "\\" * 1000 + '"token": "' + "\\" * 50_000)
    assert time.perf_counter() - started < 0.5
