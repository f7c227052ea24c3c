"""Search: an index fed from S3, Elasticsearch's queries over it, and what the registry answers from it."""
