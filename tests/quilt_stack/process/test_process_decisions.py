"""The document lists the decisions that the code takes, no more and no less."""

from __future__ import annotations

from decision_list import decisions_of, documented, section


def test_the_document_agrees_with_the_code() -> None:
    assert documented() == section(), "renew it: python tests/quilt_stack/process/decision_list.py"


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
