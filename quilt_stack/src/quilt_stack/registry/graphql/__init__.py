"""The GraphQL schema of the registry, a module per noun: `packages` reads packages, `package_push` changes them."""
