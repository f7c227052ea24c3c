"""Why a step is not a sentence that it nearly is: words that cannot stand in one of its blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from environment.gherkin import references
from environment.gherkin.mentions import indefinite, noun_of
from environment.gherkin.vocabulary import StepDefinition, Vocabulary

_EXAMPLES = 3
_QUOTED = r'"[^"]*"'
_ALWAYS, _FOR_EACH = 3, 2
"""So many words may be wrong: three, and if it is more, two for each word of the sentence."""
_ALIKE = 12
"""So many of the nearest sentences are asked whether a step is one of them but for one blank."""


def near_miss(step_type: str, text: str, vocabulary: Vocabulary) -> str | None:
    """What cannot stand in a step that would be a sentence but for one blank; None if it is not so."""
    alike = vocabulary.nearest_first(text, limit=_ALIKE)
    return misfit(text, (one for one in alike if one.type in ("", step_type)))


def misfit(text: str, definitions: Iterable[StepDefinition]) -> str | None:
    """What cannot stand where, and what can, in the sentence that the text would be but for one blank.

    Of several sentences the one in which the fewest words are wrong; none in which more words are wrong than are right.
    """
    found = [each for definition in definitions for each in _misfits(text, definition)]
    nearest = min(found, key=lambda each: len(each.wrong.split()), default=None)
    return None if nearest is None else nearest.message()


@dataclass(frozen=True)
class _Misfit:
    definition: StepDefinition
    blank: str
    kind: references.Kind
    wrong: str

    def message(self) -> str:
        noun, other = noun_of(self.kind), _other_noun(self.wrong, noun_of(self.kind))
        cannot = f"is not {indefinite(noun)} here" if noun else f"cannot stand for {references.readable(self.blank)}"
        instead = f", but {indefinite(other)}," if other else ""
        why = references.KINDS.advice(self.kind.name, self.wrong)
        because = f": {why}" if why else ""
        written = f"write {self._choices(noun)}"
        return f"'{self.wrong}' {cannot}{instead} in \"{self.definition.readable()}\"{because}; {written}"

    def _choices(self, noun: str) -> str:
        """What can stand there: the usual ways to mention a thing, or the choices that come nearest."""
        choices = [each for each in self.kind.choices() if each.strip()]
        if noun or len(choices) <= _EXAMPLES:
            return " or ".join(f"'{each}'" for each in choices[:_EXAMPLES])
        near = process.extract(self.wrong, choices, scorer=fuzz.token_set_ratio, limit=_EXAMPLES)
        written = " or ".join(f"'{each}'" for each, *_ in near)
        return f"{written} ({len(choices)} in all; `acceptance steps` lists them)"


def _misfits(text: str, definition: StepDefinition) -> Iterator[_Misfit]:
    blanks = list(references.PLACEHOLDER.finditer(definition.pattern))
    if any(blank[2] not in references.KINDS.names() for blank in blanks):
        return
    for blank in blanks:
        found = _but_for(blank, blanks, definition.pattern).fullmatch(text)
        if found is not None and len(found["wrong"].split()) <= _most_wrong(definition.pattern):
            yield _Misfit(definition, blank[0], references.KINDS[blank[2]], found["wrong"])


def _most_wrong(pattern: str) -> int:
    return max(_ALWAYS, _FOR_EACH * len(references.PLACEHOLDER.sub(" ", pattern).split()))


def _other_noun(words: str, noun: str) -> str:
    """The noun of what the words are, if that is a thing of another kind: `the table "harvest"`; "" if it is not."""
    if re.fullmatch(_QUOTED, words):
        return "quoted text"
    kinds = (references.KINDS[name] for name in references.KINDS.names())
    nouns = {noun_of(kind) for kind in kinds if words[:1] not in '"' and re.fullmatch(kind.pattern, words)}
    named = [each for each in sorted(nouns - {"", noun}) if re.search(rf"\b{each}\b", words)]
    return named[0] if named else ""


def _but_for(wrong: re.Match[str], blanks: Sequence[re.Match[str]], pattern: str) -> re.Pattern[str]:
    parts, end = [], 0
    for blank in blanks:
        parts.append(re.escape(pattern[end : blank.start()]))
        parts.append("(?P<wrong>.+?)" if blank is wrong else f"(?:{references.KINDS[blank[2]].pattern})")
        end = blank.end()
    return re.compile("".join([*parts, re.escape(pattern[end:])]))
