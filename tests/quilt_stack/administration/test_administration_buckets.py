"""Buckets through the unmodified quilt3.admin.buckets (registry facts 6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import quilt3.admin.buckets as buckets
import quilt3.admin.policies as policies
import quilt3.admin.roles as roles
from quilt3.admin.exceptions import BucketNotFoundError, Quilt3AdminError
from quilt3.admin.types import Permission
from running_registry import Person, operator_client

Unique = Callable[[str], str]


@pytest.fixture
def s3_bucket(ada: Person, unique: Unique) -> str:
    name = unique("bucket").replace("_", "-")
    operator_client(ada.deployment, "s3").create_bucket(Bucket=name)
    return name


def test_from_adding_to_removing(ada: Person, s3_bucket: str) -> None:
    added = buckets.add(
        s3_bucket,
        "A title",
        description="What is in it",
        icon_url="https://example.com/icon.png",
        overview_url="https://example.com",
        tags=["one", "two"],
        relevance_score=7,
        sns_notification_arn="DO_NOT_SUBSCRIBE",
        scanner_parallel_shards_depth=2,
        skip_meta_data_indexing=True,
        file_extensions_to_index=[".csv", ".md"],
        index_content_bytes=1024,
        browsable=True,
        prefixes=["a/", "b/"],
    )
    assert (added.title, added.tags, added.relevance_score, added.prefixes) == (
        "A title",
        ["one", "two"],
        7,
        ["a/", "b/"],
    )
    assert added.last_indexed is None
    assert buckets.get(s3_bucket) == added
    assert added in buckets.list()

    updated = buckets.update(s3_bucket, "Another title")
    assert (updated.title, updated.description, updated.tags) == ("Another title", None, None)
    assert (updated.relevance_score, updated.prefixes, updated.sns_notification_arn) == (0, [], None)

    policy = policies.create_managed(s3_bucket, permissions=[Permission.read(s3_bucket), Permission.read("archive")])
    role = roles.create_managed(s3_bucket.replace("-", ""), policies=[policy.id])
    buckets.remove(s3_bucket)
    assert buckets.get(s3_bucket) is None
    assert [permission.bucket for permission in roles.get(role.id).permissions] == ["archive"]  # type: ignore[union-attr]
    assert operator_client(ada.deployment, "s3").list_objects_v2(Bucket=s3_bucket)["KeyCount"] == 0
    iam = operator_client(ada.deployment, "iam")
    version = iam.get_policy(PolicyArn=policy.arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=policy.arn, VersionId=version)["PolicyVersion"]["Document"]
    assert s3_bucket not in str(document)


def test_an_added_bucket_is_open_to_the_reserved_roles(
    ada: Person, s3_bucket: str, unique: Unique, sign_in: Callable[[str], Person]
) -> None:
    import quilt3.admin.users as users

    buckets.add(s3_bucket, "New")
    name = unique("user")
    users.create(name, f"{name}@example.com", "ReadQuiltBucket")
    assert sign_in(name).s3().list_objects_v2(Bucket=s3_bucket)["KeyCount"] == 0


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Quilt3AdminError) as caught:
        call()
    return str(caught.value)


def typename(ada: Person, name: str, **fields: object) -> str:
    add = "mutation ($input: BucketAddInput!) { bucketAdd(input: $input) { __typename } }"
    return str(ada.graphql(add, input={"name": name, "title": name, **fields})["bucketAdd"]["__typename"])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"snsNotificationArn": "nonsense"}, "SnsInvalid"),
        ({"snsNotificationArn": "arn:aws:sns:us-east-1:123456789012:missing"}, "NotificationTopicNotFound"),
        ({"fileExtensionsToIndex": [".csv", "md"]}, "BucketFileExtensionsToIndexInvalid"),
        ({"fileExtensionsToIndex": [".CSV"]}, "BucketFileExtensionsToIndexInvalid"),
        ({"indexContentBytes": -1}, "BucketIndexContentBytesInvalid"),
        ({"indexContentBytes": 2**30}, "BucketIndexContentBytesInvalid"),
    ],
)
def test_malformed_fields_are_refused_when_adding_and_when_changing(
    ada: Person, s3_bucket: str, fields: dict[str, object], expected: str
) -> None:
    assert typename(ada, s3_bucket, **fields) == expected
    assert buckets.get(s3_bucket) is None
    update = """mutation ($name: String!, $input: BucketUpdateInput!) {
        bucketUpdate(name: $name, input: $input) { __typename } }"""
    answer = ada.graphql(update, name="archive", input={"title": "Changed", **fields})
    assert answer["bucketUpdate"]["__typename"] == expected
    assert buckets.get("archive").title == "Archive"  # type: ignore[union-attr]


def test_a_topic_that_exists_is_taken(ada: Person, s3_bucket: str, unique: Unique) -> None:
    arn = operator_client(ada.deployment, "sns").create_topic(Name=unique("topic"))["TopicArn"]
    assert buckets.add(s3_bucket, "With a topic", sns_notification_arn=arn).sns_notification_arn == arn


def test_buckets_that_are_there_already_or_nowhere(ada: Person) -> None:
    assert typename(ada, "archive") == "BucketAlreadyAdded"
    assert typename(ada, "no-such-bucket") == "BucketDoesNotExist"
    assert typename(ada, "Not A Bucket Name") == "BucketDoesNotExist"
    assert buckets.get("no-such-bucket") is None
    for call in (lambda: buckets.update("no-such-bucket", "x"), lambda: buckets.remove("no-such-bucket")):
        with pytest.raises((BucketNotFoundError, Quilt3AdminError)):
            call()


ASKED_BY_THE_CATALOG = """query ($name: String!, $all: Boolean! = false) {
    buckets { name title iconUrl description tags relevanceScore
              collaborators @include(if: $all) { collaborator { email username } permissionLevel } }
    bucket(name: $name) { name description browsable } }"""


def test_the_role_alone_decides_on_buckets_for_administrators_too(
    ada: Person, sign_in: Callable[[str], Person], s3_bucket: str
) -> None:
    buckets.add(s3_bucket, "Nobody's")
    grace = sign_in("grace")
    assert s3_bucket in [each["name"] for each in grace.graphql("{ bucketConfigs { name } }")["bucketConfigs"]]
    answer = grace.graphql(ASKED_BY_THE_CATALOG, name=s3_bucket, all=True)
    assert [each["name"] for each in answer["buckets"]] == ["archive"]
    assert answer["buckets"][0]["title"] == "Archive"
    people = {each["collaborator"]["username"] for each in answer["buckets"][0]["collaborators"]}
    assert {"ada", "dana", "grace"} <= people
    assert answer["bucket"] is None, "the flag opens no bucket"
    assert grace.graphql(ASKED_BY_THE_CATALOG, name="archive")["bucket"]["name"] == "archive"
    assert grace.graphql(ASKED_BY_THE_CATALOG, name="no-such-bucket")["bucket"] is None
    buckets.remove(s3_bucket)


def test_users_see_their_buckets_and_no_administrators_fields(ada: Person, sign_in: Callable[[str], Person]) -> None:
    dana = sign_in("dana")
    names = [bucket["name"] for bucket in dana.graphql("{ bucketConfigs { name } }")["bucketConfigs"]]
    assert set(names) == {"archive", "results"}
    assert dana.graphql('{ bucketConfig(name: "unregistered") { name } }') == {"bucketConfig": None}
    nullable = dana.post('{ bucketConfig(name: "archive") { name indexContentBytes } }').json()
    assert nullable["data"] == {"bucketConfig": {"name": "archive", "indexContentBytes": None}}
    assert nullable["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert dana.post('{ bucketConfig(name: "archive") { name prefixes } }').json()["data"] == {"bucketConfig": None}
    related = ada.graphql(
        """{ bucketConfig(name: "archive") {
            associatedPolicies { policy { title } } associatedRoles { role { ... on ManagedRole { name } } } } }"""
    )["bucketConfig"]
    assert {"policy": {"title": "archive-read"}} in related["associatedPolicies"]
    assert {"role": {"name": "viewer"}} in related["associatedRoles"]
