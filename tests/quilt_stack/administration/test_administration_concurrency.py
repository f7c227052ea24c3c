"""Concurrent administrators lose nothing (one transaction per mutation)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from running_registry import Person

from quilt_stack.clock import Clock
from quilt_stack.registry.administration import users
from quilt_stack.registry.database import Database, Role, User
from quilt_stack.registry.refusals import OperationRefusal

MUTATIONS = 50

CREATE_USER = """mutation ($input: UserInput!) {
    admin { user { create(input: $input) { __typename ... on InvalidInput { errors { name } } } } } }"""
CREATE_ROLE = "mutation ($name: String!) { roleCreateManaged(input: {name: $name, policies: []}) { __typename } }"
ADD_ROLE = """mutation ($name: String!, $role: String!) {
    admin { user { mutate(name: $name) { addRoles(roles: [$role]) { __typename } } } } }"""
SET_TABLE = """mutation ($table: String!, $config: String!) {
    bucketSetTabulatorTable(bucketName: "results", tableName: $table, config: $config) { __typename } }"""
CONFIG = "{schema: [{name: a, type: INT}], source: {type: quilt-packages, package_name: a, logical_key: b}, %s}"


def at_once(calls: list[Callable[[], str]]) -> list[str]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: call(), calls))


def test_fifty_mutations_of_different_kinds_at_once_are_all_there(
    shared_ada: Person, sign_in: Callable[[str], Person], unique: Callable[[str], str]
) -> None:
    people = [shared_ada, sign_in("grace")]
    user = unique("busy")
    answer = shared_ada.graphql(CREATE_USER, input={"name": user, "email": f"{user}@example.com", "role": "viewer"})
    assert answer["admin"]["user"]["create"]["__typename"] == "User"
    roles = [unique("Parallel") for _ in range(10)]
    for role in roles:
        shared_ada.graphql(CREATE_ROLE, name=role)
    new_users = [unique("parallel") for _ in range(20)]
    new_roles = [unique("Parallel") for _ in range(10)]
    tables = [unique("parallel") for _ in range(10)]
    config = CONFIG % "parser: {format: parquet}"

    def call(number: int, query: str, **variables: object) -> Callable[[], str]:
        return lambda: str(people[number % 2].graphql(query, **variables))

    calls = [
        *(
            call(number, CREATE_USER, input={"name": name, "email": f"{name}@example.com", "role": "viewer"})
            for number, name in enumerate(new_users)
        ),
        *(call(number, CREATE_ROLE, name=name) for number, name in enumerate(new_roles)),
        *(call(number, ADD_ROLE, name=user, role=role) for number, role in enumerate(roles)),
        *(call(number, SET_TABLE, table=table, config=config) for number, table in enumerate(tables)),
    ]
    assert len(calls) == MUTATIONS
    answers = at_once(calls)
    assert [answer for answer in answers if "Error" in answer or "Invalid" in answer] == []

    seen = shared_ada.graphql("""{
        roles { ... on ManagedRole { name } }
        bucketConfig(name: "results") { tabulatorTables { name } }
        admin { user { list { name extraRoles { ... on ManagedRole { name } } } } } }""")
    everybody = {entry["name"]: entry for entry in seen["admin"]["user"]["list"]}
    assert set(new_users) <= set(everybody)
    assert {role["name"] for role in everybody[user]["extraRoles"]} == set(roles)
    assert set(new_roles) <= {role.get("name") for role in seen["roles"]}
    assert set(tables) <= {table["name"] for table in seen["bucketConfig"]["tabulatorTables"]}


def test_of_fifty_who_want_the_same_name_one_gets_it(shared_ada: Person, unique: Callable[[str], str]) -> None:
    name = unique("wanted")

    def create(number: int) -> Callable[[], str]:
        fields = {"name": name, "email": f"{name}.{number}@example.com", "role": "viewer"}
        return lambda: str(shared_ada.graphql(CREATE_USER, input=fields)["admin"]["user"]["create"])

    answers = at_once([create(number) for number in range(MUTATIONS)])
    assert answers.count("{'__typename': 'User'}") == 1
    assert sum("'Conflict'" in answer for answer in answers) == MUTATIONS - 1


def test_administrators_who_demote_each_other_at_once_leave_one(tmp_path: Path) -> None:
    database, clock = Database(tmp_path / "registry.sqlite"), Clock()
    with database.transaction() as session:
        session.add(Role(name="any", arn="arn:any", managed=False))
        for name in ("first", "second", "third", "fourth"):
            session.add(User(id=name, name=name, email=name, date_joined=clock.now(), is_admin=True))

    def demote(actor: str, other: str) -> str:
        try:
            with database.transaction() as session:
                users.set_admin(session, session.get_one(User, other), False, actor_id=actor)
        except OperationRefusal as refusal:
            return refusal.name
        return "done"

    circle = [("first", "second"), ("second", "third"), ("third", "fourth"), ("fourth", "first")]
    outcomes = at_once([lambda pair=pair: demote(*pair) for pair in circle])  # type: ignore[misc]
    assert sorted(outcomes) == ["LastAdmin", "done", "done", "done"]
    database.close()


def test_a_refused_change_leaves_no_trace(tmp_path: Path) -> None:
    database = Database(tmp_path / "registry.sqlite")
    with pytest.raises(OperationRefusal), database.transaction() as session:
        session.add(Role(name="half", arn="arn:half", managed=False))
        session.flush()
        raise OperationRefusal("Any", "refused after a first change")
    with database.reading() as session:
        assert session.query(Role).count() == 0
    database.close()
