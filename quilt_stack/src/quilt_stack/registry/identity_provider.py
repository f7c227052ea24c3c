"""A stand-in for an organization's identity provider: it vouches for somebody with claims, in exchange for a code.

A real one shows its own sign-in page and sends the browser back with a code. Here the control port asks for the code;
what the registry does with it is the same.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from typing import Any

PROVIDERS = frozenset({"google", "okta", "onelogin", "azure"})
"""The providers that a stack can name (registry facts 1.1)."""


class UnknownProvider(ValueError):  # noqa: N818 - names what was asked for
    """There is no provider of this name."""


class IdentityProvider:
    """Codes of single use, and the claims of the ID token behind each; thread-safe."""

    def __init__(self) -> None:
        self._claims: dict[tuple[str, str], dict[str, Any]] = {}
        self._lock = threading.Lock()

    def vouch(self, provider: str, claims: Mapping[str, Any]) -> str:
        """A code for somebody of whom the claims are true.

        Raises:
            UnknownProvider: the provider is none of `PROVIDERS`.
        """
        if provider not in PROVIDERS:
            raise UnknownProvider(f"{provider!r} is none of {', '.join(sorted(PROVIDERS))}")
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._claims[provider, code] = dict(claims)
        return code

    def redeem(self, provider: str, code: str) -> dict[str, Any] | None:
        """The claims behind a code, once; None for a code that the provider did not give, or that was used."""
        with self._lock:
            return self._claims.pop((provider, code), None)

    def held(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The claims behind each code that is still good, by provider and code."""
        with self._lock:
            return dict(self._claims)

    def replace(self, claims: Mapping[tuple[str, str], dict[str, Any]]) -> None:
        """Let these codes be good, and no others."""
        with self._lock:
            self._claims = dict(claims)
