"""What words in a table mean as the content of a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.driving.files import content_of, corrected
from environment.errors import SuiteError


def test_rows_text_and_nothing_are_content() -> None:
    assert content_of("2 rows", "a.csv") == b"plot,grams of a.csv\n1,101\n2,102\n"
    assert content_of('"1, 6.2"', "a.csv") == b"1, 6.2"
    assert content_of("empty", "a.csv") == b""


def test_content_is_the_files_own_unless_it_is_text() -> None:
    assert content_of("2 rows", "a.csv") != content_of("2 rows", "b.csv")
    assert content_of("", "a.csv") != content_of("", "b.csv")


def test_words_that_mean_nothing_are_told_with_those_that_do() -> None:
    with pytest.raises(SuiteError, match=r'Read the content "lots" of a.csv: it means nothing. Write one of `12 rows`'):
        content_of("lots", "a.csv")


@given(st.binary(min_size=1, max_size=50))
def test_a_correction_has_other_bytes_of_the_same_size(content: bytes) -> None:
    changed = corrected(content)
    assert changed != content
    assert len(changed) == len(content)


def test_an_empty_file_cannot_be_corrected() -> None:
    with pytest.raises(SuiteError, match="it is empty"):
        corrected(b"")
