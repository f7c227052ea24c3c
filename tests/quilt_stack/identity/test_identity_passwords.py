"""The rule for passwords and their hashes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quilt_stack.registry import passwords


@settings(max_examples=20)
@given(password=st.text(min_size=8, max_size=64), other=st.text(max_size=64))
def test_a_hash_knows_its_password_and_no_other(password: str, other: str) -> None:
    digest = passwords.hash_password(password)
    assert passwords.matches(password, digest)
    assert passwords.matches(other, digest) is (other == password)
    assert not passwords.matches(password, None)


@pytest.mark.parametrize(("length", "accepted"), [(0, False), (7, False), (8, True), (64, True), (65, False)])
def test_eight_to_sixty_four_characters(length: int, accepted: bool) -> None:
    assert passwords.is_acceptable("ä" * length) is accepted


def test_hashes_are_salted() -> None:
    assert passwords.hash_password("the same") != passwords.hash_password("the same")
