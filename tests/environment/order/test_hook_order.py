"""The order in which the parts of the suite are called is the one that the document names."""

from __future__ import annotations

import pytest
from hook_order import documented, section


@pytest.mark.slow
def test_the_document_has_the_order_that_pytest_keeps() -> None:
    assert documented() == section(), "renew it: python tests/environment/order/hook_order.py"
