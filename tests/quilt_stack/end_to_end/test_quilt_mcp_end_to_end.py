"""The script that runs quilt-mcp's own end-to-end tests; running them takes a checkout, a network and minutes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import quilt_mcp_end_to_end as script


def test_a_folder_that_is_no_checkout_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["quilt_mcp_end_to_end.py", str(tmp_path)])
    with pytest.raises(SystemExit, match="2"):
        script.main()
    assert f"{tmp_path} has no folder tests/e2e: name a checkout" in capsys.readouterr().err
