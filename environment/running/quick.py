"""What a run takes unless more or less is asked for; apart from the plugin, which nothing may import before pytest."""

from __future__ import annotations

QUICK = "not slow and not large"
"""As an expression of tags: what a person waits for before a pull request; CI's nightly run takes everything."""
