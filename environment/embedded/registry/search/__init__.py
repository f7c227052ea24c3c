"""The search index, fed from S3, and its two query languages."""
