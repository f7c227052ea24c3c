"""An entry of the ledger made by hand."""

from __future__ import annotations

from typing import Any

from reports.known_defects import KnownDefect


def made_entry(identifier: str = "QO-017", **fields: Any) -> KnownDefect:
    """An entry that claims a sentence of a scenario."""
    return KnownDefect.model_validate(
        {
            "id": identifier,
            "title": "Nothing is as it should be",
            "impact": "cannot do it",
            "affects": "anyone who tries",
            "modes": ["local"],
            "claims": [{"scenario": "A link to a file works for anyone, and expires", "sentence": "it works"}],
            "requirement": "CONT-4",
            "promised": {"text": 'The call returns a URL, "for ever"', "source": "docstring of QuiltOps"},
            "observed": "It does not, C:\\users",
            "evidence": "quilt3 has no such method",
            "fails_with": {"exception": "BackendError", "message": "no attribute 'get_url'"},
            "since": "0.22.0",
            **fields,
        }
    )
