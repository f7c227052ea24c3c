"""The compiled web catalog is installed whole or not at all, and nothing but the known version is served."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import quilt_stack
from quilt_stack import DeploymentError, DeploymentSettings, bundle


def quilt_stack_command(place: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    homes = {name: str(home / name.lower()) for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    return subprocess.run(
        [sys.executable, "-m", "quilt_stack", *arguments],
        env={**os.environ, **homes, bundle.VARIABLE: str(place), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def other_wheel(tmp_path: Path) -> Path:
    """A wheel of the right name with a catalog in it, of another version."""
    wheel = tmp_path / bundle.WHEEL
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"quilt3_local/catalog_bundle/{bundle.INDEX}", "<html></html>")
    return wheel


def test_another_wheel_is_told_in_one_line_and_nothing_is_done(other_wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "catalog"

    said = quilt_stack_command(place, tmp_path, "catalog", "--install", "--wheel", str(other_wheel))

    assert said.returncode == 2 and said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert f"is not quilt3-local {bundle.VERSION}" in said.stderr and "Nothing was installed." in said.stderr
    assert list(tmp_path.iterdir()) == [other_wheel]


def test_another_wheel_leaves_the_installed_catalog_alone(
    catalog_bundle: Path, other_wheel: Path, tmp_path: Path
) -> None:
    place = tmp_path / "catalog"
    place.symlink_to(catalog_bundle)

    with pytest.raises(bundle.BundleError):
        bundle.install(other_wheel, place)

    assert bundle.check(place)


def test_the_catalog_is_installed_without_code_and_maps(catalog_bundle: Path) -> None:
    files = [path for path in catalog_bundle.rglob("*") if path.is_file()]

    assert (catalog_bundle / bundle.INDEX) in files
    assert {path.suffix for path in files} & {".py", ".map", ".gz"} == set()


def test_what_is_not_ours_is_not_replaced(other_wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "photographs"
    place.mkdir()
    (place / "one.jpg").touch()

    with pytest.raises(bundle.BundleError, match="holds something else"):
        bundle.install(other_wheel, place)

    assert [path.name for path in place.iterdir()] == ["one.jpg"]


@pytest.mark.parametrize("record", [None, "no JSON", {"version": "9.9.9"}], ids=["none", "broken", "other"])
def test_a_catalog_of_an_unknown_version_is_not_served(record: object, tmp_path: Path) -> None:
    place = tmp_path / "catalog"
    place.mkdir()
    (place / bundle.INDEX).touch()
    if record is not None:
        (place / "bundle.json").write_text(record if isinstance(record, str) else json.dumps(record))

    said = quilt_stack_command(place, tmp_path, "up", "--state-directory", str(tmp_path / "state"))

    assert said.returncode == 2 and said.stdout == ""
    assert said.stderr.count("\n") == 1 and "'quilt-stack catalog --install'" in said.stderr
    assert not (tmp_path / "state" / "deployment.json").exists()
    with pytest.raises(DeploymentError):
        quilt_stack.begin(DeploymentSettings(state_directory=tmp_path / "state", catalog_bundle=place), owned=True)


def test_two_processes_may_install_at_once(other_wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "catalog"
    put = bundle._put

    def after_another_one(new: Path, place: Path) -> None:
        monkeypatch.setattr(bundle, "_put", put)
        bundle.install(other_wheel, place)
        put(new, place)

    monkeypatch.setattr(bundle, "_check_wheel", lambda wheel: None)
    monkeypatch.setattr(bundle, "_put", after_another_one)

    assert bundle.check(bundle.install(other_wheel, place))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["catalog", bundle.WHEEL]


def test_the_command_says_whether_it_is_there(catalog_bundle: Path, tmp_path: Path) -> None:
    there = quilt_stack_command(catalog_bundle, tmp_path, "catalog")
    assert there.returncode == 0 and str(catalog_bundle) in there.stdout
    assert bundle.installed_catalog({"XDG_CACHE_HOME": str(tmp_path)}) in (None, bundle.default_place({}))


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as a build of the catalog's source leaves it."""
    folder = tmp_path / "build"
    folder.mkdir()
    (folder / bundle.INDEX).write_text(
        '<head></head><script src="/config.js"></script><script src="/app.1.js"></script>'
    )
    (folder / "app.1.js").write_text("window.QUILT_CATALOG_CONFIG")
    (folder / "app.1.js.map").touch()
    return folder


def test_a_catalog_built_from_source_is_installed(built: Path, tmp_path: Path) -> None:
    place = tmp_path / "catalog"

    said = quilt_stack_command(place, tmp_path, "catalog", "--install", "--folder", str(built))

    assert said.returncode == 0 and said.stdout == f"Installed a catalog built from source into {place}.\n"
    assert bundle.check(place) and (place / "app.1.js").is_file() and not (place / "app.1.js.map").exists()
    (place / bundle.INDEX).write_text("another page")
    with pytest.raises(bundle.BundleError, match="unknown version"):
        bundle.check(place)


@pytest.mark.parametrize("fault", ["no page", "no script", "not Quilt's", "around the place"])
def test_a_folder_that_is_no_built_catalog_is_refused(fault: str, built: Path, tmp_path: Path) -> None:
    place = tmp_path / "catalog"
    if fault == "no page":
        (built / bundle.INDEX).unlink()
    elif fault == "no script":
        (built / "app.1.js").unlink()
    elif fault == "not Quilt's":
        (built / "app.1.js").write_text("alert(1)")
    else:
        place = built / "catalog"

    said = quilt_stack_command(place, tmp_path, "catalog", "--install", "--folder", str(built))

    assert said.returncode == 2 and said.stdout == ""
    assert said.stderr.count("\n") == 1 and str(built) in said.stderr
    assert not place.exists()
