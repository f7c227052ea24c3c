"""What the registry's GraphQL says, asked with gql as the administrator."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests

from environment.clients.registry import RegistryClient
from environment.errors import SuiteError

_PACKAGE = """
query ($bucket: String!, $name: String!, $revision: String!) {
  package(bucket: $bucket, name: $name) {
    name
    modified
    revision(hashOrTag: $revision) { hash message userMeta totalEntries totalBytes }
  }
}
"""
_REVISIONS = """
query ($bucket: String!, $name: String!, $page: Int!) {
  package(bucket: $bucket, name: $name) { revisions { total page(number: $page, perPage: 100) { hash } } }
}
"""
# Valid in both published forms of the first page (registry facts 8.1); a secure search tells no total (8.2).
_NAMES_FOUND = """
query ($bucket: String!, $text: String!, $size: Int!) {
  searchPackages(buckets: [$bucket], searchString: $text, latestOnly: true) {
    ... on PackagesSearchResultSet { firstPage(size: $size) { ... on PackagesSearchResultSetPage { hits { name } } } }
  }
}
"""
_ME = "query { me { name email isAdmin } }"


class RegistryObserver(RegistryClient):
    """Looks at one registry; ``token`` decides as whom."""

    def package(self, bucket: str, name: str, revision: str = "latest") -> dict[str, Any] | None:
        """A package with one of its revisions (by hash or tag); None if there is none."""
        found = self.ask(_PACKAGE, bucket=bucket, name=name, revision=revision)["package"]
        return None if found is None else dict(found)

    def revision_hashes(self, bucket: str, name: str) -> list[str]:
        """The top hashes of all revisions of a package, from all pages of the list; none if there is no package."""
        hashes: list[str] = []
        page = 0
        while True:
            page += 1
            found = self.ask(_REVISIONS, bucket=bucket, name=name, page=page)["package"]
            listed = [] if found is None else [revision["hash"] for revision in found["revisions"]["page"]]
            hashes += listed
            if not listed or len(hashes) >= found["revisions"]["total"]:
                return hashes

    def names_found(self, bucket: str, text: str, limit: int) -> set[str]:
        """Names of the packages that a search for a text finds, as many as the limit at most."""
        found = self.ask(_NAMES_FOUND, bucket=bucket, text=text, size=limit)["searchPackages"]
        return {hit["name"] for hit in found.get("firstPage", {}).get("hits", ())}

    def me(self) -> dict[str, Any]:
        """Name, e-mail and admin flag of the user whose token this is."""
        return dict(self.ask(_ME)["me"])


def is_accepted(endpoint: str, headers: Mapping[str, str]) -> bool:
    """Whether a plain HTTP client with these headers alone is let in and told who it is.

    Raises:
        requests.RequestException: if the endpoint does not answer at all.
        SuiteError: if it neither lets the client in nor refuses it.
    """
    answer = requests.post(endpoint, json={"query": _ME}, headers=dict(headers), timeout=30)
    if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return False
    if not answer.ok:
        raise SuiteError(f"Asked {endpoint} who one is", f"it answered {answer.status_code}", "Look at its log")
    return bool((answer.json().get("data") or {}).get("me"))
