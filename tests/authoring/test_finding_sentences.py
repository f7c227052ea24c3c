"""A sentence is found by what it means, and comes with its blanks filled in."""

from __future__ import annotations

import re

import pytest
from natural_wordings import NATURAL_WORDINGS

from authoring.finding_sentences import about, suggested, suggestions
from authoring.sentence_list import ListedSentence, sentence_list
from environment.settings import ROOT


@pytest.fixture(scope="module")
def entries() -> list[ListedSentence]:
    return [entry for chapter in sentence_list(ROOT / "features") for entry in chapter.entries]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("edit a file", "[replaces|has replaced]"),
        ("create a package", "[publishes|has published]"),
        ("fetching files", "can download every file"),
        ("login", "is signed in"),
        ("diff", "[compares|has compared]"),
        ("permissions", "access"),
        ("convention", "requires this metadata of every package"),
        ("audit", "has the message"),
        ("at the same time", "from as many threads at once"),
        ("simultaneously", "begins before the first is done"),
    ],
)
def test_synonyms_and_other_forms_lead_to_a_sentence(entries: list[ListedSentence], words: str, part: str) -> None:
    assert any(part in entry.shown for entry in about(words, entries))


def test_of_several_words_only_sentences_about_most_of_them_are_found(entries: list[ListedSentence]) -> None:
    found = [entry.shown for entry in about("download a file", entries)]
    assert found
    assert not any(shown.startswith("Given these files") for shown in found), found


def test_letters_inside_another_word_are_no_hit(entries: list[ListedSentence]) -> None:
    assert about("age", entries) == []  # pack-age
    assert about("the", entries) == []


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        (
            'Lee changes "a.csv" in the package "yields"',
            'Lee replaces "a.csv" in the package "yields" with a corrected file',
        ),
        ('Dana looks inside the package "yields"', 'Dana browses the package "yields"'),
        ('Dana renames the table "harvest" to "yields"', 'Dana renames the table "harvest" to "yields"'),
        (
            "Lee compares the first revision with the latest revision",
            "Lee compares the first revision with the latest revision",
        ),
    ],
)
def test_a_wording_leads_to_a_sentence_with_its_blanks_filled_in(
    entries: list[ListedSentence], wording: str, text: str
) -> None:
    assert text in [suggestion.text for suggestion in suggestions(wording, entries)]


def test_every_suggestion_is_a_sentence(entries: list[ListedSentence]) -> None:
    for wording in ('Lee cannot open the folder "raw" of it', "Dana has 3 tables", 'Sam finds "yields"'):
        for suggestion in suggestions(wording, entries):
            assert suggestion.entry.definition.arguments(suggestion.text) is not None, suggestion.text


def test_the_keyword_of_a_step_is_no_part_of_what_is_looked_for(entries: list[ListedSentence]) -> None:
    assert suggestions("And Dana deletes the package", entries)[0].text == "Dana deletes the package"


def test_lint_names_what_can_stand_in_the_place_of_a_step(entries: list[ListedSentence]) -> None:
    line = suggested("When Dana copies her package to the remote bucket", entries)
    assert " | Dana copies the package " in line
    named = suggested("When Dana is told about the weather in Lund", entries)
    assert named.endswith("if none says it, tag the scenario @wish")
    assert "is told that" not in named, "only a Then says so"


def test_a_sentence_about_something_else_comes_later(entries: list[ListedSentence]) -> None:
    found = [suggestion.text for suggestion in suggestions('Dana deletes the table "harvest"', entries)]
    assert found[0] == 'Dana deletes the table "harvest"', found


def test_examples_are_neither_attacks_nor_about_what_is_missing(entries: list[ListedSentence]) -> None:
    [link] = [entry for entry in entries if "for a link to" in entry.shown]
    assert link.example is not None
    assert "missing" not in link.example.text


def test_every_sentence_can_be_shown_as_somebody_would_write_it(entries: list[ListedSentence]) -> None:
    assert [entry.shown for entry in entries if "{" in entry.definition.spoken()] == []


def test_natural_wordings_lead_to_the_right_sentence_first(entries: list[ListedSentence]) -> None:
    """Nine of ten at once, and the others among the first three."""
    found = {wording: [each.entry.shown for each in suggestions(wording, entries)] for wording in NATURAL_WORDINGS}
    missed = [wording for wording, part in NATURAL_WORDINGS.items() if part not in found[wording][0]]
    assert len(NATURAL_WORDINGS) >= 20
    assert len(missed) <= len(NATURAL_WORDINGS) // 10, missed
    for wording in missed:
        assert any(NATURAL_WORDINGS[wording] in shown for shown in found[wording][:3]), found[wording][:3]


def test_hits_are_ranked_by_how_many_of_the_words_they_are_about(entries: list[ListedSentence]) -> None:
    shown = [entry.shown for entry in about("slow registry of the weather service", entries)]
    assert "{service:Service} takes {time:Duration} to answer" in shown
    assert "access" in about("access to a bucket", entries)[0].shown


def test_what_somebody_may_not_do_is_said_in_two_sentences(entries: list[ListedSentence]) -> None:
    found = suggested("Then Ada may not publish a package", entries)
    assert found.startswith('let Ada try to publish a package in a When, and say "Then Ada is refused: not allowed"; ')


def test_nobody_is_suggested_to_act_on_themselves(entries: list[ListedSentence]) -> None:
    for wording in (
        "Lee sends 6 requests at the same time",
        "Nora removes the roles of somebody",
        "Ada deletes a user",
    ):
        for one in suggestions(wording, entries):
            who = re.match(r"[A-Z][a-z]+", one.text)
            assert who is None or len(re.findall(rf"\b{who[0]}\b", one.text)) == 1, one.text
