"""Typed words of a sentence: values, references, what is refused."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest
from hypothesis import given, strategies

from environment.gherkin import references, values
from environment.gherkin.references import ReferenceKind, parse
from environment.gherkin.values import Duration, Refusal, Size


@pytest.fixture
def kinds(monkeypatch):
    kinds = references.Kinds()
    kinds.register(*(references.KINDS[name] for name in ("Size", "Duration", "Count", "Refusal", "Text")))
    monkeypatch.setattr(references, "KINDS", kinds)
    return kinds


def persona(noun: str = "persona") -> ReferenceKind:
    return ReferenceKind("Persona", noun, _people, _resolve, r"[A-Z][a-z]+|she", ("she",))


def _people():
    return ["Dana", "Lee"]


def _resolve(text, request):
    return (text, request)


@given(strategies.integers(0, 10**15), strategies.sampled_from(sorted(values.SIZE_UNITS)), strategies.booleans())
def test_sizes_round_trip(number, unit, grouped):
    size = Size(f"{number:,} {unit}" if grouped else f"{number}{unit}")
    assert size.problem() is None
    assert size.bytes == number * values.SIZE_UNITS[unit]


@given(strategies.decimals(0, 10**6, places=3), strategies.sampled_from(sorted(values.TIME_UNITS)))
def test_durations_round_trip(number, unit):
    duration = Duration(f"{number} {unit}")
    assert duration.problem() is None
    assert duration.seconds == pytest.approx(float(number) * float(values.TIME_UNITS[unit]))


@given(strategies.text())
def test_no_text_makes_a_measure_raise_before_it_is_used(text):
    for measure in (Size(text), Duration(text)):
        wrong = measure.problem()
        if wrong is not None:
            with pytest.raises(ValueError, match=re.escape(wrong)):
                getattr(measure, "bytes" if isinstance(measure, Size) else "seconds")


@pytest.mark.parametrize(
    ("text", "amount"), [("5 MB", 5_000_000), ("1.5 KB", 1500), ("1 MiB", 1048576), ("0 bytes", 0), ("1,024B", 1024)]
)
def test_sizes(text, amount):
    assert Size(text).bytes == amount


def test_half_a_byte():
    assert Size("0.5 B").problem() == 'the size "0.5 B" is not a whole number of bytes'


def test_a_reason_stands_for_an_error_and_two_for_either():
    assert Refusal("not found").errors == ("NotFoundError",)
    assert Refusal("invalid or not found").errors == ("ValidationError", "NotFoundError")
    assert Refusal("invalid or not found").problem() is None
    assert 'unknown reason for a refusal "lost"' in str(Refusal("invalid or lost").problem())


def test_reasons_are_the_errors_of_the_product():
    [package] = importlib.util.find_spec("quilt_mcp").submodule_search_locations
    source = (Path(package) / "ops" / "exceptions.py").read_text(encoding="utf-8")
    classes = [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    assert sorted(classes) == sorted(values.REASONS.values())


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("1,000", 1000), ("no", 0), ("one", 1), ("twelve", 12)])
def test_counts(kinds, text, number):
    assert parse("{n:Count} files").parse_arguments(f"{text} files") == {"n": number}


def test_quoted_text_ends_at_its_quotation_mark(kinds):
    two = parse('"{first:Text}" and "{second:Text}"')
    assert two.parse_arguments('"" and "a b"') == {"first": "", "second": "a b"}
    assert two.parse_arguments(r'"say \"hi\"" and "C:\\x\y"') == {"first": 'say "hi"', "second": r"C:\x\y"}
    assert not parse('"{only:Text}"').is_matching('"a" and "b"')


def test_sentences_are_exact_about_case_and_words(kinds):
    kinds.register(persona())
    signed_in = parse("{persona:Persona} is signed in")
    assert signed_in.is_matching("Dana is signed in")
    for other in ("dana is signed in", "Dana Is signed in", "Dana is signed in now", "is signed in"):
        assert not signed_in.is_matching(other), other
    with pytest.raises(ValueError, match="is not the sentence"):
        signed_in.parse_arguments("Dana is out")


def test_references_know_and_resolve(kinds):
    kinds.register(persona())
    parser = parse("{persona:Persona} is signed in")
    dana, she, danna = (parser.parse_arguments(f"{name} is signed in")["persona"] for name in ("Dana", "she", "Danna"))
    assert (dana.problem(), she.problem(), repr(dana)) == (None, None, "Dana")
    assert dana.known() == ["Dana", "Lee", "she"]
    assert dana.resolve("request") == ("Dana", "request")
    with pytest.raises(LookupError, match='unknown persona "Danna"; did you mean "Dana"'):
        danna.resolve("request")


def test_kinds_are_registered_once(kinds):
    kinds.register(persona())
    kinds.register(persona())
    with pytest.raises(ValueError, match="there is a kind Persona already"):
        kinds.register(persona("somebody"))
    with pytest.raises(ValueError, match="captures groups"):
        kinds.register(ReferenceKind("Role", "role", _people, _resolve, r"(a|b)"))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (
            "{persona:Person} acts",
            'unknown kind of placeholder "Person"; did you mean "Persona"? known: Count, Duration',
        ),
        ("{persona} acts", "{persona} has no type; write {persona:Type} with one of: Count, Duration"),
    ],
)
def test_a_sentence_names_kinds_that_exist(kinds, pattern, message):
    kinds.register(persona())
    with pytest.raises(ValueError, match=re.escape(message)):
        parse(pattern)
