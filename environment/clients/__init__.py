"""Clients of the suite itself, with its own keys: the registry's GraphQL, plain HTTP."""
