"""Which runs a team accepts: the rule of its quality gate."""

from __future__ import annotations

from enum import StrEnum


class Gate(StrEnum):
    """The rule by which a run is accepted, the most lenient first; each asks for what those before it ask for, too."""

    REGRESSIONS = "regressions"
    BLOCKERS = "blockers"
    EVERYTHING = "everything"

    @property
    def rule(self) -> str:
        """The rule in words."""
        asked = {
            Gate.REGRESSIONS: "nothing fails except known defects",
            Gate.BLOCKERS: "no blocker check fails, and no other except by a known defect",
            Gate.EVERYTHING: "no check fails, not even by a known defect",
        }[self]
        return f"Gate “{self}”: accepted if {asked}."

    @property
    def question(self) -> str:
        """What a run is asked by it."""
        return {
            Gate.REGRESSIONS: "whether the product is worse than already known, not whether it is fit to release",
            Gate.BLOCKERS: "whether it is fit to release",
            Gate.EVERYTHING: "whether it is free of defects",
        }[self]

    def judges(self, severity: str) -> bool:
        """Whether known defects in checks of that severity keep a run from being accepted."""
        return self is Gate.EVERYTHING or (self is Gate.BLOCKERS and severity == "blocker")
