"""Values of fields whose name says that they are secret: JSON, Python's repr, forms, keyword arguments and INI alike.

Two tellings apart keep output readable. Pagination tokens (``NextToken``, ``ContinuationToken``) carry names that are
not listed. And an unquoted value outside a form (``password=password`` in a line of source code) counts as a secret
only if it has a digit.
"""

from __future__ import annotations

import re

from environment.secrecy.patterns import REDACTED

SECRET_NAMES = frozenset(
    {
        "accesskeyid",
        "accesstoken",
        "apikey",
        "authorization",
        "authorizationcode",
        "authtoken",
        "awsaccesskeyid",
        "awssecretaccesskey",
        "awssessiontoken",
        "bearertoken",
        "clientsecret",
        "controltoken",
        "cookie",
        "currentpassword",
        "idtoken",
        "jwt",
        "newpassword",
        "oldpassword",
        "onetimecode",
        "otp",
        "passphrase",
        "passwd",
        "password",
        "privatekey",
        "proxyauthorization",
        "refreshtoken",
        "resettoken",
        "secret",
        "secretaccesskey",
        "secretkey",
        "securitytoken",
        "sessiontoken",
        "setcookie",
        "temporarypassword",
        "token",
        "xamzsecuritytoken",
    }
)
"""Names without separators, in lower case: ``accessToken``, ``access_token`` and ``Access-Token`` are one name."""

_HINTS = ("token", "key", "pass", "secret", "code", "otp", "jwt", "cookie", "authorization")
_LONGEST_NAME = 40

# A name may follow an encoded delimiter (%26 is &, \n an escaped line break) as well as a boundary. Anchoring it at its
# start keeps the search linear in long runs of letters.
_NAME = re.compile(
    r"(?P<start>(?<=%26)|(?<=%3[Ff])|(?<=\\n)|(?<![A-Za-z0-9_-]))"
    r"(?P<name>[A-Za-z][A-Za-z0-9_-]{1," + str(_LONGEST_NAME) + r"})(?P<quote>\\*[\"'])?(?P<sign>\s?(?:[:=]|%3[Dd])\s?)"
)
_OPENING_QUOTE = re.compile(r"(?P<escapes>\\*)(?P<mark>[\"'])")
_UNQUOTED = re.compile(r"(?:" + re.escape(REDACTED) + r"|[^&\s\"'<>,;(){}\[\]\\])+")
# inside a form that is itself percent-encoded, %26 delimits the fields
_ENCODED = re.compile(r"(?:" + re.escape(REDACTED) + r"|(?!%26)[^&\s\"'<>,;(){}\[\]\\])+")
_FORM_DELIMITERS = ("&", "?", "\n", '"', "'", "%26", "%3F", "%3f", "\\n", "\r")


def redact_fields(text: str, lowered: str) -> str:
    """``text`` with the values of secret fields redacted; ``lowered`` is its lower-cased form, for a quick look."""
    if not any(hint in lowered for hint in _HINTS):
        return text
    pieces: list[str] = []
    written = 0
    for match in _NAME.finditer(text):
        if match.start() < written or not is_secret_name(match["name"]):
            continue
        begin, end = _value(text, match)
        if begin == end:
            continue
        # A bare number under a quoted name becomes a string, so that JSON stays JSON.
        bare = match["quote"] is not None and begin == match.end()
        pieces += [text[written:begin], f"{match['quote']}{REDACTED}{match['quote']}" if bare else REDACTED]
        written = end
    return "".join([*pieces, text[written:]])


def is_secret_name(name: str) -> bool:
    """Whether a field, header or parameter of this name holds a secret."""
    return name.replace("_", "").replace("-", "").lower() in SECRET_NAMES


def _value(text: str, match: re.Match[str]) -> tuple[int, int]:
    """Where the value of the field begins and ends; an empty span if there is none worth redacting."""
    begin = match.end()
    opening = _OPENING_QUOTE.match(text, begin)
    if opening is not None:
        return opening.end(), _end_of_quoted(text, opening)
    unquoted = (_ENCODED if "%" in match["sign"] else _UNQUOTED).match(text, begin)
    if unquoted is None:
        return begin, begin
    is_form = match["sign"].lower() in ("=", "%3d") and _after_delimiter(text, match)
    has_digit = any(character.isdigit() for character in unquoted[0])
    if is_form or has_digit or REDACTED in unquoted[0]:
        return unquoted.span()
    return begin, begin


def _after_delimiter(text: str, match: re.Match[str]) -> bool:
    start = match.start("name")
    return start == 0 or text[max(0, start - 3) : start].endswith(_FORM_DELIMITERS)


def _end_of_quoted(text: str, opening: re.Match[str]) -> int:
    """The index of the closing quote at the same level of escaping, of the line's end if there is none."""
    escapes, mark = len(opening["escapes"]), opening["mark"]
    run = 0
    for index in range(opening.end(), len(text)):
        character = text[index]
        if character == "\\":
            run += 1
            continue
        if character == mark and _closes(run, escapes):
            return index - escapes
        if character in "\r\n":
            return index
        run = 0
    return len(text)


def _closes(run: int, escapes: int) -> bool:
    """Whether a quote after ``run`` backslashes closes a string that was opened after ``escapes`` of them.

    At each level of JSON a quote's n backslashes become 2n + 1: a string opened after n closes at n backslashes more
    than a multiple of 2n + 2 (its own escaped backslashes), and at n = 0 after an even number of them.
    """
    return run % (2 * escapes + 2) == escapes
