"""The document lists the decisions that the code takes, no more and no less."""

from __future__ import annotations

import re

import pytest
from decision_list import CODE, decisions_of, documented, section

NOT_ABOUT_THE_REGISTRY = {"registry/passwords.py", "tabulator/configuration.py"}
"""Their decisions would be the same whatever a real registry does."""

TEXTS = {
    path.relative_to(CODE).as_posix(): text
    for path in sorted(CODE.rglob("*.py"))
    if "Decision" in (text := path.read_text(encoding="utf-8"))
}


@pytest.mark.slow
def test_the_document_agrees_with_the_code() -> None:
    assert documented() == section(), "renew it: python tests/quilt_stack/process/decision_list.py"


def test_no_decision_hides_within_a_paragraph() -> None:
    for name, text in TEXTS.items():
        one_by_one = text.replace("Decisions on what the facts leave open:", "")
        assert len(re.findall("(?<!-> )Decision:", one_by_one)) == len(decisions_of(one_by_one)), name


def test_decisions_about_the_registry_name_the_fact() -> None:
    """Whether the section exists and is open is for tests/docs/test_facts.py."""
    silent = [
        (name, decision)
        for name, text in TEXTS.items()
        if name.startswith(("registry/", "stack/", "tabulator/")) and name not in NOT_ABOUT_THE_REGISTRY
        for decision in decisions_of(text)
        if "registry facts " not in decision
    ]
    assert silent == []


def test_decisions_are_found_in_every_form() -> None:
    source = '''"""A module.

Decisions on what the facts leave open:

- The first
  has two lines.
- The second.

Decision: the third.

More text.
"""

# Decision: the fourth
# has two lines.
# Decision: the fifth.
x = 1  # Decision: not one, since it is beside code


class C:
    """Decision: the sixth."""

    def f(self) -> None:
        """A function.

        Decisions on what the facts leave open: the seventh; and more
        of it.

        Raises:
            ValueError: never.
        """
        # An ordinary comment.
        # Decision: the eighth.
'''
    assert sorted(decisions_of(source)) == [
        "The first has two lines.",
        "The second.",
        "the eighth.",
        "the fifth.",
        "the fourth has two lines.",
        "the seventh; and more of it.",
        "the sixth.",
        "the third.",
    ]
