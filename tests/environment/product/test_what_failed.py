"""What somebody could not do is told as the sentence says it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from environment.clients.mutations import must_be_done
from environment.errors import SuiteError
from environment.gherkin.readable import in_words
from environment.product.mcp_server.faults import ToolMissing
from environment.product.outcome import OperationFailed, Outcomes, attempt_as, registered_in


@pytest.fixture
def outcomes() -> Iterator[Outcomes]:
    with registered_in(Outcomes()) as register:
        yield register


def create_package_revision() -> None:
    raise ValueError("no such bucket")


FAILED = "Dana's create_package_revision failed: ValueError: no such bucket"


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Dana publishes the package", f"Dana could not publish the package: {FAILED}"),
        ("Dana copies the package to the remote bucket", f"Dana could not copy the package: {FAILED}"),
        ('Dana has removed "added.csv" from it', f"Dana could not remove from the package: {FAILED}"),
        ("Dana's program adds a file to it", f"Dana could not add to the package: {FAILED}"),
        ("Dana does something to it", f"Dana could not do that: {FAILED}"),
        ("", f"Dana could not publish the package: {FAILED}"),
    ],
)
def test_in_its_own_sentence(outcomes: Outcomes, sentence: str, told: str) -> None:
    outcomes.begin_step("given", sentence)
    failure = _failure(attempt_as("Dana", create_package_revision))
    assert failure.for_readers == told
    assert str(failure) == f"Dana could not publish the package: {FAILED}", "the ledger keeps these words"


def test_in_a_later_sentence_the_one_that_failed_is_named(outcomes: Outcomes) -> None:
    outcomes.begin_step("when", 'Dana copies the package "screen"')
    outcome = attempt_as("Dana", create_package_revision)
    outcomes.begin_step("then", "it is unchanged")
    assert _failure(outcome).for_readers == f"after 'Dana copies the package \"screen\"' failed: {FAILED}"
    assert outcome.failure(in_its_step=True).for_readers == f"Dana could not copy the package: {FAILED}"


@pytest.mark.parametrize(
    ("operation", "sentence", "told"),
    [
        ("browse_content", 'Lee browses the package "yields"', "browse packages"),
        ("update_package_revision", "Lee adds a file to it", "add to packages"),
        ("diff_packages", "Lee compares them", "compare packages"),
        ("get_content_url", "Lee asks for a link", "get a link"),
        ("execute_graphql_query", "Lee asks", None),
        ("unknown", "Lee asks", None),
    ],
)
@pytest.mark.parametrize("is_later", [True, False])
def test_where_the_server_has_no_tool_that_is_said(
    outcomes: Outcomes, operation: str, sentence: str, told: str | None, is_later: bool
) -> None:
    def lacking() -> None:
        raise ToolMissing("package_some", ["package_other"])

    lacking.__name__ = operation
    outcomes.begin_step("when", sentence)
    outcome = attempt_as("Lee", lacking)
    if is_later:
        outcomes.begin_step("then", "she sees it")
    failed = f"Lee's {operation} failed: ToolMissing: the server offers no tool package_some"
    has_none = f"the MCP server has no tool {f'to {told}' if told else 'for that'}"
    failure = _failure(outcome)
    assert failure.for_readers.startswith(f"{has_none}: {failed}")
    assert in_words(failure) == has_none


def _failure(outcome: object) -> OperationFailed:
    with pytest.raises(OperationFailed) as caught:
        outcome.value  # type: ignore[attr-defined]  # noqa: B018  # it raises
    return caught.value


def test_why_the_registry_refused_is_told_in_words() -> None:
    answer = {"__typename": "InvalidInput", "errors": [{"message": "a name has no spaces"}]}
    with pytest.raises(SuiteError, match=r"the registry refused it: InvalidInput \(a name has no spaces\)"):
        must_be_done("Created the role", answer)
    with pytest.raises(SuiteError, match="the registry refused it: RoleNameInvalid"):
        must_be_done("Created the role", {"__typename": "RoleNameInvalid"}, "RoleCreateSuccess")
