"""The Quilt registry: REST, GraphQL, identity, packages and search over one SQLite database and S3."""
