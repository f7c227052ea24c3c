"""The query_string language (registry facts 1.5, 8.2), and what it means for keywords and for texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quilt_stack.registry.search.documents import Document
from quilt_stack.registry.search.mapping import PACKAGES
from quilt_stack.registry.search.patterns import QuerySyntaxError
from quilt_stack.registry.search.query_string import parse_query_string

POINTER = Document(
    "b_packages",
    "ptr:1",
    {"ptr_name": "Dana/rna-seq", "ptr_tag": "latest", "ptr_last_modified": "2024-05-17T10:20:30+00:00"},
    PACKAGES,
)
MANIFEST = Document(
    "b_packages",
    "mnfst:1",
    {
        "mnfst_message": "First Release of the Study, version 1.5",
        "mnfst_metadata": '{"organism":"Mus musculus","o\'clock":true}',
        "mnfst_stats": {"total_bytes": 2048, "total_files": 3},
        "mnfst_workflow": {"id": "checked"},
        "mnfst_hash": "ab" * 32,
    },
    PACKAGES,
)
ENTRY = Document(
    "b_packages",
    "entry:1",
    {"entry_lk": "data/Samples_2024.csv", "entry_pk": "s3://b/x/Samples_2024.csv", "entry_size": 10},
    PACKAGES,
)


def hits(query: str, document: Document = POINTER, *, all_required: bool = False) -> bool:
    return parse_query_string(query, all_required=all_required).score(document) is not None


class TestKeywordsAndTexts:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (r"ptr_name:Dana\/rna\-seq", True),
            (r"ptr_name:dana\/rna\-seq", False),
            ("ptr_name:Dana", False),
            ("ptr_name.text:dana", True),
            ("ptr_name.text:SEQ", True),
            ("rna", True),
            ("RNA", True),
            ("rn", False),
            (r"Dana\/other", True),  # two words for the text field, and one of them is enough
            ("ptr_tag:latest", True),
            ("latest", True),
            ("no_such_field:latest", False),
        ],
    )
    def test_terms(self, query: str, found: bool) -> None:
        assert hits(query) is found

    def test_all_words_may_be_required(self) -> None:
        assert not hits(r"Dana\/other", all_required=True)
        assert hits(r"Dana\/rna", all_required=True)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("ptr_name:Dana*", True),
            ("ptr_name:dana*", False),
            ("ptr_name.text:DA*", True),
            ("ptr_name:*rna?seq", True),
            ("ptr_name:*rna\\?seq", False),
            ("d*a", True),
            ("ptr_name:*", True),
            ("mnfst_hash:*", False),
            ("*", True),
            ("*:*", True),
        ],
    )
    def test_wildcards_keep_the_case_of_keywords_and_ignore_that_of_texts(self, query: str, found: bool) -> None:
        assert hits(query) is found

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("ptr_name:/Dana.rna-se[pq]/", True),
            ("ptr_name:/rna.*/", False),
            ("ptr_name.text:/S[eo]q/", True),
            ("/l(ate|owe)st/", True),
            (r"ptr_name:/Dana\/rna-seq/", True),
            ("ptr_name:/Dana.rna-seq$/", False),
        ],
    )
    def test_regular_expressions_match_whole_values(self, query: str, found: bool) -> None:
        assert hits(query) is found

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ('"release of the study"', True),
            ('"study release"', False),
            ('"study release"~4', True),
            ('"study release"~3', False),
            ('"first study"~1', False),
            ('mnfst_message:"VERSION 1.5"', True),
            ('"version 1.50"', False),
            ('mnfst_workflow.id:"checked"', True),
        ],
    )
    def test_phrases(self, query: str, found: bool) -> None:
        assert hits(query, MANIFEST) is found

    @pytest.mark.parametrize(
        ("query", "found"), [("releas~", True), ("relaese~1", True), ("rel~", False), ("chekced~2", True)]
    )
    def test_fuzzy_terms(self, query: str, found: bool) -> None:
        assert hits(query, MANIFEST) is found

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("mnfst_stats.total_bytes:2048", True),
            ("mnfst_stats.total_bytes:>2048", False),
            ("mnfst_stats.total_bytes:>=2048", True),
            ("mnfst_stats.total_files:[1 TO 3]", True),
            ("mnfst_stats.total_files:[1 TO 3}", False),
            ("mnfst_stats.total_files:[* TO 3]", True),
            ("mnfst_stats.total_files:{3 TO *]", False),
            ("2048", True),
            ("mnfst_stats.total_bytes:big", False),
            ("mnfst_hash:[aa TO ac]", True),
        ],
    )
    def test_numbers_and_ranges(self, query: str, found: bool) -> None:
        assert hits(query, MANIFEST) is found

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("ptr_last_modified:2024", True),
            ("ptr_last_modified:2023", False),
            ("2024", True),
            (r"ptr_last_modified:2024\-05", True),
            ("ptr_last_modified:[2024-01-01 TO 2024-05-17]", True),
            ("ptr_last_modified:[2024-05-18 TO *]", False),
            ("ptr_last_modified:>2024-05-17", False),
            ("ptr_last_modified:>=2024-05-17", True),
            ('ptr_last_modified:"2024-05-17T10:20:30Z"', True),
        ],
    )
    def test_dates_mean_spans(self, query: str, found: bool) -> None:
        assert hits(query) is found

    @pytest.mark.parametrize(
        ("query", "found"),
        [("entry_lk.text:samples_2024", False), ("entry_lk.text:csv", True), ("data", True), ("samples", False)],
    )
    def test_words_are_divided_as_the_standard_analyzer_does(self, query: str, found: bool) -> None:
        # "Samples_2024.csv": an underscore joins, a dot between a digit and a letter divides.
        assert hits(query, ENTRY) is (found or query == "entry_lk.text:samples_2024")


class TestOperators:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("rna AND latest", True),
            ("rna AND nothing", False),
            ("rna nothing", True),
            ("rna OR nothing", True),
            ("rna NOT latest", False),
            ("NOT nothing", True),
            ("NOT rna", False),
            ("+rna nothing", True),
            ("+nothing rna", False),
            ("rna -latest", False),
            ("rna && latest", True),
            ("rna && nothing", False),
            ("nothing || rna", True),
            ("rna !latest", False),
            ("(nothing OR rna) AND (latest OR none)", True),
            ("ptr_name.text:(nothing OR rna)", True),
            ("ptr_name.text:(nothing OR latest)", False),
            ("_exists_:ptr_tag", True),
            ("_exists_:mnfst_hash", False),
            ("rna^5 nothing", True),
            # As in Lucene, AND makes both of its sides required, whatever OR says.
            ("nothing OR rna AND latest", True),
            ("rna OR latest AND nothing", False),
        ],
    )
    def test_operators(self, query: str, found: bool) -> None:
        assert hits(query) is found

    def test_words_without_operators_may_all_be_required(self) -> None:
        assert not hits("rna nothing", all_required=True)
        assert hits("rna OR nothing", all_required=True)

    def test_more_matches_and_whole_keywords_score_higher(self) -> None:
        def score(query: str) -> float:
            found = parse_query_string(query).score(POINTER)
            assert found is not None
            return found

        assert score("rna dana") > score("rna nothing")
        assert score(r"Dana\/rna\-seq") > score("rna")
        assert score("rna^3") == 3 * score("rna")


class TestSyntaxErrors:
    @pytest.mark.parametrize(
        "query",
        [
            *["(", ")", "()", "a AND", "OR a", '"open', "/open", "dana/rna", "a:", ":a", "a:b:c", "[1 TO", "x:[1 2]"],
            *["a\\", "x:/(/", "/a~b/", "/x**/"],
        ],
    )
    def test_what_is_no_query_is_refused(self, query: str) -> None:
        with pytest.raises(QuerySyntaxError):
            parse_query_string(query)

    def test_a_query_that_is_too_long_or_too_deep_is_refused(self) -> None:
        for query in ("a" * 40_000, "(" * 5_000 + "a" + ")" * 5_000):
            with pytest.raises(QuerySyntaxError):
                parse_query_string(query)

    def test_a_blank_query_matches_nothing(self) -> None:
        assert not hits("  ")


SPECIAL = '\\+-=><!(){}[]^"~:/&|*? ANDORTabx1.,_é'


@given(st.text(st.sampled_from(SPECIAL), max_size=40))
def test_any_text_is_read_or_refused(query: str) -> None:
    try:
        parsed = parse_query_string(query)
    except QuerySyntaxError:
        return
    for document in (POINTER, MANIFEST, ENTRY):
        score = parsed.score(document)
        assert score is None or score >= 0


# luqum's grammar takes every escaped character but a line feed.
@given(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=30))
def test_an_escaped_value_is_found_literally(value: str) -> None:
    escaped = "".join("\\" + character for character in value)
    document = Document("b_packages", "ptr:2", {"ptr_name": value}, PACKAGES)
    assert hits("ptr_name:" + escaped, document)


@given(st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1, max_size=20))
def test_a_word_of_a_text_is_found_without_regard_to_case(word: str) -> None:
    document = Document("b_packages", "mnfst:2", {"mnfst_message": f"before {word} after"}, PACKAGES)
    assert hits(f'mnfst_message:"{word}"', document)
