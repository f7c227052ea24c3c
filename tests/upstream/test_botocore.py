"""What botocore does anew for each session. A test that passes unexpectedly says that the acceleration can go."""

from __future__ import annotations

import botocore.session
import pytest


@pytest.mark.slow
@pytest.mark.xfail(strict=True, raises=AssertionError, reason="each session has a loader of its own")
def test_sessions_parse_data_files_once() -> None:
    one, other = (
        botocore.session.Session().get_component("data_loader").load_service_model("sts", "service-2") for _ in range(2)
    )
    if one != other:
        raise LookupError("two sessions read different data")
    assert one is other
