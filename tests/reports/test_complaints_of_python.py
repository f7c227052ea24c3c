"""What Python complains of is the same in many places: by itself it is no likeness to a known defect."""

from __future__ import annotations

import pytest

from environment.gherkin.judging import JudgedStep, StepResult
from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from environment.product.outcome import OperationFailed, attempt_as
from reports.known_defects import Ledger, load_ledger
from reports.resemblance import has_failed_so
from reports.verdict import judge

AN_UPDATE = "OperationFailed: Lee's update_package_revision failed: BackendError: Package update failed: "
OPERATIONS = {
    "browse_content": ("Platform backend browse_content failed", "Quilt3 backend browse_content failed"),
    "get_content_url": ("Get content URL failed", "Quilt3 backend get_content_url failed"),
    "diff_packages": ("Package diff failed", "Quilt3 backend diff_packages failed"),
    "create_package_revision": ("Package creation failed",),
    "update_package_revision": ("Package update failed",),
    "search_packages": ("Package search failed",),
    "set_user_role": ("Failed to set role for user nora",),
    "delete_package": ("",),
}
COMPLAINTS = (
    "'NoneType' object is not subscriptable",
    "'NoneType' object has no attribute 'items'",
    "'int' object is not iterable",
    "expected string or bytes-like object, got 'list'",
    "list index out of range",
    "'packages'",
)


class BackendError(Exception):
    """As the product's, by whose name the ledger knows it."""


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger()


def said_of(ledger: Ledger, mode: Mode, operation: str, text: str) -> str:
    """The message on a sentence of a new scenario in which that operation fails so."""

    def called() -> None:
        raise BackendError(text) if ": " in text else AttributeError(text)

    called.__name__ = operation
    step = JudgedStep(ScenarioStep(type="when", keyword="When", text="t", written="t", line=3), StepResult.PASSED)
    with pytest.raises(OperationFailed) as raised:
        attempt_as("Lee", called).value  # noqa: B018  # it raises
    step.fail(raised.value)
    scenario = ScenarioRecord(
        feature_path="features/trial/a.feature", feature="A", name="New", line=2, mode=mode, steps=(step.step,)
    )
    found = judge(ledger, scenario, "scenario", step.error, [step])
    assert found is not None
    return found.message


def test_updating_a_package_without_metadata_is_not_taken_for_a_missing_argument(ledger: Ledger) -> None:
    text = "Package update failed: 'NoneType' object is not a mapping"
    message = said_of(ledger, Mode.MULTIUSER, "update_package_revision", text)
    assert "This looks like QO-116: " in message


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_complaint_that_no_known_defect_had_there_looks_like_none(ledger: Ledger, mode: Mode, operation: str) -> None:
    for beginning in OPERATIONS[operation]:
        for complaint in COMPLAINTS:
            text = f"{beginning}: {complaint}" if beginning else complaint
            assert "This looks like" not in said_of(ledger, mode, operation, text), text


@pytest.mark.parametrize(
    ("message", "entry", "possible"),
    [
        (f"{AN_UPDATE}'NoneType' object is not a mapping", "QO-116", True),
        (f"{AN_UPDATE}'NoneType' object is not a mapping", "QO-025", False),
        (f"{AN_UPDATE}'int' object is not a mapping", "QO-025", True),
        ("AssertionError: the error does not name x: Package diff failed: 'NoneType' object has no attribute 'get'",
         "QO-125", True),
        ("AssertionError: the error does not name x: Package search failed: 'NoneType' object has no attribute 'get'",
         "QO-125", False),
        (f"{AN_UPDATE}An error occurred (NoSuchKey) when calling the GetObject operation", "QO-010", False),
        (f"{AN_UPDATE}An error occurred (NoSuchKey) when calling the GetObject operation", "QO-118", False),
        ("AssertionError: the words of a message that names no operation", "QO-116", True),
    ],
)  # fmt: skip
def test_an_entry_is_possible_where_it_has_failed_so_in_the_same_operation(
    message: str, entry: str, possible: bool
) -> None:
    assert has_failed_so(entry, message) is possible


CREATED = "Dana's create_package_revision"
REFUSED = "Dana was to be refused: invalid, but was refused: the service failed."


@pytest.mark.parametrize(
    ("text", "requirements"),
    [
        (
            f"{REFUSED} {CREATED} was to be refused with ValidationError, but it raised BackendError: Package creation "
            "failed: Package creation failed with response type: InvalidInput",
            ("CREA-3",),
        ),
        ("the error does not name study: Package creation failed with response type: InvalidInput", ("CREA-3",)),
        (
            "pointers of the package differ: not expected: .quilt/named_packages/test-user/simple-csv/latest",
            ("CREA-1",),
        ),
        ("the error names None, not study", ("CREA-3",)),
    ],
)
@pytest.mark.parametrize("mode", Mode)
def test_a_message_that_others_share_or_that_any_breach_has_looks_like_none(
    ledger: Ledger, mode: Mode, text: str, requirements: tuple[str, ...]
) -> None:
    step = JudgedStep(ScenarioStep(type="then", keyword="Then", text="t", written="t", line=3), StepResult.PASSED)
    step.fail(AssertionError(text))
    scenario = ScenarioRecord(
        feature_path="features/trial/a.feature",
        feature="A",
        name="New",
        line=2,
        mode=mode,
        requirements=requirements,
        steps=(step.step,),
    )
    found = judge(ledger, scenario, "scenario", step.error, [step])
    assert found is not None
    assert "This looks like" not in found.message
