"""An answer that a rule makes up has what the document asks for, as a real server's has."""

from __future__ import annotations

import json

import pytest
import requests
from stack_wire import WireDeployment

from quilt_stack import Answer, FaultRule, Latency, Surface
from quilt_stack.wire.graphql_selection import selected

ANSWER = {
    "package": {"name": "test-user/a", "bucket": "b", "revision": {"hash": "5f", "message": "m"}},
    "result": {"__typename": "OperationError", "message": "no", "name": "Quota"},
    "list": [{"x": 1, "y": 2}, {"x": 3, "y": 4}],
}


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        ("{ package { name revision { hash } } }", {"package": {"name": "test-user/a", "revision": {"hash": "5f"}}}),
        ("{ list { y } }", {"list": [{"y": 2}, {"y": 4}]}),
        (
            "{ result { __typename ... on OperationError { message } } }",
            {"result": {"__typename": "OperationError", "message": "no"}},
        ),
        ("{ result { __typename ... on Package { name } } }", {"result": {"__typename": "OperationError"}}),
        (
            "{ result { ...all } } fragment all on Result { __typename ... on Package { name } ...no }"
            " fragment no on OperationError { message }",
            {"result": {"__typename": "OperationError", "message": "no"}},
        ),
        ("query A { ...part } fragment part on Query { list { x } }", {"list": [{"x": 1}, {"x": 3}]}),
        ("{ list: package { name } }", {"list": [{}, {}]}),
        ("{ elsewhere { name } }", {}),
        ("{ package { name } package { bucket } }", {"package": {"name": "test-user/a", "bucket": "b"}}),
        ("this is no GraphQL", ANSWER),
    ],
)
def test_only_what_is_asked_for_is_sent(document: str, wanted: object) -> None:
    assert selected(ANSWER, document) == wanted


def test_the_fragments_of_an_object_without_a_type_all_apply() -> None:
    assert selected({"a": {"x": 1, "y": 2}}, "{ a { ... on One { x } ... on Two { y } } }") == {"a": {"x": 1, "y": 2}}


def test_an_answer_on_the_wire_has_what_the_document_asks_for(deployment: WireDeployment) -> None:
    deployment.running.control.set_fault("registry", Answer(data=ANSWER), path="^/graphql", count=1)
    url = f"{deployment.running.registry_url}/graphql"

    answer = requests.post(url, json={"query": "query A { package { name } }"}, timeout=10)

    assert answer.status_code == 200
    assert json.loads(answer.content) == {"data": {"package": {"name": "test-user/a"}}}


def test_only_the_registry_answers_graphql() -> None:
    with pytest.raises(ValueError, match="for rules on the registry"):
        FaultRule(surface=Surface.CATALOG, action=Answer(data={"a": 1}))
    FaultRule(surface=Surface.CATALOG, action=Latency(seconds=1))
