"""What follows a publication in its sentence: how files are laid, the message, metadata."""

from __future__ import annotations

import re

import pytest

import steps.kinds  # noqa: F401  # registers Options
from environment.driving.packages import Options
from environment.gherkin.references import KINDS


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", Options()),
        (', with "wheat" as its crop', Options(metadata={"crop": "wheat"})),
        (
            ', with "wheat" as its crop and "draft" as its status',
            Options(metadata={"crop": "wheat", "status": "draft"}),
        ),
        (', with "a, b" as its tags', Options(metadata={"tags": ["a", "b"]})),
        (
            ', with the message "Say \\"yes\\"", with "wheat" as its crop, a second later',
            Options(message='Say "yes"', metadata={"crop": "wheat"}, a_second_later=True),
        ),
        (
            ', with the message "First run" and "RNA" as its assay',
            Options(message="First run", metadata={"assay": "RNA"}),
        ),
        (", copying every file,", Options(copies=True)),
    ],
)
def test_what_options_mean(words: str, meant: Options) -> None:
    kind = KINDS["Options"]
    assert re.fullmatch(kind.pattern, words)
    assert kind.convert(words) == meant


@pytest.mark.parametrize("words", [', with "wheat"', ' with "wheat" as its', ", with wheat as its crop"])
def test_what_is_no_option(words: str) -> None:
    assert not re.fullmatch(KINDS["Options"].pattern, words)
