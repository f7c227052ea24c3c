"""Where the modules of the judged product lie: installed, or put before that by `acceptance run --product`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from environment.errors import SuiteError

PRODUCT = "quilt_mcp"
OVERLAY = "product"
"""The folder below build/ into which `--product` puts another version; a run without it removes what was there."""


def product_root(build: Path) -> Path:
    """The package's folder. Its modules are read, never imported, which would take seconds.

    Raises:
        SuiteError: if the product is not installed.
    """
    other = build / OVERLAY / PRODUCT
    if other.is_dir():
        return other
    specification = find_spec(PRODUCT)
    if specification is None or not specification.submodule_search_locations:
        raise SuiteError("Looked for the modules of the product", f"there is no {PRODUCT}", "Install the product")
    return Path(specification.submodule_search_locations[0])
