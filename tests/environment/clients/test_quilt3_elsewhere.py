"""quilt3 in a process of its own: that it works, the features show; here, how it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from environment.clients.quilt3_elsewhere import Quilt3Elsewhere
from environment.errors import SuiteError

NOWHERE = "http://127.0.0.1:9"


def test_what_quilt3_could_not_do_ends_in_one_line_without_the_token(tmp_path: Path) -> None:
    client = Quilt3Elsewhere(NOWHERE, "a-secret-token", tmp_path)
    with pytest.raises(SuiteError, match=r"^Installed a/b with quilt3") as failed:
        client.install("a/b", "s3://nowhere")
    assert "127.0.0.1" in str(failed.value)
    assert "a-secret-token" not in str(failed.value)
    assert len(str(failed.value).splitlines()) == 1
