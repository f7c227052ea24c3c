"""Warnings are errors where they are ours; what the product does must not depend on what its libraries warn of."""

from __future__ import annotations

import tomllib
import warnings

import pytest
from _pytest.config import parse_warning_filter

from environment.settings import ROOT

DEPRECATED = "pathlib.PurePath.is_reserved() is deprecated and scheduled for removal in Python 3.15"


def warn(category: type[Warning], module: str) -> None:
    """Warn under the filters of feature runs, as if this module had done it."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    with warnings.catch_warnings(record=True):
        warnings.resetwarnings()
        for each in options["filterwarnings"]:
            warnings.filterwarnings(*parse_warning_filter(each, escape=False))
        warnings.warn_explicit(DEPRECATED, category, "a.py", 1, module=module)


@pytest.mark.parametrize("category", [DeprecationWarning, UserWarning, FutureWarning, RuntimeWarning])
@pytest.mark.parametrize(
    "module", ["quilt3.data_transfer", "quilt_mcp.ops.quilt_ops", "requests.adapters", "stepstone"]
)
def test_what_the_product_and_its_libraries_warn_of_is_no_error(category: type[Warning], module: str) -> None:
    warn(category, module)


@pytest.mark.parametrize("category", [DeprecationWarning, UserWarning, FutureWarning])
@pytest.mark.parametrize(
    "module", ["steps", "steps.publishing", "environment.targets.target", "infra.users", "reports.plugin"]
)
def test_what_we_warn_of_is_an_error(category: type[Warning], module: str) -> None:
    with pytest.raises(category):
        warn(category, module)


def test_what_pytest_warns_of_is_an_error() -> None:
    with pytest.raises(pytest.PytestCollectionWarning):
        warn(pytest.PytestCollectionWarning, "_pytest.python")
