"""Operations are found in source however they are written, and the validator's words come with their place."""

from __future__ import annotations

from textwrap import dedent

import pytest
from graphql import GraphQLSchema, build_schema
from hypothesis import given
from hypothesis import strategies as st

import quilt_stack
from environment.errors import SuiteError
from environment.product.constant_texts import constant_texts
from environment.product.graphql_operations import check, operations_in, operations_of, table_text
from quilt_stack import PackageSearchForm

SCHEMA = build_schema("type Me { name: String } type Query { me: Me }")


def _schema(form: PackageSearchForm) -> GraphQLSchema:
    return build_schema(quilt_stack.schema(form))


@pytest.mark.parametrize(
    "source",
    [
        'ASKED = "query A { me { name } }"',
        'def ask():\n    text = """query A {\n      me {"""\n    text += " name }"\n    text += "}"\n    return text',
        'FIELDS = "name"\nASKED = f"query A {{ me {{ {FIELDS} }} }}"',
        'send("query A { me " + "{ name } }")',
        'FIELDS = "me { name }"\nif True:\n    send("query A {" + FIELDS + "}")',
    ],
)
def test_an_operation_is_found_however_it_is_written(source: str) -> None:
    (found,) = operations_in(source, "product.module")

    assert found.name == "A"
    assert check([found], SCHEMA)[0].valid


def test_the_first_of_two_texts_of_one_name_is_found_as_well() -> None:
    source = dedent("""
        def ask():
            query = "query First { me { name } }"
            query = "query Second { me { name } }"
    """)

    assert [each.name for each in operations_in(source, "m")] == ["First", "Second"]


@pytest.mark.parametrize("source", ['"{name}"', '"{a, b}"', '"query the index {name}"[:0]', 'f"{name}"', '"query"'])
def test_prose_and_format_strings_are_no_operations(source: str) -> None:
    assert [each for each in operations_in(source, "m") if each.text is not None] == []


def test_an_operation_that_is_put_together_at_run_time_is_told_as_not_checked() -> None:
    (found,) = operations_in('def ask(fields):\n    return f"query A {{ me {{ {fields} }} }}"', "m")

    (checked,) = check([found], SCHEMA)

    assert not checked.valid
    assert "put together at run time" in checked.findings[0]


def test_the_validators_words_come_with_the_place() -> None:
    checked = check(operations_in('\n\nA = "{ me { shoeSize } }"', "product.shoes"), SCHEMA)

    assert table_text(checked).splitlines()[1] == (
        "query of me,product.shoes:3,Cannot query field 'shoeSize' on type 'Me'."
    )


@given(st.text())
def test_any_text_survives_being_written_as_a_constant(text: str) -> None:
    assert [found for _, found in constant_texts(f"TEXT = {text!r}")] == [text]


def test_a_package_without_operations_is_an_error() -> None:
    with pytest.raises(SuiteError, match="no module has any"):
        operations_of("data.datasets")


@pytest.mark.slow
def test_the_newer_search_form_breaks_the_search_and_nothing_else() -> None:
    operations = operations_of("quilt_mcp")
    broken = {
        form: {each.operation.name: each.findings for each in check(operations, _schema(form)) if each.findings}
        for form in PackageSearchForm
    }
    for name in broken[PackageSearchForm.ORDERING].keys() - broken[PackageSearchForm.ORDER].keys():
        print(f"{name} breaks: {'; '.join(broken[PackageSearchForm.ORDERING][name])}")  # noqa: T201 - what this test is for

    assert len(operations) > 30
    assert broken[PackageSearchForm.ORDERING].keys() - broken[PackageSearchForm.ORDER].keys() == {"SearchPackages"}
