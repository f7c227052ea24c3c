"""What is known of the product before it is imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from product_folders import make_checkout, write

from environment.product import plugin
from environment.product.judged import JudgedProduct, judged_product, unmet_requirements
from environment.product.placing import place_product


def found_in(tmp_path: Path, dependencies: str) -> tuple[JudgedProduct, list[str]]:
    checkout = make_checkout(tmp_path / "checkout", dependencies=dependencies)
    path = [str(each) for each in place_product(str(checkout), tmp_path / "build")]
    return judged_product(path), path


def test_what_is_there_in_another_version_is_named() -> None:
    asked = ("pytest<1", "PyYAML>=1", "no-such-thing", "nothing; python_version < '3'", "nothing; extra == 'a'", "(")
    product = JudgedProduct("99.1", None, None, False, None, asked)
    missing, different = unmet_requirements(product)
    assert missing == ["no-such-thing"]
    assert different == [f"pytest<1 ({pytest.__version__} is installed)", "( (which cannot be read)"]


def test_the_header_says_which_product_is_judged_and_what_it_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product, path = found_in(tmp_path, '["pytest<1"]')
    monkeypatch.syspath_prepend(path[-1])
    monkeypatch.syspath_prepend(path[0])
    assert plugin.pytest_report_header() == [
        f"product: quilt-mcp 99.1 from {tmp_path / 'checkout'}",
        f"quilt-mcp 99.1 asks for other versions than these: pytest<1 ({pytest.__version__} is installed)",
    ]
    assert product.in_place


def test_a_product_from_a_repository_tells_its_commit(tmp_path: Path) -> None:
    metadata = tmp_path / "quilt_mcp-0.23.0.dist-info"
    write(metadata / "METADATA", "Metadata-Version: 2.1\nName: quilt-mcp\nVersion: 0.23.0\n")
    origin = {"url": "https://git.invalid/quilt-mcp", "vcs_info": {"vcs": "git", "commit_id": "1a2b3c4d5e6f7a8b9c"}}
    write(metadata / "direct_url.json", json.dumps(origin))
    found = judged_product([str(tmp_path)])
    assert str(found) == "quilt-mcp 0.23.0 from https://git.invalid/quilt-mcp, Git revision 1a2b3c4d5e6f"
    assert not found.has_quilt_ops
