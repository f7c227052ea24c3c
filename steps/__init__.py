"""The vocabulary: one module per noun of the domain; a step body is one or two lines.

`kinds` says which words a placeholder takes, `arrangement` makes what scenarios find already there.
"""

pytest_plugins = (
    "steps.kinds",
    "steps.arrangement",
    "steps.signing_in",
    "steps.refusals",
    "steps.search",
    "steps.details",
    "steps.browsing",
    "steps.downloads",
    "steps.creation",
    "steps.metadata",
    "steps.updates",
    "steps.comparison",
)
