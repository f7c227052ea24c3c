"""The published schema, whole, through gql: what the web catalog asks for beyond the Python clients.

Found by letting it run (registry facts 11).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from graphql import build_schema
from published_lines import Published
from running_registry import Person, operator_client
from schema_differences import differences

import quilt_stack

SignIn = Callable[[str], Person]
TYPES = {
    *("APIKeyAdminMutations", "APIKeyAdminQueries", "AccessCounts", "AccessCountsGroup", "BucketAccessCounts"),
    *("BucketPermission", "Canary", "GlacierRestoreTier", "Json", "PackagerAdminMutations", "PackagerAdminQueries"),
    *("PackagerEventRule", "PackagerEventRuleToggleResult", "RestoreObjectResult", "RestoreObjectSuccess"),
    *("S3ObjectLocation", "Status", "StatusReport", "StatusReportList", "StatusReportListFilter"),
    *("StatusReportListOrder", "StatusResult", "SubscriptionState", "TestStats", "TestStatsTimeSeries", "Unavailable"),
}


def ask(person: Person, query: str, **variables: Any) -> dict[str, Any]:
    """The data of an answer; gql validates the query against the registry's own schema first."""
    transport = RequestsHTTPTransport(
        f"{person.deployment.registry_url}/graphql", headers={"Authorization": f"Bearer {person.token}"}
    )
    with Client(transport=transport, fetch_schema_from_transport=True) as session:
        request = gql(query)
        request.variable_values = variables
        return dict(session.execute(request))


def test_all_types_are_there(shared_ada: Person) -> None:
    found = {each["name"] for each in ask(shared_ada, "{ __schema { types { name } } }")["__schema"]["types"]}
    assert TYPES - found == set()


SEARCH = "{ searchPackages(buckets: []) { __typename ... on PackagesSearchResultSet { FIRST PAGE } } }"
FIRST_PAGES = {
    "order": "firstPage(size: 5, order: NEWEST) { hits { name } }",
    "ordering": """firstPage(size: 5, ordering: "sys:name:asc") {
        ... on PackagesSearchResultSetPage { hits { name } } ... on InvalidInput { errors { name } } }""",
}


def search(person: Person, form: str) -> Any:
    """The status and the answer of a search whose first page is asked for in that form."""
    answer = person.post(SEARCH.replace("FIRST PAGE", FIRST_PAGES[form]))
    return answer.status_code, answer.json()


@pytest.mark.parametrize("form", FIRST_PAGES)
def test_both_forms_of_the_package_search_are_answered_by_one_registry(sign_in: SignIn, form: str) -> None:
    """Each client is understood in its own form (registry facts 11)."""
    status, answer = search(sign_in("dana"), form)
    assert status == 200, answer
    assert answer["data"]["searchPackages"]["__typename"] in ("PackagesSearchResultSet", "EmptySearchResultSet")


def test_what_neither_form_has_is_refused(sign_in: SignIn) -> None:
    query = (
        '{ searchPackages(buckets: []) { ... on PackagesSearchResultSet { firstPage(order: NEWEST, ordering: "") } } }'
    )
    answer = sign_in("dana").post(query)
    assert answer.status_code == 400
    assert "Unknown argument 'ordering'" in answer.json()["message"]


PUBLISHED = """
    directive @admin on FIELD_DEFINITION
    type Query { bucket(name: String!): Bucket  secret: Int @admin }
    type Bucket { name: String!  title: String! }"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("title: String!", ""), "published and not here: Field Bucket.title was removed"),
        (("title: String!", "title: String"), "Bucket.title is String, published as String!"),
        (("title: String!", "title: String! icon: String"), "here and not published: Field Bucket.icon was removed"),
        (("Int @admin", "Int"), "Query.secret has the directives [], published with ['@admin']"),
        (("bucket(name: String!)", "bucket"), "published and not here: Argument Query.bucket(name:) was removed"),
    ],
)
def test_differences_from_a_published_schema_are_told(change: tuple[str, str], told: str) -> None:
    found = differences(build_schema(PUBLISHED), build_schema(PUBLISHED.replace(*change)))
    assert any(re.search(re.escape(told), line) for line in found), found


def test_the_schema_is_the_published_one_line_by_line() -> None:
    """`published_lines.py` says how its digests are renewed; `schema_differences.py` what a difference is about."""
    published = Published.recorded()
    assert re.fullmatch("[0-9a-f]{40}", published.commit)
    assert len(published.digests) > 700
    assert published.unlike(build_schema(quilt_stack.schema())) == []


LINES = """
    directive @admin(why: [Role!] = [LOW]) on FIELD_DEFINITION
    scalar Time
    enum Role { LOW HIGH }
    interface Named { name: String! }
    type Bucket implements Named { name: String! files(most: Int = 5, after: String): [Time!]! @admin }
    type Absent { name: String }
    union Found = Bucket | Absent
    input Wanted { role: Role = LOW }
    type Query { found(wanted: Wanted!): Found }"""


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("[Time!]!", "[Time]!"), "Bucket.files(after: String, most: Int = 5): [Time]! @admin"),
        (("Int = 5", "Int = 6"), "Bucket.files(after: String, most: Int = 6): [Time!]! @admin"),
        (("]! @admin", "]!"), "Bucket.files(after: String, most: Int = 5): [Time!]!"),
        (("on FIELD_DEFINITION", "on FIELD_DEFINITION | OBJECT"), "@admin(why: [Role!] = [LOW])"),
        (("HIGH", "TOP"), "Role.TOP"),
        (("| Absent", "| Absent | Query"), "Found = Query"),
        (("Absent {", "Absent implements Named {"), "Absent implements Named"),
        (("Role = LOW", "Role = HIGH"), "Wanted.role: Role = HIGH"),
        (("scalar Time", "scalar Time  scalar Day"), "ScalarType Day"),
    ],
)
def test_a_line_that_is_not_published_is_told(change: tuple[str, str], line: str) -> None:
    published = Published.of(build_schema(LINES), "0" * 40)
    assert published.unlike(build_schema(LINES)) == []
    found = published.unlike(build_schema(LINES.replace(*change), assume_valid=True))
    assert any(each.startswith(f"here and not published: {line}") for each in found), found


def test_a_line_that_is_lacking_is_told_by_its_digest() -> None:
    published = Published.of(build_schema(LINES), "0" * 40)
    (told,) = published.unlike(build_schema(LINES.replace("LOW HIGH", "LOW")))
    assert re.fullmatch("published and not here: a line with digest [0-9a-f]{12}", told)


def test_order_descriptions_and_a_default_of_null_are_no_differences() -> None:
    other = LINES.replace("most: Int = 5, after: String", "after: String = null, most: Int = 5")
    other = other.replace("LOW HIGH", '"high and mighty" HIGH LOW')
    assert Published.of(build_schema(LINES), "0" * 40).unlike(build_schema(other)) == []


def test_the_directive_for_administrators_is_in_the_schema() -> None:
    text = quilt_stack.schema()
    assert "directive @admin on FIELD_DEFINITION" in text
    assert "roles: [Role!]! @admin" in text


def test_the_status_is_unavailable_and_for_administrators(shared_ada: Person, sign_in: SignIn) -> None:
    query = "{ status { __typename ... on Status { reportsBucket stats(window: null) { passed } } } }"
    assert ask(shared_ada, query) == {"status": {"__typename": "Unavailable"}}
    with pytest.raises(TransportQueryError, match="permission"):
        ask(sign_in("dana"), query)


def test_the_subscription_is_as_it_stands(sign_in: SignIn) -> None:
    dana = sign_in("dana")
    query = "{ subscription { active timestamp } }"
    assert ask(dana, query)["subscription"]["active"] is True
    dana.deployment.control.set_conditions(subscription_valid=False)
    try:
        assert ask(dana, query)["subscription"]["active"] is False
    finally:
        dana.deployment.control.set_conditions(subscription_valid=True)


def test_accesses_are_not_counted(sign_in: SignIn) -> None:
    query = """{
        bucketAccessCounts(bucket: "results", window: 30) { combined { total } byExt(groups: 5) { ext } }
        objectAccessCounts(bucket: "results", key: "k", window: 30) { total counts { date value } }
    }"""
    assert ask(sign_in("dana"), query) == {"bucketAccessCounts": None, "objectAccessCounts": None}


def test_the_packager_has_no_rules(shared_ada: Person) -> None:
    query = '{ admin { packager { eventRules { name enabled } eventRule(name: "x") { name } } } }'
    assert ask(shared_ada, query)["admin"]["packager"] == {"eventRules": [], "eventRule": None}
    toggle = """mutation { admin { packager { toggleEventRule(name: "x", enabled: true) {
        __typename ... on InvalidInput { errors { path name } } } } } }"""
    refused = ask(shared_ada, toggle)["admin"]["packager"]["toggleEventRule"]
    assert refused == {"__typename": "InvalidInput", "errors": [{"path": "name", "name": "EventRuleNotFound"}]}


def test_people_who_share_a_bucket(ada: Person, unique: Callable[[str], str], sign_in: SignIn) -> None:
    from quilt3.admin import users

    name = unique("everywhere")
    users.create(name, f"{name}@example.com", "ReadQuiltBucket")
    query = """{
        bucket(name: "archive") { collaborators { permissionLevel collaborator { username email } } }
        potentialCollaborators { username }
    }"""
    found = ask(sign_in("dana"), query)
    people = {each["collaborator"]["username"]: each["permissionLevel"] for each in found["bucket"]["collaborators"]}
    assert {name: people[name] for name in ("ada", "dana", "grace")} == {"ada": "READ", "dana": "READ", "grace": "READ"}
    assert "robot" not in people
    assert name not in people
    assert {"username": name} in found["potentialCollaborators"]
    users.delete(name)


def test_permissions_of_roles_and_policies_share_an_interface(shared_ada: Person) -> None:
    query = """
        fragment Level on BucketPermission { level bucket { name } }
        { bucketConfig(name: "results") {
            associatedPolicies { ...Level policy { title } }
            associatedRoles { ...Level role { ... on ManagedRole { name } ... on UnmanagedRole { name } } }
        } }"""
    found = ask(shared_ada, query)["bucketConfig"]
    own = {"level": "READ_WRITE", "bucket": {"name": "results"}}
    assert {**own, "policy": {"title": "results-write"}} in found["associatedPolicies"]
    assert {**own, "role": {"name": "analyst"}} in found["associatedRoles"]


def test_linked_data_is_any_json(shared_ada: Person) -> None:
    change = """mutation ($data: Json) { bucketUpdate(name: "bare", input: {title: "Bare", linkedData: $data}) {
        ... on BucketUpdateSuccess { bucketConfig { linkedData } } } }"""
    for data in ([1, "two", None], {"@type": "Dataset"}, None):
        assert ask(shared_ada, change, data=data)["bucketUpdate"]["bucketConfig"]["linkedData"] == data


def test_null_stands_for_the_default_of_an_argument(sign_in: SignIn) -> None:
    query = """{
        packages(bucket: "results") { page(number: null, perPage: null, order: null) { name } }
        searchObjects(buckets: ["results"]) { ... on ObjectsSearchResultSet { firstPage(size: null) { cursor } } }
    }"""
    assert ask(sign_in("dana"), query)["packages"]["page"] == []


RESTORE = """mutation ($bucket: String!, $key: String!, $days: Int!) {
    restoreObject(bucket: $bucket, key: $key, tier: STANDARD, days: $days) {
        __typename
        ... on RestoreObjectSuccess { alreadyRestored }
        ... on InvalidInput { errors { path name } }
        ... on OperationError { name }
    } }"""


def test_an_archived_object_is_brought_back(sign_in: SignIn) -> None:
    dana = sign_in("dana")
    s3 = operator_client(dana.deployment, "s3")
    s3.put_object(Bucket="archive", Key="old", Body=b"x", StorageClass="GLACIER")
    first = ask(dana, RESTORE, bucket="archive", key="old", days=2)["restoreObject"]
    assert first == {"__typename": "RestoreObjectSuccess", "alreadyRestored": False}
    assert "Restore" in s3.head_object(Bucket="archive", Key="old")


@pytest.mark.parametrize(
    ("bucket", "key", "days", "answer"),
    [
        ("nowhere", "old", 1, {"errors": [{"path": "bucket", "name": "BucketNotFound"}]}),
        ("archive", "old", 0, {"errors": [{"path": "days", "name": "InvalidDays"}]}),
        ("archive", "missing", 1, {"name": "NoSuchKey"}),
        ("archive", "warm", 1, {"name": "InvalidObjectState"}),
    ],
)
def test_what_cannot_be_brought_back(sign_in: SignIn, bucket: str, key: str, days: int, answer: dict[str, Any]) -> None:
    dana = sign_in("dana")
    operator_client(dana.deployment, "s3").put_object(Bucket="archive", Key="warm", Body=b"x")
    told = ask(dana, RESTORE, bucket=bucket, key=key, days=days)["restoreObject"]
    assert told.pop("__typename") == ("InvalidInput" if "errors" in answer else "OperationError")
    assert told == answer
