"""The rules for names, addresses and configurations, for any input (registry facts 3.3, 5, 9.1)."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quilt_stack.registry.administration import configuration_text, sso, tabulator_tables, user_rules
from quilt_stack.registry.refusals import InvalidInputRefusal

LETTERS = string.ascii_letters + "_"
WORD = LETTERS + string.digits


@given(first=st.sampled_from(LETTERS), rest=st.text(WORD, max_size=63))
def test_letters_digits_and_underscores_make_a_name(first: str, rest: str) -> None:
    name = first + rest
    assert user_rules.is_valid_name(name) is (name not in user_rules.RESERVED_NAMES)


@given(name=st.text())
def test_whatever_is_accepted_as_a_name_can_name_an_sts_session(name: str) -> None:
    if user_rules.is_valid_name(name):
        assert name.isascii() and name.isidentifier() and 1 <= len(name) <= 64
    else:
        assert name in user_rules.RESERVED_NAMES or not (name.isascii() and name.isidentifier()) or len(name) > 64


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "o'brien", "jürgen", "עדה", "a-b", "a.b", "1a", "a\n", "team", "x" * 65]
)
def test_names_that_trip_software_are_refused(name: str) -> None:
    assert not user_rules.is_valid_name(name)


@given(local=st.text(WORD + ".+-'äöü", min_size=1, max_size=60), domain=st.text(WORD + ".-", min_size=1, max_size=60))
def test_something_at_something_is_an_address(local: str, domain: str) -> None:
    assert user_rules.is_valid_email(f"{local}@{domain}")


@given(text=st.text())
def test_an_address_has_one_at_sign_and_no_blanks(text: str) -> None:
    if user_rules.is_valid_email(text):
        local, domain = text.split("@")
        assert local and domain and not any(character.isspace() for character in text) and text.isprintable()


@pytest.mark.parametrize(
    "email", ["", "a", "@", "a@", "@b", "a b@c", "a@b c", "a@b@c", "a@b\n", "a\u200b@b", "a@" + "b" * 253]
)
def test_what_is_no_address(email: str) -> None:
    assert not user_rules.is_valid_email(email)


@given(text=st.text())
def test_no_text_breaks_the_configuration_parser(text: str) -> None:
    for schema in (sso.SCHEMA, tabulator_tables.SCHEMA):
        with pytest.raises(InvalidInputRefusal) as caught:
            configuration_text.parse(text, schema)
        for value in caught.value.values:
            assert (value.path == "config") is (value.name == configuration_text.INVALID_YAML)
            assert value.name in {configuration_text.INVALID_YAML, configuration_text.VALIDATION_ERROR}


@pytest.mark.parametrize(
    "text",
    ['!!bool ""', '!!int ""', "!!timestamp x", "2024-13-01", "[" * 600, "&a [*a]", "? [1]\n: 2", "!!python/none", "="],
)
def test_wrong_scalars_and_odd_structures_are_invalid_yaml(text: str) -> None:
    with pytest.raises(InvalidInputRefusal) as caught:
        configuration_text.parse(text, sso.SCHEMA)
    assert caught.value.values[0].name == configuration_text.INVALID_YAML


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"refresh": "daily"}, "refresh"),
        ({"parser": {"format": "csv", "skip": 1}}, "parser.skip"),
        ({"parser": {"format": "parquet", "header": True}}, "parser.header"),
        ({"parser": {"format": "csv", "delimiter": ",,"}}, "parser.delimiter"),
        ({"parser": {}}, "parser.format"),
        ({"schema": [{"name": "a", "type": "STRING"}, {"name": "b"}]}, "schema.1.type"),
        ({"schema": [{"name": "a", "type": "STRING", "null": True}]}, "schema.0.null"),
        ({"source": {"type": "quilt-packages", "logical_key": "b"}}, "source.package_name"),
        ({"source": None}, "source"),
    ],
)
def test_the_path_of_the_offending_key_is_told(change: dict[str, object], place: str) -> None:
    config = {
        "schema": [{"name": "a", "type": "STRING"}],
        "source": {"type": "quilt-packages", "package_name": "a", "logical_key": "b"},
        "parser": {"format": "csv"},
    }
    with pytest.raises(InvalidInputRefusal) as caught:
        configuration_text.parse(json.dumps({**config, **change}), tabulator_tables.SCHEMA)
    assert [value.path for value in caught.value.values] == [f"config.{place}"]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(string.printable),
    lambda children: st.lists(children) | st.dictionaries(st.text(string.printable), children),
    max_leaves=10,
)


@given(value=JSON, key=st.sampled_from(["schema", "source", "parser", "continue_on_error", "more"]))
def test_a_configuration_with_one_part_replaced_is_taken_only_if_that_part_is_right(value: object, key: str) -> None:
    config = {
        "schema": [{"name": "a", "type": "STRING"}],
        "source": {"type": "quilt-packages", "package_name": "a", "logical_key": "b"},
        "parser": {"format": "csv"},
    }
    try:
        parsed = configuration_text.parse(json.dumps({**config, key: value}), tabulator_tables.SCHEMA)
    except InvalidInputRefusal as refusal:
        assert refusal.values[0].path.split(".")[1] == key
    else:
        assert key == "continue_on_error" and isinstance(value, bool)
        assert parsed["continue_on_error"] is value
