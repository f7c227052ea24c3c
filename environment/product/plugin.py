"""pytest plugin: says which quilt-mcp is judged, and ends a run whose quilt-mcp cannot be imported."""

from __future__ import annotations

import traceback
import warnings

import pytest

from environment.errors import SuiteError
from environment.product.judged import DISTRIBUTION, judged_product, unmet_requirements
from environment.product.outcome import attempt
from environment.running.loading import loading


def pytest_report_header() -> list[str]:
    """Name the product, and what it asks for that is here in another version."""
    found = judged_product()
    missing, different = unmet_requirements(found)
    lines = [f"product: {found}"]
    if missing:
        lines.append(f"{DISTRIBUTION} {found.version} asks for what is not installed: {', '.join(missing)}")
    if different:
        lines.append(f"{DISTRIBUTION} {found.version} asks for other versions than these: {', '.join(different)}")
    return lines


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> None:
    """The product, imported: two to three seconds that a run without scenarios need not spend.

    An attempt, because the time is the product's and not the suite's.

    Raises:
        SuiteError: if it cannot be imported; the run ends with the scenario that found it out.
    """
    with loading():
        error = attempt(_import_product).error
    if error is not None:
        told = _cannot_be_imported(error)
        request.session.shouldfail = str(told)
        raise told from None


def _import_product() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the product's dependencies warn of at import is not judged here
        import quilt_mcp.ops.factory  # noqa: F401


def _cannot_be_imported(error: BaseException) -> SuiteError:
    innermost = traceback.extract_tb(error.__traceback__)[-1]
    place = "" if innermost.filename == __file__ else f" ({innermost.filename}:{innermost.lineno})"
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return SuiteError(
        f"Imported {judged_product()}", f"{reason}{place}", "Install what it needs, fix it, or judge another one"
    )
