"""Steps of the sample features: they pass and fail as their sentences say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_bdd import given, parsers, then, when

from environment.gherkin.step_arguments import Rows, columns


class Session:
    """Shows a secret to whoever prints it."""

    searched: str = ""

    def __repr__(self) -> str:
        return "Session(token='planted-secret')"


class Refusal(Exception):  # noqa: N818  # as a product may call it
    """What the sample's product raises."""


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def deployment() -> None:
    raise RuntimeError("the port 4711 is in use")


@pytest.fixture(autouse=True)
def set_up_of_some(request: pytest.FixtureRequest) -> None:
    if request.node.originalname in ("Lee follows", "Ada comes on board"):
        request.getfixturevalue("deployment")


@pytest.fixture
def leftovers() -> Iterator[None]:
    yield
    raise RuntimeError("the package is still there")


@given("Dana is signed in")
def signed_in(session: Session) -> None:
    pass


@given("a deployment that does not start")
def no_deployment() -> None:
    pass


@given("something that cannot be undone")
def cannot_be_undone(leftovers: None) -> None:
    pass


@when(parsers.parse('she searches for "{text}"'))
@when(parsers.re('she searches for "(?P<text>)"'))
def searches(text: str, session: Session) -> None:
    session.searched = text


@then("she finds:")
@columns("name")
def finds(datatable: Rows) -> None:
    assert list(datatable[0]) == ["name"]


@then("all is well")
def is_well() -> None:
    pass


@then(parsers.parse('the search fails saying "{message}"'))
def fails(message: str) -> None:
    try:
        raise Refusal(message)
    except Refusal as refusal:
        raise AssertionError("the search did not do what was promised") from refusal
