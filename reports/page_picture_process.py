"""Takes a picture of a page of the web catalog as somebody who is signed in sees it.

``python -m reports.page_picture_process`` reads a JSON object from its standard input, which nobody else can read:
``page`` (URL), ``shown`` (a text of the page), ``user``, ``token``, ``browser`` (path). Once the text is there, it
writes a PNG to its standard output.
"""

from __future__ import annotations

import json
import sys
import time

from playwright.sync_api import ViewportSize, sync_playwright

_SIZE = ViewportSize(width=1280, height=900)
_LIMIT_MILLISECONDS = 10_000
_TOKEN_SECONDS = 3600


def main() -> None:
    """Take the picture."""
    asked = json.load(sys.stdin)
    tokens = {"token": asked["token"], "exp": int(time.time()) + _TOKEN_SECONDS}
    kept = {"TOKENS": tokens, "USER": {"current_user": asked["user"]}}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked["browser"])
        page = browser.new_page(viewport=_SIZE)
        page.set_default_timeout(_LIMIT_MILLISECONDS)
        # Where the catalog keeps who is signed in.
        for key, value in kept.items():
            page.add_init_script(f"localStorage.setItem({json.dumps(key)}, {json.dumps(json.dumps(value))})")
        page.goto(asked["page"])
        page.get_by_text(asked["shown"]).first.wait_for()
        page.wait_for_load_state("networkidle")
        sys.stdout.buffer.write(page.screenshot())
        browser.close()


if __name__ == "__main__":
    main()
