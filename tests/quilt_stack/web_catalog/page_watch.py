"""Hears what goes wrong behind a page: errors in its console, answers that refuse, requests that leave the machine."""

from __future__ import annotations

import re

from playwright.sync_api import ConsoleMessage, Page, Request, Response

_LOCAL = re.compile(r"(?:https?://127\.0\.0\.1[:/]|blob:|data:)")
# What a page asks for without knowing whether it is there, by method, status and URL.
_EXPECTED = re.compile(
    r"""
    HEAD\ 404\ \S+/(?:\.quilt/(?:catalog|workflows)/config\.ya?ml|README\.\w+|quilt_summarize\.json)$
  | GET\ 404\ \S+/voila/$
  | GET\ 404\ \S+/lab-data/README\.\w+$
  | POST\ 401\ \S+/graphql$                          # before anybody has signed in
  | POST\ 40[03]\ \S+/AccessCounts/\w+\.csv\?        # accesses are not counted (S3 Select on the analytics bucket)
  | POST\ 400\ \S+/athena\.us-east-1\.amazonaws\.com/$   # it looks at every workgroup, and may look at its own alone
    """,
    re.VERBOSE,
)
# Said by the browser of each such answer, without its URL; and by the catalog of the accesses that are not counted.
_EXPECTED_WORDS = re.compile(r"^(?:Failed to load resource|AccessDenied: Access Denied|Timeout awaiting font)")


class PageWatch:
    """Listens to a page; ``complaints`` is what nobody expected, in words."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("response", self._answered)
        page.on("request", self._asked)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _EXPECTED_WORDS.match(message.text):
            self.complaints.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        said = f"{response.request.method} {response.status} {response.url}"
        if response.status >= 400 and not _EXPECTED.search(said):
            self.complaints.append(said)

    def _asked(self, request: Request) -> None:
        if not _LOCAL.match(request.url):
            self.complaints.append(f"left the machine: {request.url}")
