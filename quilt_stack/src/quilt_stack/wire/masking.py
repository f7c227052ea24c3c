"""Takes secrets out of paths, bodies and log lines before they are kept: tokens, signatures, passwords, AWS secrets."""

from __future__ import annotations

import logging
import re

REDACTED = "<redacted>"

_NAMES = (
    "x-amz-signature|x-amz-security-token|x-amz-credential|signature|awsaccesskeyid|"
    "secretaccesskey|secret_access_key|sessiontoken|session_token|aws_secret_access_key|"
    "token|access_token|refresh_token|id_token|secret|password|code|link|api_key|apikey_secret|client_secret"
)
_PATTERNS = (
    # a signed JSON web token, an API key
    re.compile(r"eyJ[\w-]{5,}\.[\w-]+\.[\w-]*"),
    re.compile(r"\bqk_[\w-]+"),
    # an Authorization header that found its way into a text
    re.compile(r"(?i)(?<=bearer )[\w.~+/=-]+"),
    # AWS Signature Version 4 in a header
    re.compile(r"(?<=Signature=)[0-9a-f]{16,}"),
    # the link of an activation or password mail
    re.compile(r"(?<=/activate/)[^/?#\s\"']+"),
    re.compile(r"(?<=/reset_password/)[^/?#\s\"']+"),
    # name=value of a query or form
    re.compile(rf"(?i)(?<![\w-])((?:{_NAMES})=)[^&\s\"'<>]+"),
    # the same in a URL that is itself a part of a query
    re.compile(rf"(?i)((?:%3F|%26)(?:{_NAMES})%3D)(?:(?!%26)[^&\s\"'<>])+"),
    # "name": "value" of JSON
    re.compile(rf"(?is)(\"(?:{_NAMES})\"\s*:\s*\")(?:[^\"\\]|\\.)+"),
    # the same quoted once more, as a string of another JSON document
    re.compile(rf"(?is)(\\\"(?:{_NAMES})\\\"\s*:\s*\\\")(?:[^\"\\]|\\{{2}}(?:\\[\"\\]|.))+"),
    # <Name>value</Name> of an AWS answer
    re.compile(rf"(?i)(<(?:{_NAMES})>)[^<]+"),
)


def redact(text: str) -> str:
    """The text with the value of everything secret replaced."""
    for pattern in _PATTERNS:
        text = pattern.sub(lambda match: (match.group(1) if match.re.groups else "") + REDACTED, text)
    return text


class RedactingFormatter(logging.Formatter):
    """Formats log records, tracebacks included, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, redacted."""
        return redact(super().format(record))
