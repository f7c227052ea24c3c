"""Errors on which nothing asserts fail the scenario, whatever else passed."""

from __future__ import annotations

import pytest

from environment.evidence import unasserted

PRELUDE = """
import threading
import pytest
from environment.product.outcome import attempt, attempt_as

class BackendError(Exception): ...

def refuse(reason="no permission"):
    raise BackendError(reason)

"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return pytester


def outcome_of(pytester: pytest.Pytester, body: str) -> tuple[dict[str, int], str]:
    pytester.makepyfile(PRELUDE + body)
    # By object: by name it would warn that the module is imported already, depending on the tests before.
    result = pytester.runpytest_inprocess(plugins=[unasserted])
    return result.parseoutcomes(), result.stdout.str()


def test_unasserted_errors_fail_a_scenario_that_passed_otherwise(run: pytest.Pytester) -> None:
    counts, output = outcome_of(run, "def test_a():\n    attempt_as('Dana', refuse)\n    assert True\n")
    assert counts == {"failed": 1}
    assert "OperationFailed: Dana's refuse failed: BackendError: no permission" in output
    assert "No Then of the scenario expects that." in output


def test_asserted_refusals_pass(run: pytest.Pytester) -> None:
    counts, _ = outcome_of(run, "def test_a():\n    attempt(refuse).refusal(BackendError)\n")
    assert counts == {"passed": 1}


def test_errors_from_worker_threads_count(run: pytest.Pytester) -> None:
    body = "def test_a():\n    t = threading.Thread(target=attempt, args=(refuse,)); t.start(); t.join()\n"
    counts, output = outcome_of(run, body)
    assert counts == {"failed": 1}
    assert "refuse failed: BackendError" in output


def test_errors_of_set_up_count(run: pytest.Pytester) -> None:
    body = "@pytest.fixture\ndef given():\n    return attempt(refuse)\n\ndef test_a(given): ...\n"
    assert outcome_of(run, body)[0] == {"failed": 1}


def test_a_failure_that_came_first_tells_both(run: pytest.Pytester) -> None:
    counts, output = outcome_of(run, "def test_a():\n    attempt(refuse)\n    assert 5 == 6, 'five files'\n")
    assert counts == {"failed": 1}
    assert "five files" in output
    assert "No Then expects this either: refuse failed: BackendError: no permission" in output


def test_a_failure_that_is_the_error_does_not_tell_it_twice(run: pytest.Pytester) -> None:
    counts, output = outcome_of(run, "def test_a():\n    attempt(refuse).value\n")
    assert counts == {"failed": 1}
    assert "either" not in output


def test_several_errors_are_all_told(run: pytest.Pytester) -> None:
    counts, output = outcome_of(run, "def test_a():\n    attempt(refuse, 'one')\n    attempt(refuse, 'two')\n")
    assert counts == {"failed": 1}
    assert "BackendError: one" in output
    assert "BackendError: two" in output


def test_a_skip_does_not_hide_an_error(run: pytest.Pytester) -> None:
    counts, _ = outcome_of(run, "def test_a():\n    attempt(refuse)\n    pytest.skip('no reason')\n")
    assert counts == {"failed": 1}


def test_each_scenario_has_its_own(run: pytest.Pytester) -> None:
    body = "def test_a():\n    attempt(refuse)\n\ndef test_b(outcomes):\n    assert outcomes.all() == []\n"
    assert outcome_of(run, body)[0] == {"failed": 1, "passed": 1}
