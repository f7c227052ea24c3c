"""The GraphQL schema of the registry, a module per noun."""
