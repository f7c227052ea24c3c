"""What was found out about the product's GraphQL is kept, for as long as the product stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports import operations
from reports.operations import checked_operations, kept_operations


def test_a_product_that_stays_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    product, folder = tmp_path / "quilt_mcp", tmp_path / "build"
    product.mkdir()
    folder.mkdir()
    module = product / "asking.py"
    module.write_text('QUERY = "query Me { me { name } }"\n', encoding="utf-8")
    looked = []

    def look(place: Path) -> object:
        looked.append(place)
        return checked_operations(place)

    monkeypatch.setattr(operations, "checked_operations", look)
    first = kept_operations(product, folder)
    assert kept_operations(product, folder) == first and len(looked) == 1
    assert first[0].valid

    module.write_text('QUERY = "query Me { me { nonsense } }"\n', encoding="utf-8")
    second = kept_operations(product, folder)
    assert len(looked) == 2 and not second[0].valid
    assert len(list(folder.iterdir())) == 1, "what is outdated goes"
