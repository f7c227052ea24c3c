"""The messages of what scenarios publish."""

from __future__ import annotations

import steps.kinds  # noqa: F401  # registers Persona, which the sentences need
from environment.people.names import Names
from steps.creation import message_for


def test_the_message_names_the_run_that_made_up_the_name() -> None:
    names = Names(1, "features/a.feature::A[local]", "0123abcd")
    assert message_for(names.package_name("test-user")) == "Published by run 0123abcd"


def test_the_message_names_the_package_where_no_run_made_up_the_name() -> None:
    assert message_for("test-user/simple-csv") == "Published as test-user/simple-csv"
