"""The measurement of which public methods of the product a run called."""

from __future__ import annotations

from pathlib import Path

from made_runs import made_outcome

from environment.driving.operations import Operations
from environment.driving.usage import USAGE
from environment.modes import Mode
from reports.deeds import DEEDS
from reports.methods import coverage, public_methods, uncovered, unproven
from reports.outcomes import ScenarioOutcome, Status
from reports.product import product_root


def _outcome(mode: Mode, status: Status, *methods: str) -> ScenarioOutcome:
    return made_outcome("s", mode, status, methods=methods, requirements=("CAT-6",))


def test_the_products_methods_are_found_without_its_private_ones(tmp_path: Path) -> None:
    methods = public_methods(product_root(tmp_path))

    assert {"QuiltOps.list_buckets", "QuiltOps.set_open_query", "AdminOps.create_user"} <= set(methods)
    assert not [method for method in methods if "._" in method]


def test_a_method_counts_in_the_mode_in_which_it_was_called() -> None:
    scenarios = [
        _outcome(Mode.LOCAL, Status.PASSED, "QuiltOps.list_buckets"),
        _outcome(Mode.LOCAL, Status.KNOWN, "QuiltOps.list_buckets"),
        _outcome(Mode.MULTIUSER, Status.SKIPPED, "QuiltOps.list_buckets"),
    ]

    (found,) = coverage(["QuiltOps.list_buckets"], scenarios)

    assert (found.called[Mode.LOCAL], found.passed[Mode.LOCAL]) == (2, 1)
    assert found.requirements == ("CAT-6",)
    assert uncovered([found]) == ["QuiltOps.list_buckets: nothing calls it in multiuser mode"]


def test_a_call_through_a_session_is_noted() -> None:
    USAGE.begin()
    Operations(lambda: "a text", "Dana", "QuiltOps").upper()

    assert USAGE.methods() == ["QuiltOps.upper"]


def test_an_interface_that_cannot_be_opened_was_not_called() -> None:
    USAGE.begin()

    def refuse() -> object:
        raise PermissionError

    try:
        Operations(refuse, "Dana", "QuiltOps").upper()
    except PermissionError:
        assert USAGE.methods() == []


def test_method_of_which_nothing_is_seen_to_hold_is_named_by_mode() -> None:
    found = unproven(
        [
            _outcome(Mode.LOCAL, Status.KNOWN, "QuiltOps.browse_content", "QuiltOps.list_buckets"),
            _outcome(Mode.LOCAL, Status.PASSED, "QuiltOps.list_buckets"),
            _outcome(Mode.MULTIUSER, Status.PASSED, "QuiltOps.browse_content"),
        ]
    )
    assert found == {Mode.LOCAL: ["QuiltOps.browse_content"], Mode.MULTIUSER: []}


def test_every_public_method_is_said_in_words_of_people(tmp_path: Path) -> None:
    assert set(DEEDS) == set(public_methods(product_root(tmp_path)))
