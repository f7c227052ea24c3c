"""What a web catalog older than the published schema asks for besides."""

from __future__ import annotations

import strawberry
from graphql import GraphQLObjectType

from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "strawberry-graphql",
    reason="The older web catalog asks BucketConfig who shares a bucket; the published schema has that in Bucket.",
    bodies={"strawberry.schema.schema:Schema.__init__": "972e4bece3d9"},
    fence="tests/quilt_stack/web_catalog/test_web_catalog_pages.py::test_the_buckets_are_listed",
    until="a newer web catalog is served",
)


def add_older_fields(schema: strawberry.Schema) -> None:
    """Let ``BucketConfig`` have ``collaborators``, as ``Bucket`` has."""
    PATCH.check()
    types = schema._schema.type_map
    bucket, configuration = types["Bucket"], types["BucketConfig"]
    assert isinstance(bucket, GraphQLObjectType) and isinstance(configuration, GraphQLObjectType)
    configuration.fields["collaborators"] = bucket.fields["collaborators"]
