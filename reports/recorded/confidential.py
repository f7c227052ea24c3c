"""What may not stand in a recording: secrets, hosts, addresses of people and accounts.

Shapes beside those of `environment.secrecy`: a recording is kept for good and read by everybody, so what only looks
like a secret is refused, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from environment.secrecy.redaction import REDACTED, redact_tree

# Of the registry's one-time codes, and of others; error codes are words, and statuses three digits.
_CODE_NAMES = {"code", "authcode", "signincode", "verificationcode"}
_ERROR_CODE = re.compile(r"\d{3}|[A-Za-z][A-Za-z._]{0,47}")
# An AWS secret key is 40 characters of base64, a session token hundreds; hexadecimal digests have no capitals.
_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/=])(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])(?=[A-Za-z+/]*[0-9])"
    r"(?:[A-Za-z0-9+/]{40}|[A-Za-z0-9+/]{100,}={0,2})(?![A-Za-z0-9+/=])"
)
_EXAMPLE = r"(?:[\w-]+\.)*example(?:\.(?:org|com|net))?(?![\w.-]*\w)"
MAIL = re.compile(rf"[\w.+>-]+@(?!{_EXAMPLE})[\w-]+(?:\.[\w-]+)+")
# 123456789012 is the account of AWS's documentation; the end of a UUID may have digits alone.
ACCOUNT = re.compile(r"(?<![0-9A-Za-z])(?<!-[0-9a-f]{4}-)(?!123456789012)\d{12}(?![0-9A-Za-z])")
# Without a scheme: what ends in a domain that is common, for names of files and fields have dots, too. A service's own
# name, such as athena.amazonaws.com, is nobody's host.
_DOMAINS = (
    "ai|app|biz|bio|ch|cloud|cn|co|com|corp|de|dev|edu|eu|fr|gov|health|info|internal|io|jp|lan|local|mil|net|org|tech"
    "|uk|us"
)
HOST = re.compile(
    rf"\bhttps?://(?!<|{_EXAMPLE})[\w.:-]+"
    rf"|(?<![\w.@-])(?!{_EXAMPLE}|[a-z0-9-]+\.amazonaws\.com\b)(?:[\w-]+\.)+(?:{_DOMAINS})(?![\w-]|\.\w)"
    rf"|(?<=>)\.(?:[\w-]+\.)+(?:{_DOMAINS})(?![\w-]|\.\w)"
    r"|(?<![\d.])(?!127\.0\.0\.1\b)(?:\d{1,3}\.){3}\d{1,3}(?![\d.])",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"<\w+>")


def problem_of(content: object) -> str | None:
    """Why this cannot be kept: it holds a secret, or names a host, somebody or an account, in one line."""
    for place, value in _texts(content, ()):
        at = ".".join(place)
        if _is_secret(place, value):
            return f"{at} holds a secret, or what is left of one: put <text> in its place"
        if MAIL.search(value):
            return f"{at} names somebody's address: put <any> in its place, or one at example.org"
        if ACCOUNT.search(value):
            return f"{at} names an account: put <any> in its place, or 123456789012"
        if HOST.search(value):
            return f"{at} names a host: put <any> in its place, or example.org"
    return None


def _is_secret(place: tuple[str, ...], value: str) -> bool:
    name = place[-1] if place else ""
    if REDACTED in value or _BASE64.search(value):
        return True
    if _PLACEHOLDER.fullmatch(value):
        return False
    if name.replace("_", "").replace("-", "").lower() in _CODE_NAMES and not _ERROR_CODE.fullmatch(value):
        return True
    # With its name, by which some secrets are known alone.
    return redact_tree({name: value}) != {name: value}


def _texts(value: object, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """All texts and whole numbers, names of fields too, each with its place."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        yield place, str(value)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield (*place, "a field's name"), str(key)
            yield from _texts(each, (*place, str(key)))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _texts(each, (*place, str(number)))
