"""The vocabulary: one module per noun of the domain; a step body is one or two lines.

`kinds` says which words a placeholder takes, `arrangement` makes what scenarios find already there.
"""

# A module comes after those that it imports, so that pytest can rewrite the assertions of each.
pytest_plugins = (
    "steps.arrangement",
    "steps.kinds",
    "steps.stock",
    "steps.creation",
    "steps.copies",
    "steps.deletion",
    "steps.signing_in",
    "steps.refusals",
    "steps.search",
    "steps.details",
    "steps.browsing",
    "steps.downloads",
    "steps.metadata",
    "steps.updates",
    "steps.comparison",
    "steps.revisions",
    "steps.faults",
    "steps.errors",
    "steps.catalog",
    "steps.buckets",
    "steps.credentials",
    "steps.graphql",
    "steps.aws",
    "steps.attacks",
    "steps.accounts",
    "steps.users",
    "steps.roles",
    "steps.single_sign_on",
    "steps.administration",
    "steps.tabulator",
    "steps.queries",
    "steps.concurrency",
    "steps.standard_output",
    "steps.joint_administration",
    "steps.serving",
    "steps.performance",
)
