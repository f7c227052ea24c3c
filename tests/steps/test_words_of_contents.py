"""What readers are told of packages that are not as promised, beside the text that the ledger's patterns need."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from environment.gherkin.readable import in_words
from environment.settings import Buckets
from steps import contents

PACKAGE = SimpleNamespace(name="test-user/run-0815-1", word="run-0815", bucket="b")
OBSERVER: Any = SimpleNamespace(keys=lambda bucket, prefix: {f"{prefix}latest": 1})


def changed() -> None:
    package = SimpleNamespace(word="released", before=SimpleNamespace(top_hash="a"))
    revision: Any = SimpleNamespace(package=package, is_latest=True, manifest=lambda: SimpleNamespace(top_hash="b"))
    contents.is_unchanged(revision)


def elsewhere() -> None:
    entry = SimpleNamespace(physical_key=f"s3://{Buckets().packages}/readings.csv")
    entries = {"readings.csv": entry}
    revision: Any = SimpleNamespace(
        published=lambda: SimpleNamespace(entries=entries), expected=lambda: SimpleNamespace(files=entries)
    )
    target: Any = SimpleNamespace(buckets=Buckets())
    contents.lies_in_bucket(revision, "scratch", target)


def exists() -> None:
    package: Any = PACKAGE
    contents.does_not_exist(package, OBSERVER, OBSERVER)


@pytest.mark.parametrize(
    ("claim", "text", "words"),
    [
        (exists, "pointers of the package differ: not expected: ", 'the package "run-0815" exists'),
        (changed, "the latest revision is b, not a", 'the package "released" has a new revision'),
        (elsewhere, "buckets differ: ", "readings.csv is in the packages bucket, not in the scratch bucket"),
    ],
)
def test_what_is_not_as_promised_is_told_in_words(claim: Callable[[], None], text: str, words: str) -> None:
    with pytest.raises(AssertionError) as raised:
        claim()
    assert str(raised.value).startswith(text)
    assert in_words(raised.value) == words
