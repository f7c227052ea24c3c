"""The pass-through: what quilt3 and quilt-mcp send, and what they get (registry facts 1.5)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from in_process_registry import ARCHIVE, DATA, NOBODY, READER, SECRET, WRITER, InProcessRegistry, unique_name

from quilt_stack.registry.identity import Caller
from quilt_stack.registry.search.elastic import SearchRequestError, elastic_search


@pytest.fixture(scope="module")
def package(registry: InProcessRegistry) -> str:
    name = unique_name("rna-seq")
    registry.push(name, {"reads/one.csv": b"gene,count\nBRCA2 ,7\n", "notes.md": b"hello"}, message="First release")
    registry.push(unique_name("proteomics"), {"x.bin": b"1234"}, bucket=ARCHIVE)
    registry.indexed()
    return name


def ask(registry: InProcessRegistry, who: Caller = WRITER, **params: str) -> dict[str, Any]:
    return elastic_search(registry.services.search, who, registry.access, params)


def freeform(registry: InProcessRegistry, body: object, index: str = f"{DATA}_packages", **params: str) -> list[Any]:
    answer = ask(registry, index=index, action="freeform", body=json.dumps(body), **{"size": "100", **params})
    return list(answer["hits"]["hits"])


def escaped(text: str) -> str:
    """As quilt-mcp escapes it."""
    return "".join("\\" + character if character in '\\+-=><!(){}[]^"~:/' else character for character in text)


def pointers(query: dict[str, Any]) -> dict[str, Any]:
    """The body of quilt-mcp's search for packages."""
    return {"query": {"bool": {"must": [query, {"exists": {"field": "ptr_name"}}]}}, "size": 1000}


class TestQuiltMcp:
    def names(self, registry: InProcessRegistry, query: dict[str, Any]) -> list[str]:
        return [hit["_source"]["ptr_name"] for hit in freeform(registry, pointers(query))]

    def test_all_packages_show_once_for_each_pointer(self, registry: InProcessRegistry, package: str) -> None:
        assert self.names(registry, {"match_all": {}}).count(package) == 2

    @pytest.mark.parametrize("text", ["rna-seq", "seq", "DANA", "dana/rna-seq*", "latest"])
    def test_names_are_found_by_word_and_by_wildcard(
        self, registry: InProcessRegistry, package: str, text: str
    ) -> None:
        assert package in self.names(registry, {"query_string": {"query": escaped(text)}})

    @pytest.mark.parametrize("text", ["release", "BRCA2", "reads", "rn", "one.csv"])
    def test_messages_and_contents_are_not_part_of_pointers(
        self, registry: InProcessRegistry, package: str, text: str
    ) -> None:
        assert self.names(registry, {"query_string": {"query": escaped(text)}}) == []

    def test_files_are_found_by_key_and_by_content(self, registry: InProcessRegistry, package: str) -> None:
        for text in ("BRCA2", f"{package}/reads*", "gene"):
            body = {"from": 0, "size": 10, "query": {"query_string": {"query": escaped(text)}}}
            keys = [hit["_source"]["key"] for hit in freeform(registry, body, DATA)]
            assert f"{package}/reads/one.csv" in keys

    def test_filters(self, registry: InProcessRegistry, package: str) -> None:
        def keys(*clauses: dict[str, Any]) -> list[str]:
            must = [{"query_string": {"query": escaped(f"{package}/*")}}]
            body = {"query": {"bool": {"must": must, "filter": list(clauses)}}}
            return sorted(hit["_source"]["key"].removeprefix(package) for hit in freeform(registry, body, DATA))

        assert keys({"terms": {"ext": [".csv"]}}) == ["/reads/one.csv"]
        assert keys({"terms": {"ext": ["csv"]}}) == []  # the leading dot is part of the extension
        assert keys({"range": {"size": {"gt": 5}}}) == ["/reads/one.csv"]
        assert keys({"range": {"size": {"gte": 5, "lte": 5}}}) == ["/notes.md"]
        assert keys({"range": {"last_modified": {"gte": "2020-01-01"}}}) == ["/notes.md", "/reads/one.csv"]
        assert keys({"range": {"last_modified": {"lte": "2020-01-01"}}}) == []

    def test_several_indexes_at_once(self, registry: InProcessRegistry, package: str) -> None:
        hits = freeform(registry, {"query": {"match_all": {}}}, f"{DATA},{DATA}_packages,{ARCHIVE}")
        indexes = {hit["_index"].partition("-reindex-v")[0] for hit in hits}
        assert indexes == {DATA, f"{DATA}_packages", ARCHIVE}


class TestQuilt3:
    def test_a_text_is_a_search_whose_words_are_all_required(self, registry: InProcessRegistry, package: str) -> None:
        index = f"{DATA}_packages"
        found = ask(registry, index=index, action="search", query="first release", size="10")
        assert [hit["_source"]["mnfst_message"] for hit in found["hits"]["hits"]] == ["First release"]
        assert ask(registry, index=index, action="search", query="first nothing")["hits"]["hits"] == []

    def test_packages_answers_pointers(self, registry: InProcessRegistry, package: str) -> None:
        found = ask(registry, index=f"{DATA}_packages", action="packages", query="*")
        assert all("ptr_name" in hit["_source"] for hit in found["hits"]["hits"])

    def test_stats(self, registry: InProcessRegistry, package: str) -> None:
        found = ask(registry, index=ARCHIVE, action="stats")
        by_extension = {each["key"]: each for each in found["aggregations"]["exts"]["buckets"]}
        assert by_extension[".bin"] == {"key": ".bin", "doc_count": 1, "size": {"value": 4}}
        assert found["aggregations"]["totalBytes"]["value"] >= 4


class TestAnswers:
    def test_form(self, registry: InProcessRegistry, package: str) -> None:
        answer = ask(registry, index=f"{DATA}_packages", action="search", query="*", size="1")
        assert set(answer) == {"took", "timed_out", "_shards", "hits"}
        assert answer["hits"]["total"]["value"] > 1
        assert len(answer["hits"]["hits"]) == 1
        assert set(answer["hits"]["hits"][0]) == {"_index", "_type", "_id", "_score", "_source"}

    def test_pages_do_not_overlap(self, registry: InProcessRegistry, package: str) -> None:
        body = {"query": {"match_all": {}}}
        all_ids = [hit["_id"] for hit in freeform(registry, body)]
        paged = [freeform(registry, body, size="2", **{"from": str(start)}) for start in range(0, len(all_ids), 2)]
        assert [hit["_id"] for page in paged for hit in page] == all_ids

    def test_source_is_cut_as_asked(self, registry: InProcessRegistry, package: str) -> None:
        body = {"query": {"exists": {"field": "ptr_name"}}, "_source": ["ptr_*"]}
        assert set(freeform(registry, body)[0]["_source"]) == {"ptr_name", "ptr_tag", "ptr_last_modified"}
        assert "_source" not in freeform(registry, {"query": {"match_all": {}}, "_source": False})[0]
        assert set(freeform(registry, body, _source="ptr_tag")[0]["_source"]) == {"ptr_tag"}

    def test_the_answer_is_cut_by_filter_path(self, registry: InProcessRegistry, package: str) -> None:
        answer = ask(
            registry, index=f"{DATA}_packages", action="search", query="latest", filter_path="hits.hits._source.ptr_*"
        )
        assert set(answer) == {"hits"}
        assert set(answer["hits"]["hits"][0]["_source"]) == {"ptr_name", "ptr_tag", "ptr_last_modified"}

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"term": {"ptr_tag": "latest"}}, True),
            ({"term": {"ptr_tag": {"value": "LATEST"}}}, False),
            ({"prefix": {"ptr_name": "dana/"}}, True),
            ({"wildcard": {"ptr_name": {"value": "dana/rna*"}}}, True),
            ({"regexp": {"ptr_tag": "lat.*"}}, True),
            (
                {"bool": {"must_not": [{"exists": {"field": "ptr_name"}}], "must": {"term": {"ptr_tag": "latest"}}}},
                False,
            ),
            ({"bool": {"should": [{"term": {"ptr_tag": "x"}}, {"term": {"ptr_tag": "latest"}}]}}, True),
            (
                {
                    "bool": {
                        "should": [{"term": {"ptr_tag": "x"}}, {"term": {"ptr_tag": "latest"}}],
                        "minimum_should_match": 2,
                    }
                },
                False,
            ),
            ({"bool": {"filter": [{"terms": {"ptr_tag": []}}]}}, False),
            ({"query_string": {"query": "latest", "fields": ["ptr_tag^2", "mnfst_hash"]}}, True),
            ({"query_string": {"query": "latest", "default_field": "ptr_name"}}, False),
        ],
    )
    def test_kinds_of_queries(
        self, registry: InProcessRegistry, package: str, query: dict[str, Any], expected: bool
    ) -> None:
        found = [hit["_source"].get("ptr_name") for hit in freeform(registry, {"query": query})]
        assert (package in found) is expected


class TestRefusals:
    @pytest.mark.parametrize(
        ("who", "index"),
        [
            (WRITER, SECRET),
            (WRITER, f"{DATA},{SECRET}_packages"),
            (WRITER, "no-such-bucket"),
            (WRITER, "_all"),
            (WRITER, "*"),
            (WRITER, "data*"),
            (READER, ARCHIVE),
            (NOBODY, DATA),
        ],
    )
    def test_only_readable_buckets_can_be_searched(
        self, registry: InProcessRegistry, package: str, who: Caller, index: str
    ) -> None:
        """``_all`` is refused on real stacks too (registry facts 11)."""
        with pytest.raises(SearchRequestError) as refused:
            ask(registry, who, index=index, action="search", query="*")
        assert refused.value.status == 403

    @pytest.mark.parametrize(
        "params",
        [
            {},
            {"action": "search", "query": "a/b"},
            {"action": "search", "query": "("},
            {"action": "nothing"},
            {"action": "search", "size": "many"},
            {"action": "search", "size": "-1"},
            {"action": "search", "size": "10000", "from": "1"},
            {"action": "freeform"},
            {"action": "freeform", "body": "{"},
            {"action": "freeform", "body": "[]"},
            {"action": "freeform", "body": '{"query": {"more_like_this": {}}}'},
            {"action": "freeform", "body": '{"query": {}}'},
            {"action": "freeform", "body": '{"query": {"term": {"a": 1, "b": 2}}}'},
            {"action": "freeform", "body": '{"query": {"query_string": {"query": "a", "fuzziness": 1}}}'},
            {"action": "freeform", "body": '{"collapse": {"field": "ptr_name"}}'},
        ],
    )
    def test_what_cannot_be_answered_is_a_bad_request_with_a_reason(
        self, registry: InProcessRegistry, package: str, params: dict[str, str]
    ) -> None:
        with pytest.raises(SearchRequestError) as refused:
            ask(registry, index=DATA, **params)
        assert refused.value.status == 400
        assert refused.value.message

    def test_an_index_has_to_be_named(self, registry: InProcessRegistry) -> None:
        with pytest.raises(SearchRequestError, match="which indexes"):
            ask(registry, action="search", query="*")
