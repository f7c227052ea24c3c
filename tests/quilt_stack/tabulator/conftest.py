"""The shared deployment, and a package namespace for each test."""

from __future__ import annotations

import uuid

import pytest
from stack_wire import READER, WireDeployment
from tabulator_people import Analyst, Shop


@pytest.fixture(scope="session")
def shop(wire: WireDeployment) -> Shop:
    return Shop(wire)


@pytest.fixture(scope="session")
def lee(shop: Shop) -> Analyst:
    """Who reads the open bucket and not the closed one."""
    return shop.person(READER)


@pytest.fixture
def namespace() -> str:
    return f"n{uuid.uuid4().hex[:8]}"
