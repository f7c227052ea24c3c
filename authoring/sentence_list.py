"""The list of sentences: each with its meaning, the words its placeholders take, and an example that uses it."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from _pytest.config import default_plugins

from environment.gherkin.acts import tenses
from environment.gherkin.cases import cases_of
from environment.gherkin.document import FeatureSyntaxError, feature_files, read_feature
from environment.gherkin.embedded import is_embedded_only
from environment.gherkin.following import needs_and_gives
from environment.gherkin.needs import Fixtures, fixtures_in
from environment.gherkin.references import KINDS, kind_words, readable
from environment.gherkin.tags import EMBEDDED_ONLY
from environment.gherkin.vocabulary import StepDefinition, Vocabulary, definitions_in
from quilt_stack.patches import Patch

TYPES = ("given", "when", "then")
_SHOWN_CHOICES = 40
_INDEX = "All sentences by their first words"
PATCH = Patch(
    __name__,
    "pytest",
    reason="Sentences may take fixtures of pytest's own plugins, which are listed in a private module.",
    bodies={
        "_pytest.config:get_config": "18868281990a",
    },
    fence="tests/authoring/test_steps_command.py::test_a_good_feature_has_no_findings",
    until="pytest has a public list of its plugins",
)


@dataclass(frozen=True)
class Example:
    """A step of a feature that is this sentence."""

    text: str
    path: Path
    line: int


@dataclass(frozen=True)
class ListedSentence:
    """A sentence: what it means, the words that its placeholders take, and a step that uses it, if any does.

    An act stands here once, for its Given and its When. `uses` counts the lines of features that are this sentence,
    `choices` are by the kind of words.
    """

    definition: StepDefinition
    choices: dict[str, Sequence[str]]
    example: Example | None
    in_both_tenses: str = ""
    uses: int = 0

    @property
    def keywords(self) -> str:
        """How a step that is this sentence begins."""
        return "Given/When" if self.in_both_tenses else self.definition.type.capitalize()

    @property
    def shown(self) -> str:
        """The sentence as lists show it; an act with both tenses, `[publishes|has published]`."""
        return self.in_both_tenses or self.definition.pattern


@dataclass(frozen=True)
class Chapter:
    """The sentences about one noun of the domain."""

    title: str
    introduction: str
    entries: tuple[ListedSentence, ...]


def vocabulary() -> Vocabulary:
    """All sentences of the suite.

    Returns:
        The definitions of every module that `steps` names as a pytest plugin.
    """
    return Vocabulary(definitions_in(_modules()))


def fixtures() -> Fixtures:
    """All fixtures that sentences may take: those of pytest's own plugins and of the suite's."""
    pytests_own = [importlib.import_module(f"_pytest.{name}") for name in default_plugins]
    suites = _with_their_plugins(("environment.plugin", "reports.plugin", "steps"))
    return fixtures_in([*pytests_own, *suites])


def sentence_list(features: Path) -> list[Chapter]:
    """The chapters in the order of the step modules, with examples from these features."""
    words = vocabulary()
    examples, uses = _examples(words, features)
    acts = tenses(words.definitions)
    chapters = []
    for module in _modules():
        entries = [
            _entry(one, examples, acts.get(one.callback, ""), uses[one])
            for one in _listed(words)
            if one.module == module.__name__
        ]
        if entries:
            entries.sort(key=lambda entry: (TYPES.index(entry.definition.type or "given"), entry.definition.line))
            title, _, introduction = (module.__doc__ or module.__name__).strip().partition(":")
            chapters.append(Chapter(title, introduction.strip().split("\n")[0], tuple(entries)))
    return chapters


def page(chapters: Sequence[Chapter]) -> str:
    """The list as Markdown."""
    lines = [
        "# The sentences of the features",
        "",
        "Made by `acceptance steps --write` from the step modules; a test keeps it in step. Words in braces are",
        "placeholders; the table at the end says what each of them takes. `[publishes|has published]` stands for two",
        "tenses of one verb: a When is what somebody does, a Given happened earlier and succeeded.",
        "",
        f"You have a sentence and want to know what it means, or which code it is? [{_INDEX}](#{_anchor(_INDEX)}).",
    ]
    for chapter in chapters:
        file = _file(chapter.entries[0])
        code = f"[`{file}`](../{file})"
        lines += ["", f"## {chapter.title}", "", f"{_sentence_case(chapter.introduction)} ({code})", ""]
        for entry in chapter.entries:
            one = entry.definition
            lines += [f"- **{entry.keywords} {readable(entry.shown)}**  ", f"  {_first_paragraph(one.description)}"]
            for label, nouns in needs_and_gives(one):
                lines[-1] += "  "
                lines += [f"  {label}: {nouns}"]
            if is_embedded_only(one):
                lines[-1] += "  "
                lines += [f"  Tag: @{EMBEDDED_ONLY}"]
            if one.columns:
                lines[-1] += "  "
                lines += [f"  Table: {one.columns}"]
            if entry.example:
                place = entry.example.path.as_posix()
                lines[-1] += "  "
                lines += [f"  Example: *{entry.example.text}* ({place})"]
    lines += ["", "## What placeholders take", "", "| placeholder | words |", "|---|---|"]
    lines += [f"| {kind_words(name)} | {_shortened(KINDS[name].choices())} |" for name in KINDS.names()]
    return "\n".join([*lines, *_index(chapters)]) + "\n"


def _index(chapters: Iterable[Chapter]) -> Iterator[str]:
    """Every sentence by its first words, each tense for itself, with its chapter and its function."""
    yield from ("", f"## {_INDEX}", "")
    yield "Placeholders that a sentence begins with do not count for the order: whoever acts (Dana, she), written as …;"
    yield 'the package, file, user or the like that it is about (it, the package "yields", its first revision); the'
    yield "service that fails: “S3, asked for …, takes 1 s to answer” stands under “takes”."
    yield from ("", "| sentence | begins with | meaning | code |", "|---|---|---|---|")
    rows = []
    for chapter in chapters:
        meaning = f"[{chapter.title}](#{_anchor(chapter.title)})"
        for entry in chapter.entries:
            code = f"[`{_file(entry)}`](../{_file(entry)}), `{entry.definition.function}`"
            rows += [(text, keyword, meaning, code) for keyword, text in _as_it_begins(entry)]
    for row in sorted(rows, key=lambda row: _after_placeholder(row[0])):
        yield f"| {' | '.join(row)} |"


def _as_it_begins(entry: ListedSentence) -> Iterator[tuple[str, str]]:
    """Keyword and text of a sentence in each of its tenses, with … for whoever acts."""
    text = re.sub(r"^\{persona\}", "…", readable(entry.shown)).replace("|", "\\|")
    both = re.search(r"\[(.*?)\\\|(.*?)\]", text)
    if both is None:
        yield entry.keywords, text
        return
    for keyword, verb in (("When", both[1]), ("Given", both[2])):
        yield keyword, text.replace(both[0], verb)


def _after_placeholder(text: str) -> str:
    """What a sentence is sorted by: its first word of its own, after the placeholders that it begins with."""
    return re.sub(r"^(?:(?:…|\{[^}]*\})(?:'s\b)?[ ,]*)*", "", text).lower()


def _anchor(heading: str) -> str:
    """The name by which links lead to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _file(entry: ListedSentence) -> str:
    return f"{entry.definition.module.replace('.', '/')}.py"


def _modules() -> list[ModuleType]:
    names: Sequence[str] = importlib.import_module("steps").pytest_plugins
    return [importlib.import_module(name) for name in names]


def _with_their_plugins(names: Sequence[str]) -> Iterator[ModuleType]:
    for name in names:
        module = importlib.import_module(name)
        yield module
        yield from _with_their_plugins(getattr(module, "pytest_plugins", ()))


def _listed(words: Vocabulary) -> Iterator[StepDefinition]:
    """Each sentence once: of an act the When."""
    acts = tenses(words.definitions)
    for one in words.definitions:
        if one.type != "given" or one.callback not in acts:
            yield one


def _entry(definition: StepDefinition, examples: dict[StepDefinition, Example], both: str, uses: int) -> ListedSentence:
    choices = {kind_words(each.kind): KINDS[each.kind].choices() for each in definition.placeholders}
    return ListedSentence(definition, choices, examples.get(definition), both, uses)


def _examples(words: Vocabulary, features: Path) -> tuple[dict[StepDefinition, Example], Counter[StepDefinition]]:
    """An example of each sentence, and in how many lines it is used."""
    found: dict[StepDefinition, list[tuple[bool, Example]]] = {}
    places: set[tuple[StepDefinition, Path, int]] = set()
    for path in feature_files([features]):
        for step_type, text, line in _steps(path):
            for match in words.matches(step_type, text):
                listed = _when_of(match.definition, words)
                example = Example(text, path.relative_to(features.parent), line)
                found.setdefault(listed, []).append((match.definition is not listed, example))
                places.add((listed, path, line))
    plainest = {each: min(examples, key=_oddity)[1] for each, examples in found.items()}
    return plainest, Counter(listed for listed, *_ in places)


def _oddity(candidate: tuple[bool, Example]) -> tuple[bool, bool, bool]:
    """Whether an example would mislead: in another tense, an attack, about what is missing or has no name."""
    is_in_other_tense, example = candidate
    is_odd = any(words in example.text for words in ("missing", "called ", '""'))
    return is_in_other_tense, example.path.name == "attacks.feature", is_odd


def _when_of(definition: StepDefinition, words: Vocabulary) -> StepDefinition:
    """The definition under which a sentence is listed: of an act the When."""
    if definition.type != "given":
        return definition
    same = (one for one in words.definitions if one.callback is definition.callback and one.type == "when")
    return next(same, definition)


def _steps(path: Path) -> Iterator[tuple[str, str, int]]:
    try:
        document = read_feature(path)
    except FeatureSyntaxError:
        return  # `acceptance lint` says what is wrong
    for case in cases_of(document):
        for step in case.steps():
            yield step.type, step.text, step.line


def _shortened(choices: Sequence[str]) -> str:
    more = f" and {len(choices) - _SHOWN_CHOICES} more" if len(choices) > _SHOWN_CHOICES else ""
    shown = [choice.strip().replace("|", "\\|") or "(nothing)" for choice in choices[:_SHOWN_CHOICES]]
    return ("; " if any("," in choice for choice in shown) else ", ").join(shown) + more


def _first_paragraph(description: str) -> str:
    return " ".join(description.strip().split("\n\n")[0].split())


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
