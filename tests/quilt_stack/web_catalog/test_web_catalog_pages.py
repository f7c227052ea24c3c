"""The web catalog's pages in headless Chromium, on a deployment that serves the compiled bundle."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from catalog_shop import FIRST, PACKAGE, SECOND, TABLE, CatalogShop
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET, READER, WRITER

from environment.settings import ROOT
from environment.targets import web_catalog
from reports import page_pictures

pytestmark = pytest.mark.slow


def test_somebody_signs_in_and_out(anybody: Page, shop: CatalogShop) -> None:
    anybody.goto(f"{shop.url}/b/{OPEN_BUCKET}")
    expect(anybody).to_have_url(re.compile(r"/signin\?next="))

    shop.sign_in(anybody, READER)
    anybody.get_by_role("button", name=READER).click()
    anybody.get_by_text("Sign Out").click()

    anybody.goto(f"{shop.url}/b/{OPEN_BUCKET}")
    expect(anybody).to_have_url(re.compile(r"/signin"))


def test_the_buckets_are_listed(anybody: Page, shop: CatalogShop) -> None:
    shop.sign_in(anybody, WRITER)

    for name in (OPEN_BUCKET, CLOSED_BUCKET):
        expect(anybody.get_by_text(f"s3://{name}")).to_be_visible()


def test_a_reader_sees_the_buckets_of_the_role_alone(anybody: Page, shop: CatalogShop) -> None:
    shop.sign_in(anybody, READER)

    expect(anybody.get_by_text(f"s3://{OPEN_BUCKET}")).to_be_visible()
    expect(anybody.get_by_text(f"s3://{CLOSED_BUCKET}")).to_have_count(0)


def test_a_bucket_has_an_overview(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.url}/b/{OPEN_BUCKET}")

    expect(page.get_by_text("Objects by File Extension")).to_be_visible()
    expect(page.get_by_text("barley stands high")).to_be_visible()


def test_packages_are_listed(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.url}/b/{OPEN_BUCKET}/packages/")

    expect(page.get_by_role("link", name=PACKAGE)).to_be_visible()
    expect(page.get_by_text("2 Revisions")).to_be_visible()
    expect(page.get_by_text(SECOND)).to_be_visible()


def test_a_revision_a_folder_and_a_file(page: Page, shop: CatalogShop) -> None:
    page.goto(shop.package_url)

    page.get_by_role("link", name="tables").click()
    page.get_by_role("link", name="yields.csv").click()

    expect(page).to_have_url(f"{shop.package_url}/tree/latest/tables/yields.csv")
    expect(page.get_by_text("tables").first).to_be_visible()


def test_an_earlier_revision_shows_its_own_files(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.package_url}/tree/{shop.hashes[0]}/notes.txt")

    expect(page.get_by_text("one field")).to_be_visible()


def test_revisions_are_listed(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.package_url}/revisions")

    for message, top_hash in zip((FIRST, SECOND), shop.hashes, strict=True):
        expect(page.get_by_text(message)).to_be_visible()
        expect(page.get_by_text(top_hash)).to_be_visible()


def test_two_revisions_are_compared(page: Page, shop: CatalogShop, catalog_bundle: Path) -> None:
    """In bundles that are newer than the wheel's: the changed file alone is listed, with its text in both revisions."""
    if not any("/compare/:baseHash" in script.read_text(encoding="utf-8") for script in catalog_bundle.glob("*.js")):
        pytest.skip("the installed web catalog has no page that compares revisions; one built from source has")
    page.goto(f"{shop.package_url}/compare/{shop.hashes[0]}/{shop.hashes[1]}/")

    expect(page.get_by_text("Comparing changes in")).to_be_visible()
    for message in (FIRST, SECOND):
        expect(page.get_by_text(message).first).to_be_visible()
    changed = page.get_by_role("button", name="notes.txt", exact=True)
    expect(changed).to_be_visible()
    expect(page.get_by_role("button", name="settings.json", exact=True)).to_have_count(0)
    changed.click()
    for text in ("one field", "two fields"):
        expect(page.get_by_text(text)).to_be_visible()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("tables/yields.csv", ["plot", "amount", "west", "7.25"]),
        ("tables/yields.parquet", ["north", "2.50", '["a", "b"]', "Parquet metadata"]),
        ("settings.json", ["crop", '"barley"']),
        ("notes.txt", ["two fields"]),
        ("README.md", ["Of one summer."]),
    ],
)
def test_a_file_is_previewed(page: Page, shop: CatalogShop, path: str, shown: list[str]) -> None:
    page.goto(f"{shop.package_url}/tree/latest/{path}")

    for text in shown:
        expect(page.get_by_text(text).first).to_be_visible()


def test_a_picture_is_previewed(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.package_url}/tree/latest/field.png")
    picture = page.locator("main img, img[src^='blob:']").last

    expect(picture).to_be_visible()
    assert picture.evaluate("picture => [picture.naturalWidth, picture.naturalHeight]") == [600, 300]


def test_a_file_of_a_bucket_is_shown_and_downloaded(page: Page, shop: CatalogShop, tmp_path: Path) -> None:
    page.goto(f"{shop.url}/b/{OPEN_BUCKET}/tree/raw/field%20notes.txt")
    expect(page.get_by_text("barley stands high")).to_be_visible()

    with page.expect_download() as started:
        page.get_by_text("Download file").click()

    started.value.save_as(tmp_path / "notes")
    assert (tmp_path / "notes").read_text() == "barley stands high"


def test_a_package_is_downloaded_as_an_archive(page: Page, shop: CatalogShop, tmp_path: Path) -> None:
    page.goto(shop.package_url)

    with page.expect_download() as started:
        page.get_by_text("Download package").click()

    assert started.value.suggested_filename == "lab-yields.zip"
    started.value.save_as(tmp_path / "archive.zip")
    archive = zipfile.ZipFile(io.BytesIO((tmp_path / "archive.zip").read_bytes()))
    assert archive.read("notes.txt") == b"two fields"
    assert len(archive.namelist()) == 6


def test_a_search_finds_objects_and_packages(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.url}/b/{OPEN_BUCKET}/search?q=harvest")
    expect(page.get_by_text(SECOND)).to_be_visible()

    page.goto(f"{shop.url}/search?q=stands")
    expect(page.get_by_text(re.compile(r"^1 results?$"))).to_be_visible()
    expect(page.get_by_text("barley stands high")).to_be_visible()


def test_users_and_roles_are_administered(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.url}/admin")

    for text in (f"{WRITER}@example.org", "ReadWriteQuiltBucket", "write both"):
        expect(page.get_by_text(text).first).to_be_visible()

    row = page.get_by_role("row").filter(has_text=f"{READER}@example.org")
    row.get_by_role("checkbox").first.click()
    expect(row.get_by_role("checkbox").first).not_to_be_checked()
    assert _is_active(shop, READER) is False
    row.get_by_role("checkbox").first.click()
    expect(row.get_by_role("checkbox").first).to_be_checked()
    assert _is_active(shop, READER) is True


def test_buckets_are_administered(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.url}/admin/buckets?bucket={CLOSED_BUCKET}")

    dialog = page.get_by_role("dialog")
    dialog.locator("input[name=title]").fill("Closed since spring")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)

    expect(page.get_by_text("Closed since spring")).to_be_visible()
    title = shop.wire.graphql("query ($name: String!) { bucketConfig(name: $name) { title } }", name=CLOSED_BUCKET)
    assert title == {"bucketConfig": {"title": "Closed since spring"}}


def test_a_tabulator_table_is_queried(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.url}/b/{OPEN_BUCKET}/queries/athena")
    expect(page.get_by_text("QuiltUserAthena-local-NonManagedRoleWorkgroup")).to_be_visible()

    page.locator(".ace_text-input").focus()
    page.keyboard.insert_text(f'SELECT plot, amount FROM "quilt-local-tabulator"."{OPEN_BUCKET}"."{TABLE}"')
    page.get_by_role("button", name="Run query").click()

    for text in ("west", "8.50"):
        expect(page.get_by_role("cell", name=text, exact=True)).to_be_visible()


def test_the_stack_says_that_it_has_no_status(page: Page, shop: CatalogShop) -> None:
    page.goto(f"{shop.url}/admin/status")

    expect(page.get_by_text("Status monitoring is not enabled for this stack")).to_be_visible()


def _is_active(shop: CatalogShop, user: str) -> bool:
    query = "query ($name: String!) { admin { user { get(name: $name) { isActive } } } }"
    return bool(shop.wire.graphql(query, name=user)["admin"]["user"]["get"]["isActive"])


def test_a_picture_of_a_package_is_taken_once_its_files_are_listed(shop: CatalogShop, browser: Browser) -> None:
    asked = {
        "page": shop.package_url,
        "shown": page_pictures._LISTED,
        "user": READER,
        "token": shop.wire.running.control.issue_token(READER),
        "browser": web_catalog.browser(),
    }
    taken = subprocess.run(
        [sys.executable, "-m", "reports.page_picture_process"],
        input=json.dumps(asked).encode(),
        capture_output=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )

    assert taken.returncode == 0, taken.stderr
    assert Image.open(io.BytesIO(taken.stdout)).size == (1280, 900)
