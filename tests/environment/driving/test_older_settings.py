"""What an older product is given that a newer one finds out by itself, and would not look for if it were given."""

from __future__ import annotations

import pytest
import quilt_mcp.utils.common

from environment.driving.older_settings import settings_it_cannot_derive
from environment.targets.embedded import EmbeddedTarget


def test_a_product_that_asks_the_catalog_for_the_registry_is_not_given_it(
    product: None, embedded: EmbeddedTarget
) -> None:
    assert settings_it_cannot_derive(embedded) == {}


def test_a_product_that_cannot_ask_is_given_the_registry(
    product: None, embedded: EmbeddedTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before 0.22 it is a setting of its own (registry facts 11)."""
    monkeypatch.delattr(quilt_mcp.utils.common, "resolve_registry_url")  # as up to 0.21
    assert settings_it_cannot_derive(embedded) == {"QUILT_REGISTRY_URL": embedded.registry_url}
