"""Why a step is not a sentence that it nearly is: words that cannot stand in one of its blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from environment.gherkin import references
from environment.gherkin.vocabulary import StepDefinition, Vocabulary

_EXAMPLES = 3
_ALIKE = 12
"""So many of the nearest sentences are asked whether a step is one of them but for one blank."""


def near_miss(step_type: str, text: str, vocabulary: Vocabulary) -> str | None:
    """What cannot stand in a step that would be a sentence but for one blank; None if it is not so."""
    alike = vocabulary.nearest_first(text, limit=_ALIKE)
    return misfit(text, (one for one in alike if one.type in ("", step_type)))


def misfit(text: str, definitions: Iterable[StepDefinition]) -> str | None:
    """What cannot stand where, and what can, in the first sentence that the text would be but for one blank."""
    for definition in definitions:
        blanks = list(references.PLACEHOLDER.finditer(definition.pattern))
        if any(blank[2] not in references.KINDS.names() for blank in blanks):
            continue
        for wrong in blanks:
            found = _but_for(wrong, blanks, definition.pattern).fullmatch(text)
            if found is not None:
                choices = [each for each in references.KINDS[wrong[2]].choices() if each.strip()][:_EXAMPLES]
                examples = " or ".join(f"'{each}'" for each in choices)
                blank, sentence = references.readable(wrong[0]), definition.readable()
                return f"'{found['wrong']}' cannot stand for {blank} in \"{sentence}\"; write {examples}"
    return None


def _but_for(wrong: re.Match[str], blanks: Sequence[re.Match[str]], pattern: str) -> re.Pattern[str]:
    parts, end = [], 0
    for blank in blanks:
        parts.append(re.escape(pattern[end : blank.start()]))
        parts.append("(?P<wrong>.+?)" if blank is wrong else f"(?:{references.KINDS[blank[2]].pattern})")
        end = blank.end()
    return re.compile("".join([*parts, re.escape(pattern[end:])]))
