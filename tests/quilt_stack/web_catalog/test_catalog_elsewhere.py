"""A web catalog that is served elsewhere, as ``npm start`` does, with the scripts that the stack gives it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import boto3
import pytest
import requests
from headless_browser import browser
from playwright.sync_api import Browser
from stack_wire import OPEN_BUCKET, WRITER, WireDeployment

__all__ = ["browser"]
pytestmark = pytest.mark.slow

PAGE = """<!doctype html><title>elsewhere</title><script defer src="/config.js"></script>"""
# What a catalog does: sign in at the registry, and ask S3 at its host name with a URL that is signed for it.
SIGN_IN = """async ([user, password]) => {
  const { registryUrl } = window.QUILT_CATALOG_CONFIG
  const answer = await fetch(`${registryUrl}/api/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: user, password }),
  })
  return (await answer.json()).token
}"""
READ = "async (url) => (await fetch(url)).text()"


@pytest.fixture
def elsewhere(wire: WireDeployment, tmp_path: Path) -> Iterator[str]:
    """The origin of a development server, with ``static-dev/config.js`` made as the README says."""
    catalog = wire.running.catalog_url
    scripts = [requests.get(f"{catalog}/{name}", timeout=10) for name in ("config.js", "aws-hosts.js")]
    assert [each.status_code for each in scripts] == [200, 200]
    (tmp_path / "config.js").write_text("".join(each.text for each in scripts), encoding="utf-8")
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        serving.join()


def test_it_signs_in_and_reads_from_s3(browser: Browser, wire: WireDeployment, elsewhere: str) -> None:
    key = "elsewhere/read.txt"
    boto3.client("s3", **wire.running.boto3_arguments).put_object(Bucket=OPEN_BUCKET, Key=key, Body=b"from elsewhere")
    at_aws = {name: value for name, value in wire.running.boto3_arguments.items() if name != "endpoint_url"}
    at_aws["config"] = boto3.session.Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        signed = boto3.client("s3", **at_aws).generate_presigned_url("get_object", {"Bucket": OPEN_BUCKET, "Key": key})
    assert signed.startswith(f"https://{OPEN_BUCKET}.s3.amazonaws.com/")

    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(elsewhere)

    assert str(page.evaluate(SIGN_IN, [WRITER, wire.passwords[WRITER]])).count(".") == 2
    assert page.evaluate(READ, signed) == "from elsewhere"
    context.close()
    assert [url for url in asked if "amazonaws.com" in url.split("/")[2]] == []
