"""What administrators may do, others may not: the answer of a refused field (registry facts 3.1, 10.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from running_registry import Person

NULL_WITHIN_DATA = ['role(id: "x") { __typename }', 'policy(id: "x") { id }', "defaultRole { __typename }"]
NULL_AS_A_WHOLE = [
    "query { admin { user { list { name } } } }",
    "query { admin { ssoConfig { text } } }",
    "query { admin { tabulatorOpenQuery } }",
    "query { admin { apiKeys { list { id } } } }",
    "query { roles { __typename } }",
    "query { policies { id } }",
    "query { config { contentIndexingSettings { bytesMax } } }",
    'mutation { admin { user { create(input: {name: "eve", email: "e@x", role: "viewer"}) { __typename } } } }',
    'mutation { admin { user { mutate(name: "dana") { setAdmin(admin: true) { __typename } } } } }',
    "mutation { admin { setSsoConfig(config: null) { __typename } } }",
    "mutation { admin { setTabulatorOpenQuery(enabled: true) { tabulatorOpenQuery } } }",
    'mutation { roleCreateManaged(input: {name: "Eve", policies: []}) { __typename } }',
    'mutation { roleCreateUnmanaged(input: {name: "Eve", arn: "x"}) { __typename } }',
    'mutation { roleUpdateManaged(id: "x", input: {name: "Eve", policies: []}) { __typename } }',
    'mutation { roleUpdateUnmanaged(id: "x", input: {name: "Eve", arn: "x"}) { __typename } }',
    'mutation { roleDelete(id: "x") { __typename } }',
    'mutation { roleSetDefault(id: "x") { __typename } }',
    'mutation { policyCreateManaged(input: {title: "x", permissions: [], roles: []}) { __typename } }',
    'mutation { policyCreateUnmanaged(input: {title: "x", arn: "x", roles: []}) { __typename } }',
    'mutation { policyUpdateManaged(id: "x", input: {title: "x", permissions: [], roles: []}) { __typename } }',
    'mutation { policyUpdateUnmanaged(id: "x", input: {title: "x", arn: "x", roles: []}) { __typename } }',
    'mutation { policyDelete(id: "x") { __typename } }',
    'mutation { bucketAdd(input: {name: "x", title: "x"}) { __typename } }',
    'mutation { bucketUpdate(name: "archive", input: {title: "x"}) { __typename } }',
    'mutation { bucketRemove(name: "archive") { __typename } }',
]


@pytest.fixture(scope="module")
def dana(sign_in: Callable[[str], Person]) -> Person:
    return sign_in("dana")


@pytest.mark.parametrize("query", NULL_AS_A_WHOLE)
def test_without_the_flag_the_whole_answer_is_null(dana: Person, query: str) -> None:
    answer = dana.post(query)
    assert answer.status_code == 200
    body = answer.json()
    assert body["data"] is None
    [error] = body["errors"]
    assert "permission" in error["message"]
    assert error["extensions"] == {"code": "FORBIDDEN"}


@pytest.mark.parametrize("field", NULL_WITHIN_DATA)
def test_nullable_fields_are_null_beside_the_error(dana: Person, field: str) -> None:
    body = dana.post(f"{{ me {{ name }} {field} }}").json()
    assert body["data"]["me"] == {"name": "dana"}
    assert list(body["data"].values())[1] is None
    assert body["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


def test_nothing_was_changed(dana: Person, shared_ada: Person) -> None:
    for query in NULL_AS_A_WHOLE:
        dana.post(query)
    state = shared_ada.graphql("""{ roles { ... on ManagedRole { name } } admin { tabulatorOpenQuery
        user { get(name: "dana") { isAdmin } eve: get(name: "eve") { name } } }
        bucketConfig(name: "archive") { title } }""")
    assert "Eve" not in [role.get("name") for role in state["roles"]]
    assert state["admin"] == {"tabulatorOpenQuery": False, "user": {"get": {"isAdmin": False}, "eve": None}}
    assert state["bucketConfig"] == {"title": "Archive"}


def test_without_a_token_nothing_is_answered(dana: Person) -> None:
    nobody = Person(dana.deployment, "nobody", "")
    answer = nobody.post("{ me { name } }")
    assert (answer.status_code, answer.json()["message"]) == (401, "Not logged in")
