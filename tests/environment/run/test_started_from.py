"""The suite runs from a checkout, and says so where it is installed without its features."""

from __future__ import annotations

from pathlib import Path

import pytest

from environment.command import main


def test_installed_without_features_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main, "ROOT", tmp_path)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "runs only from a checkout" in said and "make setup" in said
