"""The vocabulary: one module per noun of the domain; a step body is one or two lines.

`kinds` says which words a placeholder takes, `arrangement` and `baseline` make what scenarios find already there.
"""

# A module comes after those that it imports, so that pytest can rewrite the assertions of each.
pytest_plugins = (
    "steps.arrangement",
    "steps.baseline",
    "steps.kinds_of_people",
    "steps.kinds",
    "steps.refusals",
    "steps.messages",
    "steps.naming",
    "steps.files",
    "steps.publishing",
    "steps.contents",
    "steps.other_clients",
    "steps.looking",
    "steps.details",
    "steps.finding",
    "steps.signing_in",
    "steps.faults",
    "steps.catalog",
    "steps.buckets",
    "steps.credentials",
    "steps.links",
    "steps.graphql",
    "steps.aws",
    "steps.attacks",
    "steps.accounts",
    "steps.users",
    "steps.roles",
    "steps.single_sign_on",
    "steps.table_kinds",
    "steps.tabulator",
    "steps.queries",
    "steps.concurrency",
    "steps.standard_output",
    "steps.joint_administration",
    "steps.serving",
    "steps.mcp_server",
    "steps.performance",
)
