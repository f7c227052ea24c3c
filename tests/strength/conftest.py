"""The sample project, fresh or with every fault judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from fault_shop import Shop, new_shop, number_of_faults


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return new_shop(tmp_path / "shop")


@pytest.fixture(scope="session")
def measured_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop of which every fault was judged."""
    shop = new_shop(tmp_path_factory.mktemp("measured") / "shop")
    done = shop.strength("--faults", str(number_of_faults()), lanes=2)
    assert done.returncode == 0, done.stdout + done.stderr
    return shop
