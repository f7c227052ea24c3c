"""Versions of the product: what the ledger says about them against the one that is judged."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from environment.product.judged import judged_product


def judged_version() -> str:
    """The version of the product that this process imports; what stands for none if there is none."""
    return judged_product().version


def reached(product: str, milestone: str) -> bool:
    """Whether a product is of that version or later; its development versions and release candidates count as it.

    A version that is none (of a checkout without tags, say) has reached nothing.
    """
    found = _released(product)
    return found is not None and found >= Version(milestone)


def before(product: str, milestone: str) -> bool:
    """Whether a product is of an earlier version; one whose version is none is not."""
    found = _released(product)
    return found is not None and found < Version(milestone)


def _released(text: str) -> Version | None:
    try:
        return Version(Version(text).base_version)
    except InvalidVersion:
        return None
