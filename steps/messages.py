"""Messages: what a refusal says to people, and what it keeps to itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pytest_bdd import then

from environment.driving.refusals import EMPTY, message_of_last_named, refusal_of_last_named, words_of
from environment.driving.stage import Stage
from environment.gherkin.references import ReferenceKind, parse, register
from environment.secrecy.redaction import redact

STACK_TRACE = re.compile(r"Traceback \(most recent|\bFile \"[^\"]+\", line \d+|<[\w.]+ object at 0x")
HTML = re.compile(r"<!doctype|</?(?:html|head|body|h1|center|pre|div)\b", re.IGNORECASE)
HOW_TO_SIGN_IN = re.compile(
    r"\b(?:run|use|with|by running) ['\"`]?quilt3 login|"
    r"(?:please|to|must|need to|and|first|^|[.:;] )\s*(?:sign in|log in|login)\b|\b(?:provide|send|present) .*\btoken",
    re.IGNORECASE | re.MULTILINE,
)
CREATE_INSTEAD = re.compile(
    r"create_package_revision|package_create|\bcreat(?:e|ing) (?:it|the|this|that|a) |\bcreate (?:it|one)\b",
    re.IGNORECASE,
)
UPDATE_INSTEAD = re.compile(
    r"update_package_revision|package_update|\bupdat(?:e|ing) (?:it|the|this|that|an existing)\b|\bupdate instead\b",
    re.IGNORECASE,
)
EXPIRED = re.compile(r"\bexpired\b", re.IGNORECASE)
TOO_LONG = re.compile(r"\btim(?:e|ed)[ -]?out|\btoo long\b", re.IGNORECASE)
# The document is called what it is, and said to be none: "Expecting value" or "has no attribute" say neither.
NO_CONFIGURATION = re.compile(
    r"\b(?:not|no|isn't|invalid|malformed|unexpected)(?: \w+){0,3} (?:JSON|configuration|config\.json)\b"
    r"|\b(?:JSON|configuration|config\.json)(?: \w+){0,3} (?:not|invalid|malformed|unexpected)\b",
    re.IGNORECASE,
)
NAME_FORM = re.compile(r"\b(?:user|namespace)/(?:package|name)\b")
ADVICE = re.compile(
    r"(?:(?:^|[.:;,!(\n]|\s[-\u2013\u2014])\s*(?:and |or |then )?|\b(?:please|you (?:must|should|can|may|need to)) )"
    r"(?:try|retry|check|verify|make sure|ensure|sign in|log in|ask|contact|use|run|set|provide|specify|choose|create|"
    r"update|refresh|search|list) +[a-z'\"`]",
    re.IGNORECASE,
)
"""An order or a piece of advice: the verb begins a clause, or follows "please" or "you must", and something follows."""
NO_MAIL = re.compile(r"\bmail.{0,40}\bsen[dt]\b|\bsend.{0,40}\bmail\b|\bSMTP\b", re.IGNORECASE)
WRONG_CONFIGURATION = re.compile(
    r"\b(?:invalid|wrong|malformed|bad) (?:table |tabulator )?config(?:uration)?\b|"
    r"\bconfig(?:uration)? (?:is|was|has|must|cannot|does)\b",
    re.IGNORECASE,
)
UNAVAILABLE = re.compile(
    r"\bunavailable\b|\bnot available\b|\bunreachable\b|\b(?:could not|cannot|failed to) (?:be )?(?:reach|connect)|"
    r"\b(?:is|be) down\b|\bnot (?:respond|answer)|\bconnection (?:was )?(?:refused|reset|aborted)\b",
    re.IGNORECASE,
)
NOT_THERE = re.compile(
    r"\bnot found\b|\bno such\b|\b(?:does|do|did) not exist\b|\b(?:doesn't|don't) exist\b|\bthere is no\b",
    re.IGNORECASE,
)
THERE_ALREADY = re.compile(r"\balready (?:exists?|there|taken|in use)\b|\bexists? already\b", re.IGNORECASE)
NOT_ALLOWED = re.compile(
    r"\b(?:permissions?|access) (?:is |was )?denied\b|"
    r"\b(?:no|lacks?|without|insufficient|needs?|requires?) (?:\w+ ){0,2}permissions?\b|"
    r"\bnot (?:authori[sz]ed|allowed|permitted)\b|\bmay not\b|\bforbidden\b|"
    r"\b(?:needs?|requires?|only) (?:\w+ ){0,2}admin(?:istrator)?s?\b|\badmin(?:istrator)?s? only\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class MessageMeaning:
    """Something that a message may say: in words, and how it differs from what nearly any message says."""

    words: str
    pattern: re.Pattern[str]


MEANINGS = {
    "how to sign in": HOW_TO_SIGN_IN,
    "that it expired": EXPIRED,
    "that it took too long": TOO_LONG,
    "what to do next": ADVICE,
    "to update the package instead": UPDATE_INSTEAD,
    "to create the package instead": CREATE_INSTEAD,
    "how a package name is formed": NAME_FORM,
    "that the configuration is invalid": WRONG_CONFIGURATION,
    "that the answer is not a configuration": NO_CONFIGURATION,
    "that a mail could not be sent": NO_MAIL,
    "that something is empty": EMPTY,
    "that permission is lacking": NOT_ALLOWED,
    "that the service is unavailable": UNAVAILABLE,
    "that it does not exist": NOT_THERE,
    "that it already exists": THERE_ALREADY,
}
register(
    ReferenceKind(
        "MessageMeaning",
        "meaning of a message",
        lambda: sorted(MEANINGS),
        lambda words, _: MessageMeaning(words, MEANINGS[words]),
        pattern="|".join(MEANINGS),
    )
)


@then(parse("the message says {meaning:MessageMeaning}"))
def message_says(stage: Stage, meaning: MessageMeaning) -> None:
    """The message of the last refusal says this, in whatever words."""
    message = message_of_last_named(stage)
    is_said = meaning.pattern.search(message) is not None
    assert is_said, f"the message does not say {meaning.words}: {message}"


@then(parse("the message shows no secret"))
def message_shows_no_secret(stage: Stage) -> None:
    """Neither the message nor the context of the error contains a token or key."""
    message_of_last_named(stage)
    words = words_of(refusal_of_last_named(stage))
    assert redact(words) == words, f"the message shows a secret: {redact(words)}"


@then(parse("the message shows neither a stack trace nor HTML"))
def message_is_for_people(stage: Stage) -> None:
    """The message is meant for a reader, not for a debugger or a browser."""
    message = message_of_last_named(stage)
    found = STACK_TRACE.search(message) or HTML.search(message)
    assert found is None, f"the message shows {found[0] if found else ''}"
