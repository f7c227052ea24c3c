"""The shared loader of botocore's data: the same data, parsed once, and everything as before afterwards."""

from __future__ import annotations

import botocore.loaders
import botocore.session
import pytest

from environment.running import acceleration


def test_sessions_share_one_loader_and_find_the_same() -> None:
    plain = botocore.session.Session().get_component("data_loader")
    with acceleration.shared_botocore_loader():
        one, other = (botocore.session.Session().get_component("data_loader") for _ in range(2))
        assert one is other
        assert one.search_paths == plain.search_paths
        assert one.list_available_services("service-2") == plain.list_available_services("service-2")
        assert one.load_service_model("sts", "service-2") == plain.load_service_model("sts", "service-2")


def test_a_search_path_is_there_once_however_many_sessions_add_it() -> None:
    with acceleration.shared_botocore_loader():
        loader = botocore.session.Session().get_component("data_loader")
        before = list(loader.search_paths)
        for _ in range(2):
            loader.search_paths.append("further")
        assert loader.search_paths == [*before, "further"]


@pytest.mark.parametrize("raises", [False, True])
def test_botocores_own_loader_is_put_back(raises: bool) -> None:
    original = botocore.loaders.create_loader, botocore.session.create_loader
    try:
        with acceleration.shared_botocore_loader():
            assert botocore.session.create_loader is not original[1]
            if raises:
                raise LookupError
    except LookupError:
        pass
    assert (botocore.loaders.create_loader, botocore.session.create_loader) == original


@pytest.mark.parametrize(("value", "enabled"), [(None, True), ("on", True), ("OFF", False), ("off", False)])
def test_the_switch(value: str | None, enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(acceleration.SWITCH, raising=False)
    if value is not None:
        monkeypatch.setenv(acceleration.SWITCH, value)
    assert acceleration.enabled() is enabled
