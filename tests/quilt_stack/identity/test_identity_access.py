"""Which buckets a caller sees, reads and writes (registry facts 4, 6)."""

from __future__ import annotations

import dataclasses

import pytest
from identity_registry import Registry

from quilt_stack.registry.access import Access
from quilt_stack.registry.identity import Caller


def caller(registry: Registry, name: str, **changes: object) -> Caller:
    identity = registry.identity
    return dataclasses.replace(identity.authenticate(identity.issue_token(name)), **changes)  # type: ignore[arg-type]


def test_a_managed_role_has_the_highest_level_of_its_policies(registry: Registry) -> None:
    access, ada = Access(registry.database), caller(registry, "ada")
    assert access.readable_buckets(ada) == ["one", "two"]
    assert [access.may_write(ada, bucket) for bucket in ("one", "two", "three", "unknown")] == [
        True,
        False,
        False,
        False,
    ]
    assert [access.may_read(ada, bucket) for bucket in ("one", "two", "three", "unknown")] == [True, True, False, False]


@pytest.mark.parametrize(("role_id", "writes"), [("reader", False), ("writer", True)])
def test_an_unmanaged_role_sees_every_registered_bucket(registry: Registry, role_id: str, writes: bool) -> None:
    access, lee = Access(registry.database), caller(registry, "lee", role_id=role_id)
    assert access.readable_buckets(lee) == ["one", "three", "two"]
    assert access.may_write(lee, "one") is writes
    assert not access.may_read(lee, "unregistered")


def test_administrators_see_all_configurations_and_read_no_more(registry: Registry) -> None:
    access, ada = Access(registry.database), caller(registry, "ada", is_admin=True)
    assert {bucket.name for bucket in access.visible_bucket_configs(ada)} == {"one", "two", "three"}
    assert access.readable_buckets(ada) == ["one", "two"]


def test_without_a_role_nothing_is_visible(registry: Registry) -> None:
    access, nobody = Access(registry.database), caller(registry, "ada", role_id=None)
    assert access.readable_buckets(nobody) == []
    assert access.visible_bucket_configs(nobody) == []


def test_a_changed_role_counts_for_the_token_that_exists(registry: Registry) -> None:
    token = registry.identity.issue_token("ada")
    registry.change_user("ada", active_role_id="reader")
    now = registry.identity.authenticate(token)
    assert now.role_name == "ReadQuiltBucket"
    assert Access(registry.database).may_read(now, "three")
