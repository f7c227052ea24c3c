"""The shapes of secrets that are redacted wherever they appear, whether or not anyone registered them.

Sources of the shapes: JWT, ``qk_`` API keys, the one-time codes of ``/api/code`` (registry facts 1.3, 2.1, 2.2);
GitHub's published prefixes of tokens; AWS's published formats of access key ids, of ``AssumeRole`` answers and of
presigned URLs (Signature Versions 4 and 2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

REDACTED = "[redacted]"
"""What stands in place of a secret: ASCII, and harmless inside a JSON string, a URL and XML."""

_MARKER = re.escape(REDACTED)


@dataclass(frozen=True)
class Shape:
    """One shape of secret.

    ``hints`` are lower-case texts of which one must occur for the search to be worth its time. The groups ``name`` and
    ``end`` of ``pattern``, where it has them, are kept; the rest of a match is redacted.
    """

    hints: tuple[str, ...]
    pattern: re.Pattern[str]

    def redact(self, text: str, lowered: str) -> str:
        """``text`` without secrets of this shape; ``lowered`` is its lower-cased form, in which hints are sought."""
        if not any(hint in lowered for hint in self.hints):
            return text
        return self.pattern.sub(_keep_surroundings, text)


def _keep_surroundings(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return f"{groups.get('name') or ''}{REDACTED}{groups.get('end') or ''}"


# Three parts, or the first two of a token that an ellipsis cut; `eyJ` is base64 of `{"`.
_JSON_WEB_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?")

# Prose such as "Bearer authentication" has neither a digit nor a separator in its second word.
_AUTHORIZATION_SCHEME = re.compile(
    r"(?P<name>\b(?:Bearer|Basic)(?:\s|%20|\+)+)(?=[A-Za-z]*[0-9._~+/-])(?:" + _MARKER + r"|[A-Za-z0-9._~+/=%-]){6,}",
    re.IGNORECASE,
)

_API_KEY = re.compile(r"(?<![A-Za-z0-9])qk_[A-Za-z0-9_-]{6,}(?:[.~+/=][A-Za-z0-9_-]+)*")

_GITHUB_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,})")

_ACCESS_KEY_ID = re.compile(r"(?<![A-Za-z0-9])A(?:K|S)IA[A-Z0-9]{12,}(?![A-Za-z0-9])")

_PRESIGNED_QUERY = re.compile(
    r"(?P<name>(?<![A-Za-z0-9])(?:X-Amz-(?:Signature|Security-Token|Credential)|Signature|AWSAccessKeyId)(?:=|%3D))"
    r"(?:" + _MARKER + r"|(?!%26)[^&\s\"'<>,;\\])+",
    re.IGNORECASE,
)

_HEADER_LINE = re.compile(
    r"(?P<name>^[ \t>]*(?:(?:proxy-)?authorization|(?:set-)?cookie|x-amz-security-token)[ \t]*:[ \t]*)\S[^\r\n]*",
    re.IGNORECASE | re.MULTILINE,
)

_XML_ELEMENT = re.compile(
    r"(?P<name><(?P<tag>SecretAccessKey|SessionToken|AccessKeyId|Password)>)[^<]*(?P<end></(?P=tag)>)", re.IGNORECASE
)

# `code` is a name for many things, GraphQL's error codes first of all. Only a long value with a digit and a lower-case
# letter is taken for a one-time code, which is base64 of a JSON object (registry facts 1.3).
_ONE_TIME_CODE = re.compile(
    r"(?P<name>(?<![A-Za-z0-9])[Cc]ode(?:\\*[\"'])?\s?[:=]\s?(?:\\*[\"'])?)"
    r"(?=[A-Za-z_]*[0-9])(?=[A-Z0-9_+/=.-]*[a-z])[A-Za-z0-9_+/=.-]{16,}"
)

SHAPES: tuple[Shape, ...] = (
    Shape(("eyj",), _JSON_WEB_TOKEN),
    Shape(("bearer", "basic"), _AUTHORIZATION_SCHEME),
    Shape(("qk_",), _API_KEY),
    Shape(("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), _GITHUB_TOKEN),
    Shape(("akia", "asia"), _ACCESS_KEY_ID),
    Shape(("signature", "x-amz-", "awsaccesskeyid"), _PRESIGNED_QUERY),
    Shape(("authorization", "cookie", "x-amz-security-token"), _HEADER_LINE),
    Shape(("</",), _XML_ELEMENT),
    Shape(("code",), _ONE_TIME_CODE),
)
