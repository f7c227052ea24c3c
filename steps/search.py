"""Searching: what a search finds, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pytest_bdd import then, when

from environment.arrangement.surveys import Survey
from environment.checking.comparing import must_be_empty, must_be_exactly, must_not_be_empty
from environment.checking.figures import Figures
from environment.gherkin.references import parse
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.waiting import wait_until
from steps.baseline import Baseline
from steps.creation import Publication

_NAME = re.compile(r"[\w-]+/[\w-]+")


def _search(persona: Session, text: str) -> Outcome:
    return attempt(persona.ops.search_packages, text, registry=persona.registry)


def _found_by(persona: Session) -> list[Any]:
    """The packages that the persona's last search or listing gave."""
    found: list[Any] = persona.last_outcome("search_packages").value
    return found


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
def finds_exactly(persona: Session, names: tuple[str, ...]) -> None:
    """These packages, each once, and no others."""
    must_be_exactly(_names(_found_by(persona)), names, "packages found")


@then(parse("{persona:Persona} finds all {count:Count} of them"))
def finds_all_of_them(persona: Session, count: int, survey: Survey) -> None:
    """Each of the packages that share a word is there; whether once only, other scenarios say."""
    must_be_exactly(set(_names(_found_by(persona))) & set(survey.names), survey.names, "packages found")
    assert len(survey.names) == count, f"{len(survey.names)} packages share the word, not {count}"


@then(parse("{persona:Persona} finds no packages"))
def finds_nothing(persona: Session) -> None:
    """An empty list, which is an answer and no error."""
    must_be_empty(_names(_found_by(persona)), "packages found")


@then(parse("{persona:Persona} finds exactly the baseline packages"))
def finds_baseline(persona: Session, baseline: Baseline) -> None:
    """The packages that the deployment was arranged with, each once."""
    must_be_exactly(_names(_found_by(persona)), baseline.package_names, "packages listed")


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
    """Whatever was asked for, the answer is a list, which may be empty, of packages."""
    found = outcome.value
    assert isinstance(found, list), f"the answer is {found!r}"
    assert all(package.name for package in found), f"the answer holds something without a name: {found}"


@then(parse("every result has a name, a top hash, a date, a registry and a bucket"))
def results_are_complete(outcome: Outcome, target: Target) -> None:
    """Each field holds what it promises; the registry is the one that was searched."""
    for package in must_not_be_empty(outcome.value, "results"):
        assert _NAME.fullmatch(package.name), f"a result has the name {package.name!r}"
        assert re.fullmatch(r"[0-9a-f]{64}", package.top_hash), f"{package.name} has the top hash {package.top_hash!r}"
        assert _is_moment(package.modified_date), f"{package.name} has the date {package.modified_date!r}"
        assert (package.registry, package.bucket) == (target.registry, target.buckets.packages)


@then(parse("each name consists of a user and a package"))
def names_have_the_form(outcome: Outcome) -> None:
    """Every listed name has two parts."""
    wrong = [name for name in must_not_be_empty(_names(outcome.value), "names") if not _NAME.fullmatch(name)]
    assert not wrong, f"names of another form: {', '.join(wrong)}"


def _is_moment(text: str) -> bool:
    """Whether a text is a date and time in ISO 8601, which a date alone is not."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text
