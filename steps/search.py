"""Searching: what a search finds, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pytest_bdd import then, when

from environment.arrangement.surveys import Survey
from environment.comparing import must_be_exactly
from environment.figures import Figures
from environment.gherkin.references import parse
from environment.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.waiting import wait_until
from steps.baseline import Baseline
from steps.creation import Publication


def _search(persona: Session, text: str) -> Outcome:
    return attempt(persona.ops.search_packages, text, registry=persona.registry)


def _names(packages: Iterable[Any]) -> list[str]:
    return sorted(package.name for package in packages)


@when(parse('{persona:Persona} searches for "{text:Text}"'), target_fixture="outcome")
def search(persona: Session, text: str, settled_index: Baseline) -> Outcome:
    """Search the packages of the registry."""
    return _search(persona, text)


@when(parse("{persona:Persona} searches for that word"), target_fixture="outcome")
def search_for_word(persona: Session, survey: Survey, figures: Figures) -> Outcome:
    """Search for the word that some packages share; time and memory are measured."""
    with figures.measured("searching"):
        return _search(persona, survey.word)


@when(parse("{persona:Persona} lists all packages"), target_fixture="outcome")
def list_all(persona: Session, settled_index: Baseline, figures: Figures) -> Outcome:
    """List the packages of the registry, a search for nothing in particular; time and memory are measured."""
    with figures.measured("listing"):
        return _search(persona, "")


@then(parse("{persona:Persona} finds exactly {names:Names}"))
def finds_exactly(persona: Session, names: tuple[str, ...], outcome: Outcome) -> None:
    """These packages, each once, and no others."""
    must_be_exactly(_names(outcome.value), names, "packages found")


@then(parse("{persona:Persona} finds all {count:Count} of them"))
def finds_all_of_them(persona: Session, count: int, outcome: Outcome, survey: Survey) -> None:
    """Each of the packages that share a word is there; whether once only, other scenarios say."""
    must_be_exactly(set(_names(outcome.value)) & set(survey.names), survey.names, "packages found")
    assert len(survey.names) == count


@then(parse("{persona:Persona} finds no packages"))
def finds_nothing(persona: Session, outcome: Outcome) -> None:
    """An empty list, which is an answer and no error."""
    must_be_exactly(_names(outcome.value), [], "packages found")


@then(parse("{persona:Persona} finds exactly the baseline packages"))
def finds_baseline(persona: Session, outcome: Outcome, baseline: Baseline) -> None:
    """The packages that the deployment was arranged with, each once."""
    must_be_exactly(_names(outcome.value), baseline.package_names, "packages listed")


@then(parse("{persona:Persona} finds it by name"))
def finds_by_name(persona: Session, publication: Publication, target: Target) -> None:
    """A search for the last part of the name finds the package, as soon as the index has caught up."""
    publication.outcome.value  # noqa: B018 - nothing to look for if it was not made
    name = publication.package_name
    wait_until(
        lambda: name in _names(_search(persona, name.split("/")[1]).value),
        limit_seconds=target.indexing_limit_seconds,
        what=f"{persona} to find {name} by search",
    )


@then(parse("the search is answered without an error"))
def is_answered(outcome: Outcome) -> None:
    """Whatever was asked for, the answer is a list."""
    assert isinstance(outcome.value, list)


@then(parse("every result has a name, a top hash, a date, a registry and a bucket"))
def results_are_complete(outcome: Outcome, target: Target) -> None:
    """Each field holds what it promises; the registry is the one that was searched."""
    for package in outcome.value:
        assert re.fullmatch(r"[0-9a-f]{64}", package.top_hash), f"{package.name} has the top hash {package.top_hash!r}"
        assert re.match(r"\d{4}-\d\d-\d\dT", package.modified_date), package.modified_date
        assert (package.registry, package.bucket) == (target.registry, target.buckets.packages)


@then(parse("each name consists of a user and a package"))
def names_have_the_form(outcome: Outcome) -> None:
    """Every listed name has two parts."""
    assert all(re.fullmatch(r"[\w-]+/[\w-]+", name) for name in _names(outcome.value))
