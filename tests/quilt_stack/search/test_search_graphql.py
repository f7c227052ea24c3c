"""searchPackages and searchObjects, in both published forms (registry facts 8)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import GraphQLError, parse, validate
from in_process_registry import (
    ARCHIVE,
    DATA,
    NOBODY,
    READER,
    SECRET,
    WRITER,
    InProcessRegistry,
    schema,
    unique_name,
)

from quilt_stack.registry.identity import Caller
from quilt_stack.settings import PackageSearchForm

HITS = """cursor hits { id score bucket name pointer hash size modified totalEntriesCount comment meta workflow
  matchLocations { name comment meta workflow }
  matchingEntries { logicalKey physicalKey size meta matchLocations { logicalKey physicalKey meta contents } } }"""
ERRORS = "... on InvalidInput { errors { path name message } } ... on OperationError { name message }"
SEARCH = f"""query Search($buckets: [String!], $searchString: String, $filter: PackagesSearchFilter,
    $userMetaFilters: [PackageUserMetaPredicate!], $latestOnly: Boolean! = false, $size: Int = 30,
    $order: SearchResultOrder) {{
  searchPackages(buckets: $buckets, searchString: $searchString, filter: $filter,
      userMetaFilters: $userMetaFilters, latestOnly: $latestOnly) {{
    __typename
    ... on PackagesSearchResultSet {{
      total
      stats {{ modified {{ min max }} size {{ min max }} entries {{ min max }} workflow {{ values }} userMetaTruncated
        userMeta {{ __typename ... on IPackageUserMetaFacet {{ path }}
          ... on NumberPackageUserMetaFacet {{ numbers: extents {{ min max }} }}
          ... on KeywordPackageUserMetaFacet {{ keywords: extents {{ values }} }} }} }}
      filteredUserMetaFacets(path: "organ", type: KEYWORD) {{ ... on IPackageUserMetaFacet {{ path }} }}
      firstPage(size: $size, order: $order) {{ {HITS} }}
    }}
    {ERRORS}
  }}
}}"""
SEARCH_BY_ORDERING = f"""query Search($searchString: String, $ordering: PackageOrdering) {{
  searchPackages(buckets: ["{DATA}"], searchString: $searchString, latestOnly: true) {{
    __typename
    ... on PackagesSearchResultSet {{ firstPage(ordering: $ordering) {{
      __typename ... on PackagesSearchResultSetPage {{ {HITS} }} {ERRORS} }} }}
  }}
}}"""
MORE = f"""query More($after: String!, $size: Int = 30) {{ searchMorePackages(after: $after, size: $size) {{
  __typename ... on PackagesSearchResultSetPage {{ {HITS} }} {ERRORS} }} }}"""
OBJECTS = f"""query Objects($buckets: [String!], $searchString: String, $filter: ObjectsSearchFilter,
    $order: SearchResultOrder, $size: Int = 30) {{
  searchObjects(buckets: $buckets, searchString: $searchString, filter: $filter) {{
    __typename
    ... on ObjectsSearchResultSet {{ total stats {{ modified {{ min max }} size {{ min max }} ext {{ values }} }}
      firstPage(order: $order, size: $size) {{
        cursor hits {{ id score bucket key version size modified deleted indexedContent }} }} }}
    {ERRORS}
  }}
}}"""
MORE_OBJECTS = f"""query More($after: String!) {{ searchMoreObjects(after: $after) {{
  __typename ... on ObjectsSearchResultSetPage {{ cursor hits {{ key }} }} {ERRORS} }} }}"""


@pytest.fixture(scope="module")
def mouse(registry: InProcessRegistry) -> str:
    """A package of two revisions; the other packages are there to be left out."""
    name = unique_name("mouse-rna")
    registry.push(name, {"old.csv": b"1"}, message="First draft")
    registry.clock.advance(60)
    files = {"reads/one.csv": b"gene,count\nTP53\n", "notes.txt": b"remarkable"}
    meta = {"organism": "Mus musculus", "run": {"number": 7, "ok": True, "day": "2024-05-01"}, "long": "x y " * 100}
    registry.push(name, files, message="Final counts", userMeta=meta)
    registry.clock.reset()
    registry.push(unique_name("fly"), {"z": b""}, message="Final words", userMeta={"run": {"number": 9}})
    registry.push(unique_name("bare"), {}, bucket=ARCHIVE)
    registry.indexed()
    return name


def search(registry: InProcessRegistry, who: Caller = WRITER, **variables: Any) -> Any:
    return registry.execute(SEARCH, variables, who)["searchPackages"]


def hits(registry: InProcessRegistry, **variables: Any) -> list[dict[str, Any]]:
    result = search(registry, **variables)
    return list(result["firstPage"]["hits"]) if result["__typename"] == "PackagesSearchResultSet" else []


class TestMatching:
    @pytest.mark.parametrize(
        ("text", "locations"),
        [
            ("mouse", {"name"}),
            (r"ptr_name:dana\/mouse*", {"name"}),
            ("counts", {"comment"}),
            ("musculus", {"meta"}),
            ("mnfst_message:final", {"comment"}),
        ],
    )
    def test_names_messages_and_metadata_are_found(
        self, registry: InProcessRegistry, mouse: str, text: str, locations: set[str]
    ) -> None:
        (hit,) = (hit for hit in hits(registry, searchString=text, latestOnly=True) if hit["name"] == mouse)
        assert {place for place, matches in hit["matchLocations"].items() if matches} == locations
        # The package's name is part of the keys of its objects.
        assert all(entry["matchLocations"]["physicalKey"] for entry in hit["matchingEntries"])

    @pytest.mark.parametrize(
        ("text", "key", "places"),
        [
            ("entry_lk.text:one.csv", "reads/one.csv", {"logicalKey"}),
            ("TP53", "reads/one.csv", {"contents"}),
            ("remarkable", "notes.txt", {"contents"}),
        ],
    )
    def test_entries_and_the_contents_of_their_objects_are_found(
        self, registry: InProcessRegistry, mouse: str, text: str, key: str, places: set[str]
    ) -> None:
        (hit,) = (hit for hit in hits(registry, searchString=text, latestOnly=True) if hit["name"] == mouse)
        (entry,) = hit["matchingEntries"]
        assert entry["logicalKey"] == key
        assert {place for place, matches in entry["matchLocations"].items() if matches} == places

    def test_a_query_has_to_match_within_one_document(self, registry: InProcessRegistry, mouse: str) -> None:
        assert hits(registry, searchString="mouse AND counts") == []
        assert hits(registry, searchString="counts AND musculus", latestOnly=True) != []

    def test_every_revision_is_a_hit_unless_the_latest_alone_are_wanted(
        self, registry: InProcessRegistry, mouse: str
    ) -> None:
        pointers = [hit["pointer"] for hit in hits(registry, searchString="mouse", order="OLDEST")]
        assert pointers == [pointer.tag for pointer in registry.packages.revisions(DATA, mouse)[::-1]]
        assert [hit["pointer"] for hit in hits(registry, searchString="mouse", latestOnly=True)] == ["latest"]

    def test_a_hit_shows_its_revision(self, registry: InProcessRegistry, mouse: str) -> None:
        (hit,) = hits(registry, searchString="mouse", latestOnly=True)
        latest = registry.packages.pointed(DATA, mouse, "latest")
        assert latest is not None
        assert (hit["bucket"], hit["name"], hit["hash"]) == (DATA, mouse, latest.top_hash)
        assert (hit["size"], hit["totalEntriesCount"], hit["comment"]) == (26, 2, "Final counts")
        assert json.loads(hit["meta"])["organism"] == "Mus musculus"

    def test_without_message_and_metadata_both_are_null(self, registry: InProcessRegistry, mouse: str) -> None:
        hit = hits(registry, buckets=[ARCHIVE])[0]
        assert (hit["comment"], hit["meta"], hit["workflow"]) == (None, None, None)

    @pytest.mark.parametrize("text", [None, "", "*"])
    def test_everything_is_found_without_a_query(
        self, registry: InProcessRegistry, mouse: str, text: str | None
    ) -> None:
        assert {hit["bucket"] for hit in hits(registry, searchString=text)} == {DATA, ARCHIVE}

    @pytest.mark.parametrize("text", ["dana/mouse", "(", "a AND"])
    def test_a_malformed_query_is_invalid_input(self, registry: InProcessRegistry, mouse: str, text: str) -> None:
        result = search(registry, searchString=text)
        assert [(error["path"], error["name"]) for error in result["errors"]] == [("searchString", "QuerySyntaxError")]


class TestAccess:
    def test_only_readable_buckets_are_searched(self, registry: InProcessRegistry, mouse: str) -> None:
        found = search(registry, READER)["firstPage"]["hits"]
        assert {hit["bucket"] for hit in found} == {DATA}

    @pytest.mark.parametrize(
        ("who", "buckets"), [(NOBODY, None), (READER, [ARCHIVE]), (WRITER, [SECRET]), (WRITER, ["no-such-bucket"])]
    )
    def test_nothing_readable_gives_an_empty_set(
        self, registry: InProcessRegistry, mouse: str, who: Caller, buckets: list[str] | None
    ) -> None:
        assert search(registry, who, buckets=buckets)["__typename"] == "EmptySearchResultSet"

    def test_nothing_found_gives_an_empty_set(self, registry: InProcessRegistry, mouse: str) -> None:
        assert search(registry, searchString="nothingofthekind")["__typename"] == "EmptySearchResultSet"


class TestFilters:
    @pytest.mark.parametrize(
        ("given", "found"),
        [
            ({"name": {"wildcard": "dana/mouse*"}}, True),
            ({"name": {"wildcard": "mouse*"}}, False),
            ({"name": {"terms": ["dana/other"]}}, False),
            ({"size": {"gte": 26, "lte": 26}}, True),
            ({"size": {"gte": 27}}, False),
            ({"entries": {"lte": 2}}, True),
            ({"entries": {"gte": 3}}, False),
            ({"modified": {"gte": "2024-01-01T00:00:00Z"}}, True),
            ({"modified": {"lte": "2024-01-01T00:00:00Z"}}, False),
            ({"comment": {"queryString": "counts"}}, True),
            ({"comment": {"queryString": "mouse"}}, False),
            ({"workflow": {"terms": ["w"]}}, False),
            ({"hash": {"wildcard": "*"}}, True),
        ],
    )
    def test_filters(self, registry: InProcessRegistry, mouse: str, given: dict[str, Any], found: bool) -> None:
        names = [hit["name"] for hit in hits(registry, filter=given, latestOnly=True)]
        assert (mouse in names) is found

    @pytest.mark.parametrize(
        ("given", "found"),
        [
            ({"path": "/organism", "keyword": {"terms": ["Mus musculus"]}}, True),
            ({"path": "/organism", "keyword": {"terms": ["Mus"]}}, False),
            ({"path": "/run/number", "number": {"gte": 7, "lte": 8}}, True),
            ({"path": "/run/number", "number": {"gte": 8}}, False),
            ({"path": "/run/ok", "boolean": {"true": True}}, True),
            ({"path": "/run/ok", "boolean": {"false": True}}, False),
            ({"path": "/run/day", "datetime": {"lte": "2024-05-01T00:00:00Z"}}, True),
            ({"path": "/run/day", "datetime": {"gte": "2024-05-02T00:00:00Z"}}, False),
            ({"path": "/long", "text": {"queryString": "y"}}, True),
            ({"path": "/long", "text": {"queryString": "z"}}, False),
        ],
    )
    def test_filters_of_the_metadata(
        self, registry: InProcessRegistry, mouse: str, given: dict[str, Any], found: bool
    ) -> None:
        names = [hit["name"] for hit in hits(registry, userMetaFilters=[given], latestOnly=True)]
        assert (mouse in names) is found


class TestStatistics:
    def test_extents_and_facets(self, registry: InProcessRegistry, mouse: str) -> None:
        stats = search(registry, searchString="mouse", latestOnly=True)["stats"]
        assert stats["size"] == {"min": 26, "max": 26}
        assert stats["entries"] == {"min": 2, "max": 2}
        assert stats["workflow"] == {"values": []}
        assert stats["userMetaTruncated"] is False
        facets = {(facet["__typename"], facet["path"]): facet for facet in stats["userMeta"]}
        assert facets["KeywordPackageUserMetaFacet", "/organism"]["keywords"] == {"values": ["Mus musculus"]}
        assert facets["NumberPackageUserMetaFacet", "/run/number"]["numbers"] == {"min": 7, "max": 7}
        assert {("BooleanPackageUserMetaFacet", "/run/ok"), ("TextPackageUserMetaFacet", "/long")} <= set(facets)

    def test_facets_are_filtered(self, registry: InProcessRegistry, mouse: str) -> None:
        found = search(registry, searchString="mouse")["filteredUserMetaFacets"]
        assert found == [{"path": "/organism"}]


class TestOrderAndPages:
    @pytest.mark.parametrize(
        ("order", "key", "reverse"),
        [
            ("NEWEST", "modified", True),
            ("OLDEST", "modified", False),
            ("LEX_ASC", "name", False),
            ("LEX_DESC", "name", True),
            ("BEST_MATCH", "score", True),
            (None, "score", True),
        ],
    )
    def test_the_older_form(
        self, registry: InProcessRegistry, mouse: str, order: str | None, key: str, reverse: bool
    ) -> None:
        values = [hit[key] for hit in hits(registry, searchString="final OR mouse", order=order)]
        assert len(values) == 3
        assert values == sorted(values, reverse=reverse)

    def test_pages_follow_each_other_to_the_end(self, registry: InProcessRegistry, mouse: str) -> None:
        everything = [hit["id"] for hit in hits(registry, order="LEX_ASC", size=1000)]
        page = search(registry, order="LEX_ASC", size=2)["firstPage"]
        found = [hit["id"] for hit in page["hits"]]
        while page["cursor"] is not None:
            page = registry.execute(MORE, {"after": page["cursor"], "size": 2})["searchMorePackages"]
            found += [hit["id"] for hit in page["hits"]]
        assert found == everything

    def test_a_cursor_does_not_open_what_is_closed(self, registry: InProcessRegistry, mouse: str) -> None:
        cursor = search(registry, size=1)["firstPage"]["cursor"]
        page = registry.execute(MORE, {"after": cursor}, NOBODY)["searchMorePackages"]
        assert page["hits"] == []

    @pytest.mark.parametrize("cursor", ["", "nonsense", "e30=", "é"])
    def test_a_malformed_cursor_is_invalid_input(self, registry: InProcessRegistry, cursor: str) -> None:
        for query, field in ((MORE, "searchMorePackages"), (MORE_OBJECTS, "searchMoreObjects")):
            result = registry.execute(query, {"after": cursor})[field]
            assert result["errors"][0]["path"] == "after"

    @pytest.mark.parametrize(
        ("ordering", "key", "reverse"),
        [
            ("sys:name:asc", "name", False),
            ("sys:modified:desc", "modified", True),
            ("sys:size:asc", "size", False),
            ("sys:entries:desc", "totalEntriesCount", True),
            ("sys:hash:asc", "hash", False),
        ],
    )
    def test_the_newer_form(
        self, registry: InProcessRegistry, mouse: str, ordering: str, key: str, reverse: bool
    ) -> None:
        values = [hit[key] for hit in self.ordered(registry, ordering)["hits"]]
        assert len(values) > 1
        assert values == sorted(values, reverse=reverse)

    @pytest.mark.parametrize(("direction", "first"), [("asc", "mouse"), ("desc", "fly")])
    def test_the_newer_form_by_metadata(
        self, registry: InProcessRegistry, mouse: str, direction: str, first: str
    ) -> None:
        page = self.ordered(registry, f"usr:/run/number:number:{direction}")
        assert first in page["hits"][0]["name"]

    @pytest.mark.parametrize(
        ("ordering", "kind", "name"),
        [
            ("nonsense", "InvalidInput", "ordering"),
            ("sys:nothing:asc", "InvalidInput", "ordering"),
            ("usr:/a:nothing:asc", "InvalidInput", "ordering"),
            ("sys:comment:asc", "OperationError", "UnsupportedSort"),
            ("usr:/a:text:desc", "OperationError", "UnsupportedSort"),
        ],
    )
    def test_orderings_that_are_none(
        self, registry: InProcessRegistry, mouse: str, ordering: str, kind: str, name: str
    ) -> None:
        result = self.ordered(registry, ordering)
        assert result["__typename"] == kind
        assert name == (result["name"] if kind == "OperationError" else result["errors"][0]["name"])

    def ordered(self, registry: InProcessRegistry, ordering: str | None) -> Any:
        variables = {"searchString": "final", "ordering": ordering}
        result = registry.execute(SEARCH_BY_ORDERING, variables, form=PackageSearchForm.ORDERING)
        return result["searchPackages"]["firstPage"]

    def test_each_form_refuses_the_other(self) -> None:
        def errors(query: str, form: PackageSearchForm) -> list[GraphQLError]:
            return list(validate(schema(form)._schema, parse(query)))

        assert errors(SEARCH, PackageSearchForm.ORDER) == []
        assert errors(SEARCH_BY_ORDERING, PackageSearchForm.ORDERING) == []
        assert errors(SEARCH, PackageSearchForm.ORDERING) != []
        assert errors(SEARCH_BY_ORDERING, PackageSearchForm.ORDER) != []


class TestObjects:
    def objects(self, registry: InProcessRegistry, **variables: Any) -> list[dict[str, Any]]:
        result = registry.execute(OBJECTS, variables)["searchObjects"]
        return list(result["firstPage"]["hits"]) if result["__typename"] == "ObjectsSearchResultSet" else []

    def test_objects_are_found_by_content_and_key(self, registry: InProcessRegistry, mouse: str) -> None:
        for text in ("TP53", "key_text:one.csv"):
            (hit,) = self.objects(registry, searchString=text)
            assert hit["key"] == f"{mouse}/reads/one.csv"
            assert (hit["bucket"], hit["deleted"], hit["indexedContent"]) == (DATA, False, "gene,count\nTP53\n")

    @pytest.mark.parametrize(
        ("given", "found"),
        [
            ({"ext": {"terms": [".csv"]}}, True),
            ({"ext": {"terms": [".txt"]}}, False),
            ({"key": {"wildcard": "*one.csv"}}, True),
            ({"size": {"lte": 3}}, False),
            ({"content": {"queryString": "tp53"}}, True),
            ({"content": {"queryString": "one"}}, False),
            ({"deleted": {"true": True}}, False),
            ({"deleted": {"false": True}}, True),
            ({"modified": {"lte": "2020-01-01T00:00:00Z"}}, False),
        ],
    )
    def test_filters(self, registry: InProcessRegistry, mouse: str, given: dict[str, Any], found: bool) -> None:
        keys = [hit["key"] for hit in self.objects(registry, filter=given, size=1000)]
        assert (f"{mouse}/reads/one.csv" in keys) is found

    def test_order_pages_and_statistics(self, registry: InProcessRegistry, mouse: str) -> None:
        keys = [hit["key"] for hit in self.objects(registry, order="LEX_ASC", size=1000)]
        assert keys == sorted(keys)
        result = registry.execute(OBJECTS, {"order": "LEX_ASC", "size": 1})["searchObjects"]
        rest = registry.execute(MORE_OBJECTS, {"after": result["firstPage"]["cursor"]})["searchMoreObjects"]
        assert [hit["key"] for hit in rest["hits"]] == keys[1:31]
        assert result["total"] == len(keys)
        assert ".csv" in result["stats"]["ext"]["values"]

    def test_a_malformed_query_is_invalid_input(self, registry: InProcessRegistry) -> None:
        result = registry.execute(OBJECTS, {"searchString": "("})["searchObjects"]
        assert result["errors"][0]["name"] == "QuerySyntaxError"


QUILT_MCP = """
query SearchPackages($buckets: [String!], $searchString: String) {
  searchPackages(buckets: $buckets, searchString: $searchString) {
    ... on PackagesSearchResultSet {
      firstPage(size: 1000, order: NEWEST) { hits { name bucket hash modified comment meta } } }
    ... on EmptySearchResultSet { _ }
  }
}
"""


def test_the_selection_of_quilt_mcp(registry: InProcessRegistry, mouse: str) -> None:
    found = registry.execute(QUILT_MCP, {"buckets": [DATA], "searchString": "mouse"})["searchPackages"]
    assert {hit["name"] for hit in found["firstPage"]["hits"]} == {mouse}
    assert registry.execute(QUILT_MCP, {"buckets": [DATA], "searchString": "nix"})["searchPackages"] == {"_": None}
