"""The SSO configuration of a registry, through its admin GraphQL, as the administrator."""

from __future__ import annotations

from environment.clients.mutations import RESULT, must_be_done
from environment.observers.registry import RegistryObserver

_SET = f"mutation ($config: String) {{ admin {{ setSsoConfig(config: $config) {{ {RESULT} }} }} }}"


class SingleSignOnArranger:
    """Stores and removes the configuration of one registry."""

    def __init__(self, registry: RegistryObserver) -> None:
        self._registry = registry

    def store(self, text: str) -> None:
        """Put a configuration in force; its text is kept to the letter (registry facts 5).

        Raises:
            SuiteError: if the registry refuses; it says why.
        """
        must_be_done("Stored an SSO configuration", self._registry.ask(_SET, config=text)["admin"]["setSsoConfig"])

    def remove(self) -> None:
        """Leave the registry without a configuration; nothing to do if it has none.

        Raises:
            SuiteError: if the registry refuses; it says why.
        """
        answer = self._registry.ask(_SET, config=None)["admin"]["setSsoConfig"]
        if answer is not None:  # a configuration that is removed is answered with null (registry facts 5)
            must_be_done("Removed the SSO configuration", answer)
