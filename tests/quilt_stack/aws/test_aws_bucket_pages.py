"""ListBuckets: pages, prefixes, and what is refused (AWS documentation, "ListBuckets")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_all_buckets_are_found_page_by_page(s3: Any, new_bucket: Callable[..., str]) -> None:
    made = {new_bucket() for _ in range(5)}
    everything = [each["Name"] for each in s3.list_buckets()["Buckets"]]
    assert everything == sorted(everything)
    assert made <= set(everything)
    pages = [page["Buckets"] for page in s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 2})]
    assert [each["Name"] for page in pages for each in page] == everything
    assert {len(page) for page in pages[:-1]} == {2}


def test_a_prefix_narrows_pages(s3: Any, new_bucket: Callable[..., str]) -> None:
    name = new_bucket()
    answer = s3.list_buckets(Prefix=name, MaxBuckets=1)
    assert [each["Name"] for each in answer["Buckets"]] == [name]
    assert answer["Prefix"] == name


@pytest.mark.parametrize("wrong", [{"MaxBuckets": 10_001}, {"ContinuationToken": "no token"}])
def test_what_is_no_page_is_refused(s3: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as refused:
        s3.list_buckets(**wrong)
    assert refused.value.response["Error"]["Code"] == "InvalidArgument"
