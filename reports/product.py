"""Where the modules of the judged product lie: installed, or put before that by `acceptance run --product`."""

from __future__ import annotations

import sys
from pathlib import Path

from environment.errors import SuiteError
from environment.product.judged import PACKAGE, judged_product
from environment.product.placing import placed


def product_root(build: Path) -> Path:
    """The package's folder. Its modules are read, never imported, which would take seconds.

    Raises:
        SuiteError: if the product is not installed.
    """
    paths = placed(build)
    modules = judged_product([*map(str, paths), *sys.path] if paths else None).modules
    if modules is None:
        raise SuiteError("Looked for the modules of the product", f"there is no {PACKAGE}", "Install the product")
    return modules
