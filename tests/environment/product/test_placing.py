"""`--product`: which folders and requirements are taken, which are refused, and that a checkout stays as it is."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from product_folders import commit, files_of, make_checkout, write

from environment.errors import SuiteError
from environment.product import placing
from environment.product.judged import JudgedProduct, judged_product
from environment.product.placing import import_path, place_product, placed
from reports.product import product_root


def place(product: str, tmp_path: Path) -> JudgedProduct:
    return judged_product([str(each) for each in place_product(product, tmp_path / "build")])


@pytest.mark.parametrize("form", ["{}", "-e {}", "--editable {}", "{}[test]", "file://{}", "quilt-mcp @ file://{}"])
def test_a_checkout_is_judged_where_it_lies_and_nothing_is_built(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_install", pytest.fail)
    checkout = make_checkout(tmp_path / "checkout")
    before = files_of(checkout)

    found = place(form.format(checkout), tmp_path)

    assert (found.version, found.modules) == ("99.1", checkout / "src" / "quilt_mcp")
    assert files_of(checkout) == before
    assert product_root(tmp_path / "build") == found.modules


def test_a_process_imports_the_checkout_and_reads_its_version(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "checkout")
    path = import_path(place_product(str(checkout), tmp_path / "build"), None)
    code = "import quilt_mcp, importlib.metadata as m; print(quilt_mcp.__file__, m.version('quilt-mcp'))"
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(checkout / "src" / "quilt_mcp" / "__init__.py"), "99.1"]


def test_a_module_that_was_deleted_is_gone_although_a_build_kept_it(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "checkout")
    write(checkout / "build" / "lib" / "quilt_mcp" / "deleted.py", "")
    found = place(str(checkout), tmp_path)
    assert found.modules is not None and not (found.modules / "deleted.py").exists()


def test_a_checkout_whose_version_only_a_build_knows_is_built_from_a_copy(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "checkout", version=None)
    write(checkout / "build" / "lib" / "quilt_mcp" / "deleted.py", "")
    before = files_of(checkout)

    found = place(str(checkout), tmp_path)

    assert (found.version, found.modules) == ("99.2", tmp_path / "build" / "product" / "quilt_mcp")
    assert found.modules is not None and not (found.modules / "deleted.py").exists()
    assert files_of(checkout) == before
    assert found.checkout == checkout
    assert product_root(tmp_path / "build") == found.modules


def test_the_product_is_named_with_its_folder_and_its_revision(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "checkout")
    assert str(place(str(checkout), tmp_path)) == f"quilt-mcp 99.1 from {checkout}"
    revision = commit(checkout)
    assert str(place(str(checkout), tmp_path)) == f"quilt-mcp 99.1 from {checkout}, Git revision {revision}"
    write(checkout / "src" / "quilt_mcp" / "new.py", "")
    assert place(str(checkout), tmp_path).revision == f"{revision} with local changes"


def test_without_another_product_the_installed_one_is_judged(tmp_path: Path) -> None:
    found = judged_product()
    assert found.version == version("quilt-mcp")
    assert found.has_quilt_ops and found.revision is None
    assert placed(tmp_path) == ()
    assert product_root(tmp_path) == found.modules


@pytest.mark.parametrize(
    ("product", "told"),
    [
        ("{}/nothing", "there is no such file or folder"),
        ("../nothing-there", "there is no such file or folder"),
        ("{}/empty", "it has no pyproject.toml"),
        ("{}/broken", "pyproject.toml cannot be read"),
        ("{}/other", "its project is called 'some-tool'"),
        ("{}/hollow", "there is no package quilt_mcp in it or in its src/"),
        ("{}/old", "quilt-mcp 0.9.2 has no QuiltOps"),
        ("{}/needy", "requires what is not installed: no-such-thing>=3. Install it: "),
        ("requests", "'requests' is neither a folder nor quilt-mcp"),
        ("{}/wheel.whl", "wheel"),
    ],
)
def test_what_is_not_a_quilt_mcp_to_judge_is_refused_in_one_line(product: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "broken" / "pyproject.toml", "[project")
    make_checkout(tmp_path / "other", name="some-tool")
    write(tmp_path / "hollow" / "pyproject.toml", '[project]\nname = "quilt-mcp"\nversion = "1"\n')
    make_checkout(tmp_path / "old", version="0.9.2", factory=None)
    make_checkout(tmp_path / "needy", dependencies='["no-such-thing>=3", "boto3", "quilt3[pyarrow]; extra == \'a\'"]')
    write(tmp_path / "wheel.whl", "no archive")

    with pytest.raises(SuiteError) as refused:
        place(product.format(tmp_path), tmp_path)

    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
