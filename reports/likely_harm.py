"""What kind of harm a broken promise probably does, by its words and by what came instead: a guess until it is rated.

Nobody has rated a failure that is not a known defect. Sentences are written alike everywhere ("is refused: not
allowed", "is unchanged"), so that their words tell the kinds apart; how often they agree with the ledger of known
defects is tested.
"""

from __future__ import annotations

import re

from reports.known_defects import Impact
from reports.outcomes import Ended, Status

_KEPT = re.compile(r"\b(unchanged|still|stays?|the same metadata|other than)\b")
"""Sentences about what nobody asked to change."""
_KEPT_OUT = re.compile(r"\b(cannot sign in|no longer (works|opens|sees)|open nothing|learns? nothing)\b")
"""Sentences about who must not get in, or see."""
_HOLDS = re.compile(r"\b(holds exactly|has exactly this metadata|the same files)\b")
_MISSING = re.compile(r"\b(metadata )?fields differ: missing|\bfiles[^:]* differ: missing")
"""What came instead, where something is gone that was there or was given."""
_LEFT_OUT = re.compile(r"\b(was left out|lost silently)\b")
_REFUSED = re.compile(r"\brefused\b(?:: (?P<reason>.+))?")
_RIGHTS = ("not allowed", "not signed in")
_SECRET = re.compile(r"\b(sent no|treated as data|no line of the log|not recorded)\b")
"""Sentences about what must not get out, or in."""
_SENT_AWAY = re.compile(r"\b(tokens?|credentials|secrets?|passwords?) (was|were) sent\b")
"""What came of any sentence whose request took credentials to somebody else."""
_OTHERWISE = ("but was refused", "unexpected error")
"""What came instead of a refusal as promised: another one."""
_SAID = re.compile(r"\b(error|message|advised|told why)\b")


def likely_harm(sentence: str, ended: Ended) -> Impact | None:
    """The kind of harm that its words suggest; None where the check says nothing of the product."""
    if ended.status is Status.BROKEN:
        return None
    happened = ended.in_words or ended.in_one_line
    refusal = _REFUSED.search(sentence)
    if _LEFT_OUT.search(sentence) or _LEFT_OUT.search(happened):
        return Impact.DATA_LOSS
    if _SENT_AWAY.search(happened):
        return Impact.SECURITY
    if _HOLDS.search(sentence) and _MISSING.search(ended.in_one_line):
        return Impact.DATA_LOSS
    if refusal:
        return _not_refused(refusal["reason"], happened)
    if ended.failure and ended.failure.kind != "AssertionError":
        return Impact.CANNOT
    if _SECRET.search(sentence) or _KEPT_OUT.search(sentence):
        return Impact.SECURITY
    if _KEPT.search(sentence):
        return Impact.DATA_LOSS
    return Impact.MESSAGE if _SAID.search(sentence) else Impact.WRONG


def worst_first(harm: Impact | None) -> int:
    """For sorting: the worst kind of harm first, what says nothing of the product last."""
    return [*Impact, None].index(harm)


def _not_refused(reason: str | None, happened: str) -> Impact:
    if any(each in happened for each in _OTHERWISE):
        return Impact.MESSAGE
    return Impact.SECURITY if reason is None or any(each in reason for each in _RIGHTS) else Impact.WRONG
